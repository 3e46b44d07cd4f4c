"""Do the levels of a trade fit its side? Pure arithmetic on what the post says; no market is asked."""

from collections.abc import Sequence
from decimal import Decimal

from tgbitget.model.intent import Level, OpenPosition, Side
from tgbitget.model.money import Percent, Price

MAGNITUDE_MAX = Decimal(10)
"""Levels of one trade lie within one order of magnitude of each other; beyond it a digit or a comma slipped."""


def geometry_fault(intent: OpenPosition) -> str | None:
    """The reason code of the first level that cannot be meant, or None.

    `sl_wrong_side`, `tp_wrong_side`: not on the side where it would lose or win. `price_magnitude`: some two levels
    are more than `MAGNITUDE_MAX` apart. Percent levels have no side of their own and are not judged.
    """
    is_long = intent.side is Side.LONG
    entries = intent.entry.prices
    targets = _prices(intent.take_profits)
    stops = _prices((intent.stop_loss,) if intent.stop_loss is not None else ())
    beyond = (*entries, *targets)
    if stops and beyond and not (stops[0] < min(beyond) if is_long else stops[0] > max(beyond)):
        return "sl_wrong_side"
    if (
        targets
        and entries
        and not (min(targets) > max(entries) if is_long else max(targets) < min(entries))
    ):
        return "tp_wrong_side"
    levels = (*beyond, *stops)
    if levels and max(levels) > min(levels) * MAGNITUDE_MAX:
        return "price_magnitude"
    return None


def side_of(entries: Sequence[Price], targets: Sequence[Price], stop: Price | None) -> Side | None:
    """The one side that these levels fit, or None when both or neither do (no direction word was written)."""
    if not targets and stop is None:
        return None
    fits = [side for side in Side if _fits(side, entries, targets, stop)]
    return fits[0] if len(fits) == 1 else None


def _fits(
    side: Side, entries: Sequence[Price], targets: Sequence[Price], stop: Price | None
) -> bool:
    return all(_wins(side, t, e) for t in targets for e in entries) and (
        stop is None or all(_loses(side, stop, price) for price in (*entries, *targets))
    )


def _wins(side: Side, target: Price, entry: Price) -> bool:
    return target > entry if side is Side.LONG else target < entry


def _loses(side: Side, stop: Price, price: Price) -> bool:
    return stop < price if side is Side.LONG else stop > price


def _prices(levels: Sequence[Level]) -> list[Price]:
    return [level for level in levels if not isinstance(level, Percent)]
