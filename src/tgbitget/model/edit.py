"""What an edit changed of the set-up that its post asks for, in words. Pure."""

from collections.abc import Iterator

from tgbitget.model.intent import Entry, EntryKind, OpenPosition, level_text
from tgbitget.model.money import exact
from tgbitget.model.reading import Read, Reading

_NONE = "none"


def edit_words(before: Reading | None, after: Reading) -> tuple[str, ...]:
    """`stop from 137.74 to 139.16`, one for each part that differs; none where either text is no set-up."""
    match before, after:
        case Read(intent=OpenPosition() as old), Read(intent=OpenPosition() as new):
            was, reads = dict(_parts(old)), dict(_parts(new))
            return tuple(
                f"{name} from {was[name]} to {reads[name]}"
                for name in was
                if was[name] != reads[name]
            )
        case _:
            return ()


def _parts(intent: OpenPosition) -> Iterator[tuple[str, str]]:
    targets = ", ".join(map(level_text, intent.take_profits))
    stop, leverage = intent.stop_loss, intent.leverage
    yield "coin", intent.symbol
    yield "side", str(intent.side)
    yield "entry", _entry(intent.entry)
    yield "stop", _NONE if stop is None else level_text(stop)
    yield "targets", targets or _NONE
    yield "leverage", _NONE if leverage is None else f"{exact(leverage)}x"
    yield "margin", str(intent.margin_mode or _NONE)


def _entry(entry: Entry) -> str:
    prices = [exact(price) for price in entry.prices]
    match entry.kind:
        case EntryKind.MARKET:
            return "market"
        case EntryKind.LIMIT | EntryKind.LADDER:
            return ", ".join(prices)
        case EntryKind.ZONE:
            return " – ".join(prices)
        case EntryKind.TRIGGER:
            return f"past {' – '.join(prices)}"
