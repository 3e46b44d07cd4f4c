"""The plan of a trade whose orders stand already: levels from the post, orders as the venue has them. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tgbitget.model.intent import MarginMode, OpenPosition
from tgbitget.model.market import Market
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import StandingEntry, VenueOrder
from tgbitget.model.plan import (
    Leg,
    OrderPlan,
    OrderSide,
    OrderType,
    Refused,
    Role,
    Target,
    TriggerBy,
)
from tgbitget.model.post import Post
from tgbitget.model.trade import Quote
from tgbitget.planning import exits, price_sense
from tgbitget.planning.entries import Rung
from tgbitget.planning.planner import leverage
from tgbitget.profile import Profile

RULE = "not_adopted"


def adopted_plan(
    *,
    post: Post,
    intent: OpenPosition,
    market: Market,
    multiplier: Decimal,
    quote: Quote | None,
    profile: Profile,
    entries: Sequence[StandingEntry],
    stops: Sequence[Price],
    live_targets: Sequence[int],
    now: datetime,
) -> OrderPlan | Refused:
    """Nothing of it is asked whether it may be opened: it is, or it was and must not be again.

    *stops* stand for it at the venue, beside those that entries carry: the nearest is the trade's, the post's only
    where there is none. Targets before the first of *live_targets* were reached.
    """
    intended = OrderSide.opening(intent.side)
    for one in entries:
        if one.why_not is not None:
            return Refused(rule=RULE, reason=one.why_not)
        if (one.order.symbol, one.order.side) != (market.symbol, intended):
            return Refused(
                rule=RULE,
                reason=f"its order {one.oid} is a {one.order.side} of {one.order.symbol}, "
                f"and the post now says {intent.side} {market.symbol}",
            )
    settled = price_sense.in_market_units(
        intent, market=market, multiplier=multiplier, quote=price_sense.fresh(quote)
    )
    if isinstance(settled, Refused):
        return settled
    rungs = [_rung(one.order, quote) for one in entries]
    stop = _stop(settled, market, profile, rungs, [*stops, *_carried(entries)])
    if isinstance(stop, Refused):
        return stop
    targets = exits.targets(
        levels=settled.take_profits,
        section=profile.exits,
        side=settled.side,
        market=market,
        entries=rungs,
    )
    if isinstance(targets, Refused):
        return targets
    return OrderPlan(
        signal=post.signal,
        market=market,
        side=settled.side,
        entries=tuple(_leg(post, one, settled, profile, stop) for one in entries),
        targets=_not_reached(targets, live_targets),
        stop=stop,
        leverage=leverage(settled.leverage, section=profile.leverage, market=market),
        margin_mode=MarginMode(profile.leverage.margin_mode),
        expires_at=post.date + timedelta(minutes=profile.entry.expire_minutes),
        sizes_stop=profile.signals.same_symbol == "add",
        trigger_by=TriggerBy(profile.exits.trigger_by),
        # No order of the life that is forgotten has such a number, nor has one of an earlier adoption.
        exits_from=int(now.timestamp()),
    )


def _stop(
    intent: OpenPosition,
    market: Market,
    profile: Profile,
    rungs: Sequence[Rung],
    standing: Sequence[Price],
) -> Price | Refused:
    """It is never loosened: whatever moved it had its reason."""
    if standing:
        return max(standing, key=lambda price: price * intent.side.sign)
    return exits.stop(
        level=intent.stop_loss,
        section=profile.exits,
        side=intent.side,
        market=market,
        entries=rungs,
    )


def _carried(entries: Sequence[StandingEntry]) -> list[Price]:
    return [one.order.stop_loss for one in entries if one.order.stop_loss is not None]


def _not_reached(targets: tuple[Target, ...], live: Sequence[int]) -> tuple[Target, ...]:
    """Each keeps its number and its share of the whole."""
    left = tuple(target for target in targets if target.number >= min(live, default=0))
    return left or targets


def _rung(order: VenueOrder, quote: Quote | None) -> Rung:
    level = order.average or order.price or order.trigger_price
    known = level or (None if quote is None else quote.price)
    return Rung(
        type=_type(order),
        expected=known,
        dearest=known or Price(Decimal(0)),
        price=order.price,
        trigger_price=order.trigger_price,
    )


def _type(order: VenueOrder) -> OrderType:
    if order.trigger_price is not None:
        return OrderType.TRIGGER
    return OrderType.MARKET if order.price is None else OrderType.LIMIT


def _leg(
    post: Post, one: StandingEntry, intent: OpenPosition, profile: Profile, stop: Price
) -> Leg:
    order = one.order
    amount: Quantity = order.filled if order.status.is_final else order.amount
    return Leg(
        signal=post.signal,
        name=one.name,
        client_oid=one.oid,
        role=Role.ENTRY,
        symbol=order.symbol,
        side=order.side,
        position_side=intent.side,
        type=_type(order),
        amount=amount,
        price=order.price,
        trigger_price=order.trigger_price,
        stop_loss=order.stop_loss or stop,
        trigger_by=TriggerBy(profile.exits.trigger_by),
        replacement=one.replacement,
    )
