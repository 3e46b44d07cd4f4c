"""`signals`, `orders`, `positions`, `explain`: what the journal says. They open it read-only, beside any listener."""

import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tgbitget.cli.options import NAMES_MAY_BEGIN_WITH_A_MINUS, AsJson, Limit, Yes

if TYPE_CHECKING:
    from tgbitget.journal.reader import Reader
    from tgbitget.journal.story import Chapter
    from tgbitget.model.ids import ChannelId
    from tgbitget.settings import Settings

signals = typer.Typer(help="What posts asked for, and what became of them.")
orders = typer.Typer(help="Orders that were sent.")
positions = typer.Typer(help="Trades that are open, and closing them.")

LIMIT = 50
LISTENER_SECONDS = 1.0
_UNPRICED = {"price": None, "unrealised": None}


def add_to(app: typer.Typer) -> None:
    app.add_typer(signals, name="signals")
    app.add_typer(orders, name="orders")
    app.add_typer(positions, name="positions")
    app.command(context_settings=NAMES_MAY_BEGIN_WITH_A_MINUS)(explain)


@signals.command("list")
def list_signals(
    context: typer.Context,
    limit: Limit = LIMIT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also posts that were no signals.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The latest signals with their outcome, newest first."""
    from tgbitget.cli.journal_text import SIGNALS, signal_row
    from tgbitget.cli.tables import print_rows

    with _journal(context, as_json=as_json) as journal:
        rows = journal.signals(limit, with_ignored=everything)
    shown = rows if as_json else [signal_row(row) for row in rows]
    print_rows(shown, SIGNALS, as_json=as_json, wrapping=("outcome",))


@signals.command("show", context_settings=NAMES_MAY_BEGIN_WITH_A_MINUS)
def show_signal(
    context: typer.Context,
    id: Annotated[
        str, typer.Argument(metavar="ID", help="CHANNEL/MESSAGE, as `signals list` shows.")
    ],
    as_json: AsJson = False,
) -> None:
    """One signal: its post, reading, outcome, orders and position."""
    from tgbitget.cli.journal_text import ORDERS, order_row
    from tgbitget.cli.tables import print_json, print_pairs, print_rows
    from tgbitget.errors import BadInput
    from tgbitget.model.ids import SignalId

    with _journal(context, as_json=as_json) as journal:
        found = journal.signal(SignalId(id))
    if found is None:
        raise BadInput(f"there is no signal {id}; `tgbitget signals list` shows which there are")
    if as_json:
        print_json(found)
        return
    legs, position = found.pop("legs"), found.pop("position")
    found.pop("reading")
    print_pairs(_pairs(found))
    if legs:
        print()
        headings = {key: heading for key, heading in ORDERS.items() if key != "signal"}
        print_rows(map(order_row, legs), headings, as_json=False, wrapping=("order",))
    if position:
        print()
        print_pairs(_pairs(position))


@orders.command("list")
def list_orders(context: typer.Context, limit: Limit = LIMIT, as_json: AsJson = False) -> None:
    """The latest orders with their answers and fills, newest first."""
    from tgbitget.cli.journal_text import ORDERS, order_row
    from tgbitget.cli.tables import print_rows

    with _journal(context, as_json=as_json) as journal:
        rows = journal.orders(limit)
    shown = rows if as_json else [order_row(row) for row in rows]
    print_rows(shown, ORDERS, as_json=as_json, wrapping=("order",))


@positions.command("list")
def list_positions(
    context: typer.Context,
    limit: Limit = LIMIT,
    everything: Annotated[bool, typer.Option("--all", help="Also trades that have ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """Trades that are pending, resting or open, newest first, as the journal has them; a running listener adds what is open."""
    from tgbitget.cli.journal_text import POSITIONS, position_row
    from tgbitget.cli.start import begin
    from tgbitget.cli.tables import print_rows
    from tgbitget.journal.reader import Reader

    settings = begin(context, as_json=as_json, looks_only=True)
    with Reader(settings.database_file) as journal:
        rows = journal.positions(limit, with_final=everything)
    profits = _open_profits(settings)
    rows = [{**row, **profits.get(row["signal"], _UNPRICED)} for row in rows]
    shown = rows if as_json else [position_row(row) for row in rows]
    print_rows(shown, POSITIONS, as_json=as_json, wrapping=("signal", "state"))


@positions.command("close", context_settings=NAMES_MAY_BEGIN_WITH_A_MINUS)
def close_position(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="SIGNAL|SYMBOL", help="CHANNEL/MESSAGE as `positions list` shows, or a coin."
        ),
    ],
    part: Annotated[
        str | None, typer.Option("--part", help="Close only so much of it, such as 50%.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Close a trade at market, or a part of it; entries of it that rest are cancelled with all of it."""
    from tgbitget.cli.closing import Wish, fraction_of, run_close
    from tgbitget.cli.start import begin

    wish = Wish(what=what, fraction=fraction_of(part), is_sure=yes, as_json=as_json)
    return run_close(begin(context, as_json=as_json), wish)


@positions.command("close-all")
def close_all_positions(context: typer.Context, yes: Yes = False, as_json: AsJson = False) -> int:
    """Close every trade of ours at market and cancel every entry that rests; foreign positions are left alone."""
    from tgbitget.cli.closing import Wish, run_close
    from tgbitget.cli.start import begin

    wish = Wish(what=None, fraction=None, is_sure=yes, as_json=as_json)
    return run_close(begin(context, as_json=as_json), wish)


def explain(
    context: typer.Context,
    channel: Annotated[
        str,
        typer.Argument(
            metavar="CHANNEL",
            help="The channel's id, as `signals list` shows, or its @name; or CHANNEL/MESSAGE as one word.",
        ),
    ],
    message_id: Annotated[
        int | None, typer.Argument(metavar="MESSAGE_ID", help="The post's number.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """One post's whole story: its revisions, reading, rule, orders, answers, fills, stops."""
    from tgbitget.cli.story_text import story_lines, wrapped
    from tgbitget.cli.tables import print_json
    from tgbitget.errors import BadInput

    named, number = _post_of(channel, message_id)
    with _journal(context, as_json=as_json) as journal:
        stories = (journal.story(channel, number) for channel in channels_named(named))
        chapters: list[Chapter] = next(filter(None, stories), [])
    if not chapters:
        raise BadInput(
            f"nothing is known of post {number} in channel {named}; "
            "`tgbitget signals list --all` shows which there are"
        )
    if as_json:
        for chapter in chapters:
            print_json(chapter.json())
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in story_lines(chapters):
        print(line if width is None else wrapped(line, width))


def _post_of(channel: str, message_id: int | None) -> tuple[str, int]:
    """Channel and number, given apart or as a signal's id."""
    from tgbitget.errors import BadInput

    if message_id is not None:
        return channel, message_id
    named, _, number = channel.rpartition("/")
    if not named or not number.isdecimal():
        raise BadInput(f"explain needs CHANNEL MESSAGE_ID or CHANNEL/MESSAGE, was {channel!r}")
    return named, int(number)


def channels_named(name: str) -> "tuple[ChannelId, ...]":
    """What it may be: a plain number, as links carry it, is also the channel of that number."""
    from tgbitget.model.ids import ChannelId

    if name.startswith("@"):
        return (_id_of(name),)
    return (ChannelId(name), *([ChannelId(f"-100{name}")] if name.isdecimal() else []))


def _id_of(name: str) -> "ChannelId":
    from tgbitget.errors import BadInput
    from tgbitget.settings import load_settings
    from tgbitget.telegram.channels import known_channel
    from tgbitget.telegram.session import session_file

    channel = known_channel(name, session_file(load_settings(make_home=False)))
    if channel is None:
        raise BadInput(f"{name} is no channel that this login knows; `signals list` shows the ids")
    return channel.id


def _journal(context: typer.Context, *, as_json: bool) -> "Reader":
    from tgbitget.cli.start import begin
    from tgbitget.journal.reader import Reader

    return Reader(begin(context, as_json=as_json, looks_only=True).database_file)


def _open_profits(settings: "Settings") -> dict[str, dict[str, Any]]:
    """By signal, what a running listener says of the last price; nothing where none answers."""
    from tgbitget.control.socket import ask
    from tgbitget.errors import TgbitgetError

    try:
        told = ask(settings.home, "trades", timeout_seconds=LISTENER_SECONDS)
    except TgbitgetError:
        return {}  # the journal's word stands alone
    trades = [] if told is None else told["trades"]
    return {one["signal"]: {name: one[name] for name in _UNPRICED} for one in trades}


def _pairs(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    from tgbitget.cli.words import harmless

    return [
        (name.replace("_", " "), harmless(str(value)))
        for name, value in row.items()
        if value is not None and value != []
    ]
