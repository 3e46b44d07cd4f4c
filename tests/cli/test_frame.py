import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tgbitget.cli import ending, frame
from tgbitget.errors import (
    BadInput,
    ConfigError,
    InstanceRunning,
    JournalError,
    NotAuthorised,
    TgbitgetError,
    Unreachable,
    VenueLocked,
    VenueRejected,
    VenueThrottled,
    VenueUnreachable,
)

from .conftest import Tgbitget

# Typer itself brings pydantic.
HEAVY = ("ccxt", "telethon", "aiohttp", "pydantic_settings", "rich", "sqlite_utils", "loguru")


def commands() -> Iterator[tuple[str, ...]]:
    """Every command's words."""

    def below(group: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from below(command, (*words, name))
            else:
                yield (*words, name)

    yield from below(typer.main.get_command(frame.app), ())


def command_of(words: tuple[str, ...]) -> Any:
    found: Any = typer.main.get_command(frame.app)
    for word in words:
        found = found.commands[word]
    return found


ALL = list(commands())


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_and_argument_has_help(words: tuple[str, ...], tgbitget: Tgbitget) -> None:
    command = command_of(words)
    assert command.help, f"{' '.join(words)} has no help"
    for parameter in command.params:
        assert parameter.help, f"{' '.join(words)}: {parameter.name} has no help"
    ran = tgbitget(*words, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: tgbitget {' '.join(words)}")


def test_help_of_every_command_imports_nothing_heavy() -> None:
    """In a process of its own, one for all: whatever a help needs would show."""
    script = f"""
import sys
from tgbitget.cli.frame import run
for words in {[list(words) for words in ALL]!r} + [[], ["--version"]]:
    assert run([*words, "--help"]) == 0, words
print("heavy:", sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_the_contracts_commands_are_there() -> None:
    expected = """demo|login|channels list|channels export|listen|replay|parse|parsers list
        |markets sync|markets list|markets show|profiles list|profiles show|profiles check|profiles new
        |signals list|signals show|orders list|positions list|explain|pause|resume|doctor"""
    wanted = {tuple(words.split()) for words in expected.split("|")}
    assert wanted <= set(ALL)


def test_version_is_told(tgbitget: Tgbitget) -> None:
    assert tgbitget("--version").out.startswith("tgbitget 0.")


def test_without_a_command_there_is_help(tgbitget: Tgbitget) -> None:
    ran = tgbitget()
    assert ran.code == 0
    assert "Commands:" in ran.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(
            ["lissten"], "No such command 'lissten'. Did you mean 'listen'?", id="command"
        ),
        pytest.param(["profiles"], "Missing command.", id="group alone"),
        pytest.param(["parse", "--postz", "x"], "No such option: --postz", id="option"),
        pytest.param(["listen"], "Missing option '--profile'", id="missing option"),
        pytest.param(["explain", "c", "x"], "Invalid value for 'MESSAGE_ID'", id="no number"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    arguments: list[str], line: str, tgbitget: Tgbitget
) -> None:
    ran = tgbitget(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"tgbitget: {line}")
    assert ran.err.count("\n") == 1


def _raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `tgbitget broken` raise."""

    def breaks(error: BaseException) -> None:
        app = typer.Typer()
        app.callback()(frame.main)
        app.command("broken", help="Raises.")(_raising(error))
        monkeypatch.setattr(frame, "app", app)

    return breaks


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(ConfigError("x"), 2, id="configuration"),
        pytest.param(InstanceRunning("x"), 2, id="second instance"),
        pytest.param(BadInput("x"), 2, id="bad input"),
        pytest.param(NotAuthorised("x"), 3, id="not authorised"),
        pytest.param(VenueLocked("x"), 3, id="key refused"),
        pytest.param(Unreachable("x"), 4, id="unreachable"),
        pytest.param(VenueUnreachable("x"), 4, id="venue unreachable"),
        pytest.param(VenueThrottled("x"), 4, id="throttled"),
        pytest.param(VenueRejected("x"), 1, id="rejected"),
        pytest.param(JournalError("x"), 1, id="journal"),
        pytest.param(TgbitgetError("x"), 1, id="another"),
        pytest.param(ExceptionGroup("g", [Unreachable("x")]), 4, id="in a group"),
        pytest.param(OSError(28, "x"), 1, id="full disk"),
    ],
)
def test_each_error_has_its_code_and_one_line(
    error: Exception,
    code: int,
    tgbitget: Tgbitget,
    broken: Callable[[BaseException], None],
) -> None:
    broken(error)
    ran = tgbitget("broken")
    assert (ran.code, ran.out, ran.err) == (code, "", "tgbitget: x\n")


def test_an_interruption_is_130(
    tgbitget: Tgbitget, broken: Callable[[BaseException], None]
) -> None:
    broken(KeyboardInterrupt())
    assert tgbitget("broken").code == 130


def test_a_cancelled_run_is_130(
    tgbitget: Tgbitget, broken: Callable[[BaseException], None]
) -> None:
    """`asyncio.run` turns Ctrl-C into this."""
    interrupted = KeyboardInterrupt()
    interrupted.__context__ = asyncio.CancelledError()
    broken(interrupted)
    assert tgbitget("broken").code == 130


def test_a_message_is_one_line_without_escapes_or_secrets(
    tgbitget: Tgbitget,
    broken: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "API_SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"TGBITGET_BITGET__{name}", f"planted-{name}")
    broken(ConfigError("a\nb \x1b[2J planted-API_SECRET"))
    assert tgbitget("broken").err == "tgbitget: a b \\x1b[2J [hidden]\n"


@pytest.mark.parametrize("arguments", [["--debug", "broken"], ["broken", "--debug"]])
def test_debug_shows_where_wherever_it_stands(
    arguments: list[str], tgbitget: Tgbitget, broken: Callable[[BaseException], None]
) -> None:
    broken(ConfigError("x"))
    ran = tgbitget(*arguments)
    assert "Traceback" in ran.err
    assert ran.err.endswith("tgbitget: x\n")


def test_debug_behind_dashes_is_an_argument() -> None:
    assert frame.without_debug(["parse", "--", "--debug"]) == (["parse", "--", "--debug"], False)
    assert frame.without_debug(["--debug", "parse", "--", "x"]) == (["parse", "--", "x"], True)


def test_a_bug_is_one_line_too() -> None:
    script = "from tgbitget.cli import ending; ending.tell_bugs_in_one_line(debug=False); [][1]"
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("tgbitget: unexpected IndexError: list index out of range")
    assert done.stderr.count("\n") == 1


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    post = '{"channel": "c", "message_id": 1, "date": "2026-01-31T12:00:00Z", "text": "hello"}'
    (tmp_path / "posts.jsonl").write_text(f"{post}\n" * 3000)
    words = ["parse", "--posts", str(tmp_path / "posts.jsonl"), "--json"]
    with subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-m", "tgbitget", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_a_group_of_others_errors_stays_a_bug() -> None:
    mixed = ExceptionGroup("g", [Unreachable("x"), KeyError("y")])
    assert ending.first_of_ours(mixed) is None
    nested = ExceptionGroup("g", [ExceptionGroup("h", [ConfigError("z")])])
    assert isinstance(ending.first_of_ours(nested), ConfigError)


def test_completion_knows_commands_and_profiles(profiles: Any, tgbitget: Tgbitget) -> None:
    from tgbitget.cli.options import complete_profile  # noqa: PLC0415 -- what the shell calls

    (profiles / "vip-two.toml").write_text("")
    (profiles / "other.toml").write_text("")
    assert complete_profile("vip") == ["vip", "vip-two"]


def test_the_shells_completion_works(profiles: Path, tmp_path: Path) -> None:
    typed = {
        "_TGBITGET_COMPLETE": "complete_bash",
        "COMP_WORDS": "tgbitget profiles check v",
        "COMP_CWORD": "3",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tgbitget"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **typed},
    )
    assert done.stdout.split() == ["vip"]


@pytest.mark.parametrize("command", [[], ["listen"], ["channels", "export"]])
def test_help_has_a_short_name_everywhere(command: list[str], tgbitget: Tgbitget) -> None:
    short, long = tgbitget(*command, "-h"), tgbitget(*command, "--help")
    assert (short.code, short.out) == (0, long.out)
