"""Posts for tests, and readings in one line each."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tgbitget.model.ids import ChannelId
from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    Intent,
    LevelUpdate,
    OpenPosition,
    UpdateTrade,
)
from tgbitget.model.money import Percent, exact
from tgbitget.model.post import Post, Via
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.parsing import registry
from tgbitget.parsing.chain import Chain
from tgbitget.profile import Profile

MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def post(text: str, *parents: str) -> Post:
    """A post that answers *parents*, nearest first."""
    above: tuple[Post, ...] = ()
    for at, parent in enumerate(reversed(parents)):
        above = (_post(at + 1, parent, above), *above)
    return _post(len(parents) + 1, text, above)


def _post(message_id: int, text: str, parents: tuple[Post, ...]) -> Post:
    return Post(
        channel=ChannelId("-1001"),
        message_id=message_id,
        date=MOMENT,
        text=text,
        via=Via.REPLAY,
        reply_to=parents[0].message_id if parents else None,
        parents=parents,
    )


def profile(**parsing: object) -> Profile:
    return Profile.model_validate(
        {"name": "vip", "telegram": {"channels": ["@some_channel"]}, "parsing": parsing}
    )


def chain(**parsing: object) -> Chain:
    registry.load(())
    return registry.make_chain(profile(**parsing))


def brief(reading: Reading) -> str:
    """One line: `open BTC/USDT long futures zone 64500 65000, tp 66000 67000, sl 63000, 10x cross`."""
    match reading:
        case NotASignal():
            return "none"
        case Unclear():
            return f"unclear {reading.reason}"
        case Read():
            return _read(reading.intent)


def _read(intent: Intent) -> str:
    match intent:
        case OpenPosition():
            return _opening(intent)
        case ClosePosition():
            part = "" if intent.fraction is None else f" {intent.fraction}"
            return f"close{_about(intent)}{part}{_update(intent.update)}"
        case CancelEntries():
            return f"cancel{_about(intent)}{_update(intent.update)}"
        case UpdateTrade():
            return f"update{_about(intent)}{_update(intent.update)}"


def _opening(intent: OpenPosition) -> str:
    entry = " ".join([intent.entry.kind, *map(exact, intent.entry.prices)])
    pieces = [f"open{_about(intent)}{f' {intent.market}' if intent.market else ''} {entry}"]
    if intent.take_profits:
        pieces.append("tp " + _levels(intent.take_profits))
    if intent.stop_loss is not None:
        pieces.append("sl " + _levels([intent.stop_loss]))
    terms = [f"{exact(intent.leverage)}x"] if intent.leverage else []
    terms += [str(intent.margin_mode)] if intent.margin_mode else []
    return ", ".join([*pieces, " ".join(terms)] if terms else pieces)


def _about(intent: OpenPosition | ClosePosition | CancelEntries | UpdateTrade) -> str:
    name = intent.symbol or ""
    name += f"/{intent.quote}" if intent.quote else ""
    every = "" if isinstance(intent, OpenPosition) or not intent.is_all else "every trade"
    return "".join(f" {word}" for word in (every, name, intent.side) if word)


def _update(update: LevelUpdate | None) -> str:
    if update is None:
        return ""
    stop = update.stop_loss
    out = ""
    if stop is not None:
        out = f", sl {stop if isinstance(stop, AtTarget) else exact(stop)}"
    return out + (f", tp {_levels(update.take_profits)}" if update.take_profits else "")


def _levels(levels: Sequence[object]) -> str:
    return " ".join(str(x) if isinstance(x, Percent) else exact(x) for x in levels)  # type: ignore[arg-type] # a Level
