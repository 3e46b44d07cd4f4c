"""`stats`: how long each step took, by channel, from the journal. It opens it read-only, beside any listener."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import AsJson

if TYPE_CHECKING:
    from tgbitget.journal.timings import Sighting, Timed

_SPAN = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def add_to(app: typer.Typer) -> None:
    app.command()(stats)


def stats(
    context: typer.Context,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Only this one: its id or @name.", metavar="ID")
    ] = None,
    since: Annotated[
        str,
        typer.Option("--since", help="30m, 24h, 7d, 4w, or a day: 2026-01-31.", metavar="WHEN"),
    ] = "7d",
    as_json: AsJson = False,
) -> None:
    """How long each step took: p50, p99 and max by channel, and how old posts were when they came."""
    from tgbitget.cli.stats_summary import summary
    from tgbitget.cli.stats_text import print_stats
    from tgbitget.cli.tables import print_json

    try:
        moment = beginning(since, datetime.now(UTC))
    except ValueError as e:
        raise typer.BadParameter(str(e), param_hint="--since") from e
    found, second = _read(context, moment, channel, as_json=as_json)
    told = summary(found, second, since=moment)
    if as_json:
        print_json(told.json())
    else:
        print_stats(told)


def beginning(text: str, now: datetime) -> datetime:
    """ValueError names what was written."""
    if span := _SPAN.fullmatch(text.strip().lower()):
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"expected 30m, 24h, 7d, 4w or a day, was {text!r}") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _read(
    context: typer.Context, since: datetime, channel: str | None, *, as_json: bool
) -> "tuple[list[Timed], list[Sighting]]":
    from tgbitget.cli.look import channels_named
    from tgbitget.cli.start import begin
    from tgbitget.journal.reader import Reader

    settings = begin(context, as_json=as_json, looks_only=True)
    wanted = () if channel is None else channels_named(channel)
    with Reader(settings.database_file) as journal:
        found, second = journal.timed(since), journal.sightings(since)
    if not wanted:
        return found, second
    return [one for one in found if one.channel in wanted], [
        one for one in second if one.channel in wanted
    ]
