"""What an edit of a traded post may change: only what makes the trade safer, and its targets. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.intent import EntryKind, Level, OpenPosition, Side, level_text
from tgbitget.model.money import Percent, Price, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference between two readings of one post. None and empty: no such change.

    What stands in the first four may be applied to an open trade as it is; `refused` are sentences about what an edit
    may not do unless the profile says `apply`. `dropped` are entry prices that the new text no longer names.
    `moves_entries` and `changes_leverage` are only true where they may be asked for.
    """

    stop: Level | None = None
    targets: tuple[Level, ...] | None = None
    leverage: Decimal | None = None
    dropped: tuple[Price, ...] = ()
    refused: tuple[str, ...] = ()
    moves_entries: bool = False
    changes_leverage: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Changes()


def compare(
    old: OpenPosition,
    new: OpenPosition,
    *,
    standing_stop: Price | None = None,
    may_loosen: bool = False,
    may_reshape: bool = False,
) -> Changes:
    """From *old*, which was traded, to *new*.

    *standing_stop* is the stop as it stands by now, where it has moved: a stop farther than that is no safer one,
    though it may be nearer than the post's first. *may_loosen*: a farther price is taken, too. *may_reshape*: other
    entries and another leverage may be asked for.
    """
    another = _another_trade(old, new)
    if another is not None:
        return Changes(refused=(another,))
    stop, stop_fault = _stop(old, new, standing_stop, may_loosen=may_loosen)
    dropped, entry_fault = _entries(old, new)
    leverage, leverage_fault = _leverage(old, new)
    faults = (
        stop_fault,
        None if may_reshape else entry_fault,
        None if may_reshape else leverage_fault,
    )
    return Changes(
        moves_entries=may_reshape and entry_fault is not None,
        changes_leverage=may_reshape and new.leverage != old.leverage,
        stop=stop,
        targets=new.take_profits if new.take_profits != old.take_profits else None,
        leverage=leverage,
        dropped=dropped,
        refused=tuple(fault for fault in faults if fault is not None),
    )


def _another_trade(old: OpenPosition, new: OpenPosition) -> str | None:
    if old.symbol != new.symbol or (old.quote or new.quote) != (new.quote or old.quote):
        return f"another symbol, {new.symbol} for {old.symbol}"
    if old.side is not new.side:
        return f"another side, {new.side} for {old.side}"
    if (old.market or new.market) is not (new.market or old.market):
        return f"another market, {new.market} for {old.market}"
    return None


def _stop(
    old: OpenPosition, new: OpenPosition, standing: Price | None, *, may_loosen: bool
) -> tuple[Level | None, str | None]:
    if new.stop_loss is None:
        return None, None if old.stop_loss is None else "the stop taken away"
    before: Level | None = standing if standing is not None else old.stop_loss
    if new.stop_loss in (old.stop_loss, before):
        return None, None
    if before is None:
        return new.stop_loss, None
    are_prices = not isinstance(new.stop_loss, Percent) and not isinstance(before, Percent)
    if _is_nearer(new.stop_loss, before, new.side) or (may_loosen and are_prices):
        return new.stop_loss, None
    return None, f"a stop that is not nearer, {level_text(new.stop_loss)} for {level_text(before)}"


def _is_nearer(new: Level, before: Level, side: Side) -> bool:
    """Two prices, or two distances. A price and a distance cannot be told apart without the entry: not nearer."""
    if isinstance(new, Percent):
        return isinstance(before, Percent) and abs(new.value) < abs(before.value)
    if isinstance(before, Percent):
        return False
    return (new - before) * side.sign > 0


def _entries(old: OpenPosition, new: OpenPosition) -> tuple[tuple[Price, ...], str | None]:
    """Only prices of a ladder can be dropped one by one; everything else about an entry is a moved one."""
    before, after = old.entry, new.entry
    if before == after:
        return (), None
    is_list = before.kind in _LISTS and after.kind in _LISTS
    if is_list and set(after.prices) <= set(before.prices):
        return tuple(price for price in before.prices if price not in after.prices), None
    return (), f"other entries, {_entry(new)} for {_entry(old)}"


_LISTS = (EntryKind.LADDER, EntryKind.LIMIT)


def _leverage(old: OpenPosition, new: OpenPosition) -> tuple[Decimal | None, str | None]:
    if new.leverage == old.leverage:
        return None, None
    if new.leverage is not None and old.leverage is not None and new.leverage < old.leverage:
        return new.leverage, None
    return None, f"other leverage, {_times(new.leverage)} for {_times(old.leverage)}"


def _entry(intent: OpenPosition) -> str:
    return " ".join((str(intent.entry.kind), *_texts(intent.entry.prices)))


def _texts(prices: Sequence[Price]) -> tuple[str, ...]:
    return tuple(exact(price) for price in prices)


def _times(leverage: Decimal | None) -> str:
    return "none" if leverage is None else f"{exact(leverage)}x"
