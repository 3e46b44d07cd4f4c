"""How a command ends: errors become exit codes and one line on stderr; a traceback only with --debug."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import typer

from tgbitget.errors import (
    BadInput,
    ConfigError,
    InstanceRunning,
    NotAuthorised,
    TgbitgetError,
    Unreachable,
    VenueLocked,
    VenueThrottled,
    VenueUnreachable,
)

DONE = 0
FAILED = 1
WRONG_USAGE = 2
NOT_AUTHORISED = 3
UNREACHABLE = 4
INTERRUPTED = 130

_CODES: tuple[tuple[type[TgbitgetError], int], ...] = (
    (ConfigError, WRONG_USAGE),
    (InstanceRunning, WRONG_USAGE),
    (BadInput, WRONG_USAGE),
    (NotAuthorised, NOT_AUTHORISED),
    (VenueLocked, NOT_AUTHORISED),
    (Unreachable, UNREACHABLE),
    (VenueUnreachable, UNREACHABLE),
    (VenueThrottled, UNREACHABLE),
)


class Ending:
    """The exit code of what ran inside `told`."""

    def __init__(self) -> None:
        self.code = DONE

    @contextmanager
    def told(self, *, debug: bool) -> Iterator[None]:
        """Ours, the user's and the machine's errors are told in one line; a bug is left to the excepthook."""
        try:
            yield
        except TgbitgetError as e:
            self._end(code_of(e), str(e), debug=debug)
        except typer.TyperException as e:
            self._end(e.exit_code, _usage(e), debug=debug)
        except (KeyboardInterrupt, typer.Abort):
            self._end(INTERRUPTED, "interrupted", debug=debug)
        except BrokenPipeError:
            _silence_stdout()  # whoever read our output has seen enough
        except SystemExit as e:
            if not isinstance(e.__context__, BrokenPipeError):
                raise
            _silence_stdout()  # Typer saw the closed pipe first
        except OSError as e:
            self._end(FAILED, _of_machine(e), debug=debug)
        except BaseExceptionGroup as group:
            ours = first_of_ours(group)
            if ours is None:
                raise
            self._end(code_of(ours), str(ours), debug=debug)

    def _end(self, code: int, line: str, *, debug: bool) -> None:
        self.code = code
        if debug:
            sys.stderr.write(_redacted(traceback.format_exc()))
        say_error(line)


def code_of(error: TgbitgetError) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def first_of_ours(group: BaseExceptionGroup) -> TgbitgetError | None:
    """The first error of ours in *group*, if nothing else happened: the rest was cancelled because of it."""
    ours, others = group.split(TgbitgetError)
    if ours is None or others is not None:
        return None
    error: BaseException = ours
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, TgbitgetError)
    return error


def say_error(line: str) -> None:
    """On stderr, in one line, without secrets."""
    from tgbitget.logs import one_line

    sys.stderr.write(f"tgbitget: {one_line(_redacted(' '.join(line.split())))}\n")


def tell_bugs_in_one_line(*, debug: bool) -> None:
    """What nobody expected ends with exit code 1 and, without --debug, in one line as well."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if debug:
            sys.stderr.write(_redacted("".join(traceback.format_exception(kind, error, trace))))
        say_error(f"unexpected {kind.__name__}: {error} (run it again with --debug to see where)")

    sys.excepthook = hook


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = f" ({context.command_path} --help tells more)" if context is not None else ""
    return f"{error.format_message()}{where}"


def _of_machine(error: OSError) -> str:
    file = f"{error.filename}: " if error.filename else ""
    return f"{file}{error.strerror or error}"


def _redacted(text: str) -> str:
    from tgbitget.logs import Redactor
    from tgbitget.settings import load_settings

    try:
        secrets = load_settings(make_home=False).secrets()
    except ConfigError:
        secrets = ()  # what could not be read is in no message either
    return Redactor(secrets)(text)


def _silence_stdout() -> None:
    """Else the interpreter would complain of the closed pipe once more on its way out."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
