"""`signals`, `orders`, `positions`, `explain`: what the journal says. They open it read-only, beside any listener."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tgbitget.cli.options import NAMES_MAY_BEGIN_WITH_A_MINUS, AsJson, Limit

if TYPE_CHECKING:
    from tgbitget.journal.reader import Reader
    from tgbitget.journal.story import Chapter
    from tgbitget.model.ids import ChannelId

signals = typer.Typer(help="What posts asked for, and what became of them.")
orders = typer.Typer(help="Orders that were sent.")
positions = typer.Typer(help="Trades that are open.")

LIMIT = 50


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
    """Trades that are pending, resting or open, newest first, as the journal has them."""
    from tgbitget.cli.journal_text import POSITIONS, position_row
    from tgbitget.cli.tables import print_rows

    with _journal(context, as_json=as_json) as journal:
        rows = journal.positions(limit, with_final=everything)
    shown = rows if as_json else [position_row(row) for row in rows]
    print_rows(shown, POSITIONS, as_json=as_json)


def explain(
    context: typer.Context,
    channel: Annotated[
        str,
        typer.Argument(
            metavar="CHANNEL", help="The channel's id, as `signals list` shows, or its @name."
        ),
    ],
    message_id: Annotated[int, typer.Argument(metavar="MESSAGE_ID", help="The post's number.")],
    as_json: AsJson = False,
) -> None:
    """One post's whole story: its revisions, reading, rule, orders, answers, fills, stops."""
    from tgbitget.cli.story_text import told
    from tgbitget.cli.tables import print_json
    from tgbitget.errors import BadInput
    from tgbitget.model.ids import ChannelId

    with _journal(context, as_json=as_json) as journal:
        known = _id_of(channel) if channel.startswith("@") else ChannelId(channel)
        chapters: list[Chapter] = journal.story(known, message_id)
    if not chapters:
        raise BadInput(
            f"nothing is known of post {message_id} in channel {channel}; "
            "`tgbitget signals list --all` shows which there are"
        )
    for chapter in chapters:
        if as_json:
            print_json(chapter.json())
        else:
            print(told(chapter))


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


def _pairs(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    from tgbitget.cli.words import harmless

    return [
        (name.replace("_", " "), harmless(str(value)))
        for name, value in row.items()
        if value is not None and value != []
    ]
