"""The session file: for its owner alone, whole or not at all."""

import json
import stat
from pathlib import Path

import pytest
from telethon.crypto import AuthKey
from telethon.sessions import StringSession

from tgbitget.errors import ConfigError
from tgbitget.telegram.channel import FollowedChannel
from tgbitget.telegram.session import KnownSession, Login, SessionFile

CHANNEL = FollowedChannel(bare_id=1500000001, access_hash=-5, title="VIP", username="vip")


def string_session() -> str:
    session = StringSession()
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(bytes(range(256)))
    return str(session.save())


@pytest.fixture
def file(tmp_path: Path) -> SessionFile:
    return SessionFile(tmp_path / "home" / "telegram.session")


def test_what_is_written_is_read_again(file: SessionFile) -> None:
    login = Login(session=string_session(), channels=(CHANNEL,))
    file.write(login)
    assert file.read() == login


def test_nobody_has_logged_in_where_there_is_no_file(file: SessionFile) -> None:
    assert file.read() is None


def test_only_the_owner_may_read_the_file(file: SessionFile) -> None:
    file.write(Login(session=string_session()))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [p.name for p in file.path.parent.iterdir()] == ["telegram.session"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_is_refused(file: SessionFile, mode: int) -> None:
    file.write(Login(session=string_session()))
    file.path.chmod(mode)
    with pytest.raises(ConfigError, match=rf"open to others \(mode {mode:04o}\)"):
        file.read()


def test_a_symbolic_link_is_refused(file: SessionFile, tmp_path: Path) -> None:
    file.write(Login(session=string_session()))
    real = file.path.rename(tmp_path / "elsewhere")
    file.path.symlink_to(real)
    with pytest.raises(ConfigError, match="is a symbolic link"):
        file.read()


def test_a_link_is_replaced_not_followed_when_writing(file: SessionFile, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    file.path.parent.mkdir()
    file.path.symlink_to(victim)
    file.write(Login(session=string_session()))
    assert victim.read_text() == "untouched"
    assert not file.path.is_symlink()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"SQLite format 3\x00", id="Telethon's own"),
        pytest.param(b"{}", id="no session"),
        pytest.param(b"[]", id="a list"),
        pytest.param(json.dumps({"session": "1abc", "channels": []}).encode(), id="torn string"),
        pytest.param(b'{"session": "", "channels": [{"x": 1}]}', id="unknown fields"),
    ],
)
def test_a_file_that_is_not_ours_is_named(file: SessionFile, content: bytes) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    file.path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"telegram.session is not one of ours"):
        file.read()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=r"session file .*/home/telegram.session: "):
        SessionFile(tmp_path / "home" / "telegram.session").write(Login(session="x"))


def test_a_session_learns_channels_once(file: SessionFile) -> None:
    session = KnownSession.of(Login(session=string_session()), file)
    assert session.learn([CHANNEL])
    assert not session.learn([CHANNEL])
    session.keep()
    assert file.read() == Login(session=string_session(), channels=(CHANNEL,))


# encrypted

KEY = "a key of the test's own"


def test_what_is_sealed_is_read_with_its_key(file: SessionFile) -> None:
    login = Login(session=string_session(), channels=(CHANNEL,))
    sealed = SessionFile(file.path, KEY)
    sealed.write(login)
    assert sealed.is_sealed
    assert SessionFile(file.path, KEY).read() == login
    text = file.path.read_text()
    assert login.session not in text
    assert CHANNEL.title not in text
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_the_same_login_is_never_sealed_twice_alike(file: SessionFile) -> None:
    sealed = SessionFile(file.path, KEY)
    sealed.write(Login(session=string_session()))
    first = file.path.read_text()
    sealed.write(Login(session=string_session()))
    assert file.path.read_text() != first


@pytest.mark.parametrize(
    ("key", "says"),
    [
        pytest.param(
            "another key altogether",
            r"^session file .*: TGBITGET_TELEGRAM__SESSION_KEY does not open it; [^\n]*$",
            id="a wrong key",
        ),
        pytest.param(
            None,
            r"^session file .* is encrypted: set TGBITGET_TELEGRAM__SESSION_KEY[^\n]*$",
            id="no key",
        ),
    ],
)
def test_what_is_sealed_stays_shut(file: SessionFile, key: str | None, says: str) -> None:
    SessionFile(file.path, KEY).write(Login(session=string_session()))
    with pytest.raises(ConfigError, match=says):
        SessionFile(file.path, key).read()


@pytest.mark.parametrize("part", ["salt", "nonce", "content"])
def test_a_seal_that_was_tampered_with_opens_nothing(file: SessionFile, part: str) -> None:
    SessionFile(file.path, KEY).write(Login(session=string_session()))
    fields = json.loads(file.path.read_text())
    first = fields["sealed"][part][0]
    fields["sealed"][part] = ("B" if first == "A" else "A") + fields["sealed"][part][1:]
    file.path.write_text(json.dumps(fields))
    with pytest.raises(ConfigError, match="does not open it"):
        SessionFile(file.path, KEY).read()


def test_a_plain_session_is_read_with_a_key_too_and_sealed_at_the_next_writing(
    file: SessionFile,
) -> None:
    login = Login(session=string_session())
    file.write(login)
    with_key = SessionFile(file.path, KEY)
    assert with_key.read() == login
    assert not with_key.is_sealed
    with_key.write(login)
    assert with_key.is_sealed
