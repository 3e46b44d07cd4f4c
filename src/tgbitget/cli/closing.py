"""Closing trades from the command line: which, are you sure, done or not; through the listener or alone."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tgbitget.cli.ending import DONE, FAILED
from tgbitget.cli.person import asked, read_line
from tgbitget.cli.tables import print_json, print_rows
from tgbitget.cli.words import rounded
from tgbitget.control.naming import names_of, plain_name
from tgbitget.errors import BadInput
from tgbitget.model.market import short_symbol

if TYPE_CHECKING:
    from tgbitget.control.socket import Command
    from tgbitget.settings import Settings

CLOSED_WITHIN_SECONDS = 20.0
LOOK_SECONDS = 0.1
COLUMNS = {
    "signal": "Signal",
    "position": "Position",
    "state": "State",
    "amount": "Left",
    "realised": "Realised",
    "result": "Result",
}
_YES = ("y", "yes")
_HUNDRED = Decimal(100)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be closed: `what` a signal or a symbol, None for all; `fraction` None for all of it."""

    what: str | None
    fraction: Decimal | None
    is_sure: bool
    as_json: bool


def fraction_of(part: str | None) -> Decimal | None:
    """`50%` or `0.5`; None and all of it: None. BadInput."""
    if part is None:
        return None
    is_percent = part.strip().endswith("%")
    try:
        number = Decimal(part.strip().rstrip("%").strip())
    except InvalidOperation:
        raise BadInput(f"--part is a percentage such as 50%, was {part!r}") from None
    fraction = number / _HUNDRED if is_percent else number
    if not fraction.is_finite() or not 0 < fraction <= 1:
        raise BadInput(f"--part is above 0% and at most 100% (or 0.5 for a half), was {part!r}")
    return None if fraction == 1 else fraction


async def close_through(commands: "Mapping[str, Command]", wish: Wish) -> int:
    """The exit code. BadInput: nothing was closed, and why."""
    found = await commands["trades"]({})
    trades: list[Row] = list(found["trades"])
    foreign: list[str] = list(found["foreign"])
    chosen = trades if wish.what is None else await _chosen(wish.what, trades, foreign)
    if not chosen:
        _tell_nothing(foreign, as_json=wish.as_json)
        return DONE
    if not wish.is_sure and not await _is_sure(chosen, wish.fraction):
        sys.stderr.write("Nothing was closed.\n")
        return FAILED
    signals = [row["signal"] for row in chosen]
    fraction = None if wish.fraction is None else str(wish.fraction)
    await commands["close"]({"signals": signals, "fraction": fraction})
    rows = await _until_done(commands, signals)
    _tell(rows, foreign if wish.what is None else [], wish)
    return DONE if all(row["done"] for row in rows) else FAILED


async def _chosen(what: str, trades: Sequence[Row], foreign: Sequence[str]) -> list[Row]:
    exactly = [row for row in trades if row["signal"] == what]
    fitting = exactly or [row for row in trades if plain_name(what) in names_of(row["symbol"])]
    if len(fitting) == 1:
        return fitting
    if fitting:
        return await _asked_which(what, fitting)
    if any(plain_name(what) in names_of(symbol) for symbol in foreign):
        raise BadInput(f"the position in {what} is not ours; it is left alone")
    known = ", ".join(row["signal"] for row in trades) or "none"
    raise BadInput(f"{what} is no open trade; open are: {known}")


async def _asked_which(what: str, fitting: Sequence[Row]) -> list[Row]:
    listed = "\n".join(
        f"  {n}  {_position(row)}, {row['signal']}" for n, row in enumerate(fitting, 1)
    )
    if not sys.stdin.isatty():
        named = ", ".join(row["signal"] for row in fitting)
        raise BadInput(f"{what} fits {len(fitting)} open trades; name one of {named}")
    answer = await _answer(f"{what} fits several trades:\n{listed}\nWhich (a number, all, none)? ")
    if answer == "all":
        return list(fitting)
    if answer in ("", "none"):
        raise BadInput("nothing was closed")
    if not answer.isdecimal() or not 1 <= int(answer) <= len(fitting):
        raise BadInput(f"a number from 1 to {len(fitting)} was asked for, was {answer!r}")
    return [fitting[int(answer) - 1]]


async def _is_sure(chosen: Sequence[Row], fraction: Decimal | None) -> bool:
    if not sys.stdin.isatty():
        raise BadInput("closing needs your word; add --yes where nobody can be asked")
    share = "all of" if fraction is None else f"{(fraction * _HUNDRED).normalize():f} % of"
    listed = "\n".join(f"  {_position(row)}, {row['signal']}" for row in chosen)
    return await _answer(f"Close {share}\n{listed}\nat market? [y/N] ") in _YES


async def _answer(question: str) -> str:
    nobody = BadInput("nothing was closed: nobody is there to answer")
    return (await asked(lambda: read_line(question), nobody=nobody)).lower()


async def _until_done(commands: "Mapping[str, Command]", signals: Sequence[str]) -> list[Row]:
    """How they stand once all are done, or when the wait is over."""
    deadline = time.monotonic() + CLOSED_WITHIN_SECONDS
    shown = ""
    while True:
        rows: list[Row] = list((await commands["progress"]({"signals": list(signals)}))["trades"])
        missing = sum(not row["done"] for row in rows)
        shown = _show_progress(missing, len(rows), shown)
        if not missing or time.monotonic() > deadline:
            return rows
        await asyncio.sleep(LOOK_SECONDS)


def _show_progress(missing: int, count: int, shown: str) -> str:
    line = f"{count - missing} of {count} done" if missing else ""
    if sys.stderr.isatty() and line != shown:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
    return line


def _tell(rows: Sequence[Row], foreign: Sequence[str], wish: Wish) -> None:
    if wish.as_json:
        for row in rows:
            print_json({**row, "ours": True})
    else:
        shown = [{**row, "position": _position(row), **_result(row, wish)} for row in rows]
        print_rows(shown, COLUMNS, as_json=False, wrapping=("result",))
    _tell_foreign(foreign, as_json=wish.as_json)


def _tell_nothing(foreign: Sequence[str], *, as_json: bool) -> None:
    if not as_json:
        print("No trade is open.")
    _tell_foreign(foreign, as_json=as_json)


def _tell_foreign(foreign: Sequence[str], *, as_json: bool) -> None:
    for symbol in foreign:
        if as_json:
            print_json({"symbol": symbol, "ours": False, "done": False, "reason": "not ours"})
        else:
            print(
                f"{short_symbol(symbol)} holds a position or a stop that is not ours; it is left alone."
            )


def _result(row: Row, wish: Wish) -> Row:
    if not row["done"]:
        return {"result": f"NOT CLOSED: {row['reason'] or 'no answer yet'}; it is tried on"}
    part = f"{(wish.fraction * _HUNDRED).normalize():f} % closed" if wish.fraction else row["state"]
    return {"result": part, "realised": rounded(Decimal(row["realised"]))}


def _position(row: Row) -> str:
    amount = f" {row['amount']}" if row["amount"] != "0" else ""
    return f"{row['side']}{amount} {short_symbol(row['symbol'])}"


def run_close(settings: "Settings", wish: Wish) -> int:
    """Through the listener where one runs, else alone."""
    from tgbitget.cli.start import run_async
    from tgbitget.control.socket import ask

    def through(name: str) -> "Command":
        async def command(args: Mapping[str, Any]) -> Mapping[str, Any]:
            answer = await asyncio.to_thread(ask, settings.home, name, **args)
            if answer is None:
                raise BadInput("the listener has gone; ask again")
            return answer

        return command

    if ask(settings.home, "status") is not None:
        listener = {name: through(name) for name in ("trades", "close", "progress")}
        return run_async(close_through(listener, wish))
    from tgbitget.app.alone import acting_alone

    return run_async(acting_alone(settings, lambda commands: close_through(commands, wish)))
