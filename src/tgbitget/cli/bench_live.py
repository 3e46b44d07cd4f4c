"""`bench --live`: the user's own round trips, as a table or as JSON lines."""

from collections.abc import Sequence

import typer

from tgbitget.bench.live import Way, ways
from tgbitget.cli.start import begin, run_async
from tgbitget.cli.tables import print_json, print_pairs
from tgbitget.settings import Settings

_NEAR_MS = 60
_TAKES_SECONDS = 6


def measure_live(context: typer.Context, *, as_json: bool) -> int:
    """1 when a way could not be measured; what is not set up counts too."""
    settings = begin(context, as_json=as_json, looks_only=True)
    typer.echo(f"asking Telegram and Bitget, about {3 * _TAKES_SECONDS} s …", err=True)
    found = run_async(_measured(settings, as_json=as_json))
    if not as_json:
        for sentence in sentences(found):
            print(sentence)
    return 1 if any(way.fault for way in found) else 0


async def _measured(settings: Settings, *, as_json: bool) -> list[Way]:
    found = []
    async for way in ways(settings):
        found.append(way)
        if as_json:
            print_json(way.json())
        else:
            print_pairs([(f"{way.name:<14}", told(way))])
    return found


def told(way: Way) -> str:
    if way.fault is not None:
        return f"not measured: {way.fault}"
    facts = way.json()
    words = [f"{facts[f'{name}_ms']:.1f} ms {name}" for name in ("p50", "p99", "max")]
    if way.first_ms is not None:
        words.append(f"the first, which connects, {way.first_ms:.1f} ms")
    if way.clock_off_ms is not None:
        words.append(f"clock {way.clock_off_ms} ms off")
    return ", ".join(words)


def sentences(found: Sequence[Way]) -> list[str]:
    """What may be done about it."""
    public = next((way for way in found if way.name == "bitget, public" and not way.fault), None)
    if public is None or public.json()["p50_ms"] <= _NEAR_MS:
        return []
    return [
        "an order takes one such round trip to Bitget; it is said to answer fastest from Tokyo, so a machine there is "
        "worth more than anything this program can do"
    ]
