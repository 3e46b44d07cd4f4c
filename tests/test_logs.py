import io
import json
import logging
import os
import stat
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from tgbitget.logs import FILE_NAME, HIDDEN, TEXT_MAX, Redactor, configure_logs, one_line

API_SECRET = "kV9!x-secret-of-bitget"
PASSPHRASE = 'pass"phrase/with\\marks'
SESSION = "1" + "BQANOTEuMTA4LjU2LjE2NQG7" * 15


@pytest.fixture
def errors() -> Iterator[io.StringIO]:
    """A configured log whose stderr can be read; everything is as it was afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = list(root.handlers)
    configure_logs(secrets=[API_SECRET, PASSPHRASE], stderr=stream, level="DEBUG")
    yield stream
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
    logger.remove()
    logger.configure(patcher=lambda _: None)
    logger.add(sys.stderr)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param(f"sent {API_SECRET} on", API_SECRET, id="as it stands"),
        pytest.param(repr({"p": PASSPHRASE}), "phrase/with", id="in a Python string"),
        pytest.param(json.dumps({"p": PASSPHRASE}), "phrase/with", id="in JSON"),
        pytest.param("?p=pass%22phrase%2Fwith%5Cmarks&x=1", "phrase", id="in a URL"),
        pytest.param(f"session {SESSION}==", "BQANOTEu", id="a string session nobody told us of"),
        pytest.param("asked +49 151 2345-6789 for a code", "2345", id="a phone number"),
        pytest.param("phone='+4915123456789'", "4915123", id="a phone number in a repr"),
        pytest.param("{'ACCESS-SIGN': 'YWJjZGVm='}", "YWJjZGVm", id="a header in a dict"),
        pytest.param("ACCESS-PASSPHRASE: hunter2", "hunter2", id="a header as sent"),
        pytest.param("access-key=bg_0123", "bg_0123", id="a header in lower case"),
        pytest.param("Bitget(apiKey='bg_0123')", "bg_0123", id="a key of CCXT's"),
        pytest.param("{'password': 'hunter2'}", "hunter2", id="a password in a dict"),
        pytest.param("socks5://joe:hunter2@10.0.0.1:9050", "hunter2", id="a proxy"),
    ],
)
def test_a_secret_is_hidden(text: str, secret: str) -> None:
    hidden = Redactor([API_SECRET, PASSPHRASE])(text)
    assert secret not in hidden
    assert HIDDEN in hidden


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Target 1 reached, +105.35 % (+12.5 USDT)", id="a profit"),
        pytest.param("-1001234567890/17 tgabcdefghijklmnopqrstuvwxyz234567", id="ids"),
        pytest.param("https://api.bitget.com/api/v2/mix/order?symbol=BTCUSDT", id="a URL"),
        pytest.param("stop 55800, targets 58400 59200", id="prices"),
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor([API_SECRET])(text) == text


def test_without_secrets_nothing_is_hidden_by_accident() -> None:
    assert Redactor(["", "ab"])("ab about nothing") == "ab about nothing"


@given(st.text(), st.text(min_size=4), st.text())
def test_no_secret_survives_wherever_it_stands(before: str, secret: str, after: str) -> None:
    hidden = Redactor([secret])(before + secret + after)
    assert secret not in hidden.replace(HIDDEN, "\0") or secret in HIDDEN


def _fail(error: Exception) -> NoReturn:
    planted = API_SECRET
    assert planted
    raise error


def test_a_traceback_is_written_without_its_secrets(errors: io.StringIO) -> None:
    try:
        _fail(ConnectionError(f"refused with {API_SECRET}"))
    except ConnectionError:
        logger.exception("The venue did not answer")
    written = errors.getvalue()
    assert "ConnectionError: refused with [hidden]" in written
    assert "test_logs.py" in written
    assert API_SECRET not in written


def test_a_chained_exception_is_written_without_its_secrets(errors: io.StringIO) -> None:
    try:
        try:
            _fail(KeyError(PASSPHRASE))
        except KeyError as e:
            raise ValueError("outer") from e
    except ValueError:
        logger.opt(exception=True).error("Both")
    assert "ValueError: outer" in errors.getvalue()
    assert "phrase/with" not in errors.getvalue()


@pytest.mark.parametrize("cut", [1, 5, len(API_SECRET) - 1])
def test_no_part_of_a_secret_stands_where_a_long_record_is_cut(
    errors: io.StringIO, cut: int
) -> None:
    before = "x" * (TEXT_MAX - cut)
    logger.bind(about=f"{before}{API_SECRET}{before}").error("{}{}", before, API_SECRET)
    try:
        _fail(RuntimeError(f"{API_SECRET}{'x' * TEXT_MAX}"))
    except RuntimeError:
        logger.exception("went wrong")
    written = errors.getvalue()
    assert f"x{API_SECRET[:cut]}\n" not in written
    assert f"x{API_SECRET[:cut]}]" not in written
    assert all(API_SECRET[n:] not in written for n in range(len(API_SECRET) - 3))


def test_context_and_values_are_redacted_too(errors: io.StringIO) -> None:
    with logger.contextualize(signal="-100/7", key=API_SECRET):
        logger.warning("Not traded, by rule {}: {}", "limits", {"secret": API_SECRET})
    assert "[signal=-100/7 key=[hidden]] Not traded, by rule limits" in errors.getvalue()
    assert API_SECRET not in errors.getvalue()


@pytest.mark.parametrize(
    "post",
    [
        pytest.param("{secret} {0} {self.__class__}", id="format fields"),
        pytest.param('{"kind": "open", "x": {}}', id="JSON"),
        pytest.param("100% %s %d %(x)s", id="percent formats"),
        pytest.param("<red>x</red> \\<level>", id="loguru's markup"),
        pytest.param("\x1b[2J\x1b[31mfake\x1b]0;title\x07", id="ANSI escapes"),
        pytest.param("x\n07:31:05 ERROR   all your coins are gone", id="a forged line"),
        pytest.param("a\r\nb\x85c\u2028d\u202ee\x9b31m", id="other line ends, bidi, C1"),
        pytest.param("\ud800 half a surrogate", id="a lone surrogate"),
    ],
)
def test_a_hostile_post_is_one_escaped_line(errors: io.StringIO, post: str) -> None:
    with logger.contextualize(post=post):
        logger.info("Post: {}", post)
    written = errors.getvalue()
    assert written.count("\n") == 1
    assert written.rstrip("\n").isprintable()
    assert one_line(post) in written


def test_a_hostile_exception_cannot_forge_a_line(errors: io.StringIO) -> None:
    try:
        _fail(ValueError("x\n00:00:00 ERROR forged\x1b[2J"))
    except ValueError:
        logger.exception("Failed")
    head, *rest = errors.getvalue().splitlines()
    assert head.endswith("Failed")
    assert all(row.startswith("    ") for row in rest)
    assert "\x1b" not in errors.getvalue()


def test_json_goes_line_by_line_with_its_context() -> None:
    stream = io.StringIO()
    configure_logs(secrets=[API_SECRET], stderr=stream, as_json=True)
    try:
        with logger.contextualize(signal="-100/7"):
            logger.warning("Key {}\n{}", API_SECRET, Decimal("0.10"))
    finally:
        logger.remove()
    line = json.loads(stream.getvalue())
    assert line["level"] == "WARNING"
    assert line["message"] == "Key [hidden]\n0.10"
    assert line["signal"] == "-100/7"
    assert line["time"].endswith("Z")


def test_libraries_are_heard_through_the_same_redaction(errors: io.StringIO) -> None:
    logging.getLogger("telethon.client").warning("no answer for %s", API_SECRET)
    assert "[library=telethon.client] no answer for [hidden]" in errors.getvalue()


def test_what_we_tell_ourselves_is_not_told_by_a_library_too(errors: io.StringIO) -> None:
    logging.getLogger("telethon.network.mtprotosender").error("reconnection failed 0 time(s)")
    assert " DEBUG " in errors.getvalue(), "only where every step is told"
    assert " ERROR " not in errors.getvalue()


def test_a_library_whose_format_does_not_fit_is_still_heard(errors: io.StringIO) -> None:
    record = logging.makeLogRecord({"name": "ccxt", "levelno": 40, "msg": "%d bad", "args": ("x",)})
    handlers = logging.getLogger().handlers  # pytest's own would not bear it
    ours = next(h for h in handlers if type(h).__module__ == "tgbitget.logs")
    ours.handle(record)
    assert "[library=ccxt] %d bad" in errors.getvalue()


def test_libraries_are_not_heard_below_a_warning(errors: io.StringIO) -> None:
    logging.getLogger("ccxt.base.exchange").debug("Request: headers %s", {"ACCESS-KEY": "x"})
    logging.getLogger("telethon.extensions.messagepacker").info("packing")
    assert errors.getvalue() == ""


def test_configuring_twice_writes_each_record_once(errors: io.StringIO) -> None:
    configure_logs(stderr=errors)
    logging.getLogger("aiohttp.client").warning("once")
    assert errors.getvalue().count("once") == 1


def test_the_file_is_private_and_redacted(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    configure_logs(folder=folder, secrets=[API_SECRET], to_stderr=False)
    try:
        logger.info("Signed with {}", API_SECRET)
    finally:
        logger.remove()
    file = folder / FILE_NAME
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Signed with [hidden]" in file.read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_once_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE_NAME).symlink_to("/dev/full")
    configure_logs(folder=tmp_path, to_stderr=False)
    try:
        for _ in range(3):
            logger.warning("Still here, with {}", API_SECRET)
    finally:
        logger.remove()
    told = capsys.readouterr().err
    assert told == "tgbitget: the log cannot be written: [Errno 28] No space left on device\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_made_leaves_stderr(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    stream = io.StringIO()
    configure_logs(folder=tmp_path / "logs", stderr=stream)
    logger.remove()
    assert "No log file: cannot create" in stream.getvalue()
