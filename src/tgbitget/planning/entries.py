"""An entry of a post becomes rungs: which orders, at which prices, with which share of the amount. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tgbitget.model.intent import Entry, EntryKind, Side
from tgbitget.model.market import Market
from tgbitget.model.money import Price, ceil_to, exact, floor_to
from tgbitget.model.plan import OrderType, Refused
from tgbitget.model.trade import Quote
from tgbitget.planning.splits import weights
from tgbitget.profile import EntrySection

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One entry order, its amount still open.

    `expected` is the price it should fill at, None when nothing says (a rehearsal without prices); `dearest` the
    highest one it can fill at as far as can be known: limits on notional are kept with that.
    """

    type: OrderType
    expected: Price | None
    dearest: Price
    price: Price | None = None
    trigger_price: Price | None = None
    weight: Fraction = Fraction(1)


def rungs(
    *,
    entry: Entry,
    side: Side,
    market: Market,
    section: EntrySection,
    quote: Quote | None,
    bound: Price | None,
    is_rehearsal: bool,
) -> tuple[Rung, ...] | Refused:
    """The orders of *entry*, in the order in which the split counts them; those with a share of nothing are left out.

    *bound* is the highest price at which the trade makes sense at all; a rehearsal sizes a market order by it when no
    price is known. When something will be sent, an order whose size depends on the market's price needs that price.
    """
    match entry.kind:
        case EntryKind.MARKET:
            at_market = _market(side, quote, entry.prices, bound, is_rehearsal=is_rehearsal)
            return at_market if isinstance(at_market, Refused) else (at_market,)
        case EntryKind.TRIGGER:
            triggered = _trigger(entry.prices, side, market, section, quote)
            return triggered if isinstance(triggered, Refused) else (triggered,)
        case EntryKind.LIMIT | EntryKind.LADDER:
            return _limits(entry.prices, side, market, section, quote, is_rehearsal=is_rehearsal)
        case EntryKind.ZONE:
            spread = _spread(entry.prices[0], entry.prices[1], section.zone_orders, side)
            return _limits(spread, side, market, section, quote, is_rehearsal=is_rehearsal)


def weighted_entry(of: Sequence[Rung]) -> Decimal | None:
    """The average that the rungs should fill at, or None when one of them has no expected price."""
    total = Decimal(0)
    for rung in of:
        if rung.expected is None:
            return None
        total += rung.expected * rung.weight.numerator / rung.weight.denominator
    return total


def price_now(side: Side, quote: Quote) -> Price:
    """What an order at market of this side would pay or get."""
    return (quote.ask if side is Side.LONG else quote.bid) or quote.price


def _market(
    side: Side,
    quote: Quote | None,
    named: Sequence[Price],
    bound: Price | None,
    *,
    is_rehearsal: bool,
) -> Rung | Refused:
    if quote is not None:
        now = price_now(side, quote)
        return Rung(type=OrderType.MARKET, expected=now, dearest=max(now, quote.price))
    if not is_rehearsal:
        return _no_price("a market entry")
    if named:
        return Rung(type=OrderType.MARKET, expected=named[0], dearest=named[0])
    if bound is not None:
        return Rung(type=OrderType.MARKET, expected=None, dearest=bound)
    return _no_price("a market entry without any level that bounds it")


def _limits(
    asked: Sequence[Decimal],
    side: Side,
    market: Market,
    section: EntrySection,
    quote: Quote | None,
    *,
    is_rehearsal: bool,
) -> tuple[Rung, ...] | Refused:
    prices = tuple(dict.fromkeys(market.entry_price(price, side) for price in asked))
    if min(prices) <= 0:
        return _below_tick(min(asked), market)
    if side is Side.SHORT and quote is None and not is_rehearsal:
        return _no_price("a short entry, which may sell above its limit,")
    shares = weights(section.split, len(prices))
    resting = [
        Rung(
            type=OrderType.LIMIT,
            expected=price,
            dearest=_dearest(price, side, quote),
            price=price,
            weight=share,
        )
        for price, share in zip(prices, shares, strict=True)
    ]
    wanted = [rung for rung in resting if rung.weight > 0]
    if (
        section.first_as_market
        and quote is not None
        and _is_near(wanted[0].expected, quote, section)
    ):
        wanted[0] = _now(wanted[0], side, quote)
    return tuple(wanted)


def _trigger(
    prices: Sequence[Price],
    side: Side,
    market: Market,
    section: EntrySection,
    quote: Quote | None,
) -> Rung | Refused:
    """Once the market passes the first price, in the trade's direction; a second price is the limit to buy or sell at.

    A market that is past it by no more than the band has met the condition: then the entry is at market. Farther
    than that the move has been missed, or the post means something else: refused.
    """
    # A breakout is confirmed at the tick beyond the price, not at the one before it.
    to_tick = ceil_to if side is Side.LONG else floor_to
    trigger = Price(to_tick(prices[0], market.tick))
    limit = market.entry_price(prices[1], side) if len(prices) > 1 else None
    if trigger <= 0 or (limit is not None and limit <= 0):
        return _below_tick(min(prices), market)
    fills_at = limit or trigger
    rung = Rung(
        type=OrderType.TRIGGER,
        expected=fills_at,
        dearest=max(fills_at, trigger),
        price=limit,
        trigger_price=trigger,
    )
    if quote is None or (trigger - quote.price) * side.sign > 0:
        return rung
    if _is_near(trigger, quote, section):
        return _now(rung, side, quote)
    return Refused(
        rule="trigger_passed",
        reason=f"the market at {exact(quote.price)} is past the trigger {exact(trigger)} by more than "
        f"{exact(section.price_band_percent)} %",
    )


def _spread(low: Price, high: Price, orders: int, side: Side) -> list[Decimal]:
    """*orders* prices over the zone, both ends included, the one that the market reaches first at the front.

    A single order stands in the middle.
    """
    if orders == 1:
        return [(low + high) / 2]
    rising = [low + (high - low) * i / (orders - 1) for i in range(orders)]
    return rising[::-1] if side is Side.LONG else rising


def _now(rung: Rung, side: Side, quote: Quote) -> Rung:
    now = price_now(side, quote)
    return replace(
        rung,
        type=OrderType.MARKET,
        expected=now,
        dearest=max(now, quote.price),
        price=None,
        trigger_price=None,
    )


def _dearest(price: Price, side: Side, quote: Quote | None) -> Price:
    """A sell limit below the market fills at the market's price, and then its notional is that price's."""
    return max(price, quote.price) if side is Side.SHORT and quote is not None else price


def _is_near(price: Price | None, quote: Quote, section: EntrySection) -> bool:
    assert price is not None, "a limit or trigger without a price"
    return abs(quote.price - price) * _WHOLE <= price * section.price_band_percent


def _no_price(what: str) -> Refused:
    return Refused(rule="price", reason=f"{what} cannot be sized: the market's price is not known")


def _below_tick(price: Decimal, market: Market) -> Refused:
    return Refused(
        rule="price_tick",
        reason=f"{exact(price)} is below the smallest price of {market.id}, {exact(market.tick)}",
    )
