"""Which stop a trade should have now. Pure; a rule never loosens a stop."""

from decimal import Decimal

from tgbitget.model.intent import Side
from tgbitget.model.market import Market
from tgbitget.model.money import Price
from tgbitget.model.plan import Target
from tgbitget.profile import ExitsSection

_WHOLE = Decimal(100)


def tighter(side: Side, one: Price, other: Price) -> Price:
    """The stop that risks less."""
    return max(one, other) if side is Side.LONG else min(one, other)


def is_beyond(side: Side, price: Price, level: Price) -> bool:
    """Whether *price* has won as far as *level*."""
    return price >= level if side is Side.LONG else price <= level


def breakeven(market: Market, side: Side, entry: Price) -> Price:
    """Where leaving costs nothing: the average entry plus the fees of both ways, on a tick."""
    fees = entry * market.taker_fee * 2
    return market.stop_price(entry + side.sign * fees, side)


def in_force(exits: ExitsSection, *, trails_by_clock: bool) -> ExitsSection:
    """Where the venue does not trail, the stop follows the best price as we see it."""
    if exits.stop_moves != "trailing" or not trails_by_clock:
        return exits
    return exits.model_copy(update={"stop_moves": "percent-below-highest"})


def trail_from(
    *, side: Side, entry: Price, targets: tuple[Target, ...], exits: ExitsSection, market: Market
) -> Price | None:
    """The price from which the venue is to trail; None when the trigger is a target that the trade does not have."""
    trigger = exits.stop_moves_trigger
    if isinstance(trigger, int):
        return targets[trigger - 1].price if trigger <= len(targets) else None
    return market.target_price(_in_profit(side, entry, trigger), side)


def stop_now(
    *,
    market: Market,
    side: Side,
    entry: Price,
    current: Price,
    targets: tuple[Target, ...],
    reached: int,
    best: Price | None,
    exits: ExitsSection,
) -> Price:
    """The stop that the profile wants, never looser than *current*.

    *entry* is the average of what filled, *reached* the number of the highest target reached (0: none), *best* the
    best price seen since the entry, or None when no price is known.
    """
    if not _is_triggered(side, entry, reached, best, exits):
        return current
    wanted = _moved(market, side, entry, targets, reached, best, exits)
    return current if wanted is None else tighter(side, current, wanted)


def _is_triggered(
    side: Side, entry: Price, reached: int, best: Price | None, exits: ExitsSection
) -> bool:
    trigger = exits.stop_moves_trigger
    if isinstance(trigger, int):
        return reached >= trigger
    if best is None:
        return False
    return is_beyond(side, best, _in_profit(side, entry, trigger))


def _in_profit(side: Side, entry: Price, distance: str) -> Price:
    return Price(entry + side.sign * entry * Decimal(distance.removesuffix("%")) / _WHOLE)


def _moved(
    market: Market,
    side: Side,
    entry: Price,
    targets: tuple[Target, ...],
    reached: int,
    best: Price | None,
    exits: ExitsSection,
) -> Price | None:
    match exits.stop_moves:
        case "none" | "trailing":  # an order of the venue trails, beside the stop
            return None
        case "breakeven":
            return breakeven(market, side, entry)
        case "moving-target":
            return _behind(market, side, entry, targets, reached - 1)
        case "moving-2-target":
            return _behind(market, side, entry, targets, reached - 2)
        case "percent-below-triggers":
            level = targets[reached - 1].price if reached else None
            return _at_distance(market, side, level, exits.stop_moves_percent)
        case "percent-below-highest":
            return _at_distance(market, side, best, exits.stop_moves_percent)


def _behind(
    market: Market, side: Side, entry: Price, targets: tuple[Target, ...], number: int
) -> Price | None:
    """The price of target *number*; 0 is breakeven, below 0 nothing moves."""
    if number < 0:
        return None
    if number == 0:
        return breakeven(market, side, entry)
    return market.stop_price(targets[number - 1].price, side)


def _at_distance(market: Market, side: Side, level: Price | None, percent: Decimal) -> Price | None:
    if level is None:
        return None
    return market.stop_price(level - side.sign * level * percent / _WHOLE, side)
