"""Stage 4: an intent becomes a plan or a refusal. Pure: the same inputs give the same plan, ids included.

In order: may this market be opened at all; is the post young enough; do its prices fit the market; entries, stop,
targets; the size; is it a duplicate; the limits. The first that says no gives its rule and its numbers.

Leverage follows signal > profile, capped by the profile's maximum and the market's; Bitget takes whole numbers only.
The margin mode is the profile's alone: with `cross` a trade can lose the whole account, which no post may decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal

from tgbitget.model.geometry import geometry_fault
from tgbitget.model.ids import SignalId, client_order_id
from tgbitget.model.intent import MarginMode, OpenPosition, level_text
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity, exact
from tgbitget.model.plan import (
    Decision,
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
from tgbitget.model.trade import Quote, Situation, Trade
from tgbitget.planning import door, duplicates, entries, exits, limits, price_sense, sizing, spot
from tgbitget.planning.entries import Rung
from tgbitget.planning.limits import Check, Limits, Priced, Scope
from tgbitget.profile import LeverageSection, Profile

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One question to the planner. `quote` is None when no fresh price is known."""

    post: Post
    intent: OpenPosition
    market: Market
    situation: Situation
    profile: Profile
    user_id: str
    quote: Quote | None
    scopes: tuple[Scope, ...]
    recent: Sequence[Decision]
    is_rehearsal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Levels:
    """Everything of a plan but its amounts."""

    rungs: tuple[Rung, ...]
    stop: Price
    targets: tuple[Target, ...]


def plan(
    *,
    post: Post,
    intent: OpenPosition,
    market: Market,
    situation: Situation,
    profile: Profile,
    user_id: str,
    multiplier: Decimal = _ONE,
    account_limits: Limits | None = None,
    recent: Sequence[Decision] = (),
    is_rehearsal: bool = False,
) -> OrderPlan | Refused:
    """What *intent* becomes on *market*, now.

    *market* and *multiplier* are the directory's; *user_id* is the venue's (of a rehearsal any that is not), it goes
    into every client order id and is the `account` of decisions; *recent* are those of the last hours, over all
    channels. Rule `entry_age_seconds_max` means late, `duplicate` a duplicate.

    *is_rehearsal*: nothing will be sent (a dry run). Then an amount that needs a price or an equity which is not known
    is taken at its bound, the most that it could be: a market order is sized at the farthest target (short: the
    stop), a size in percent at `position_quote_max`. `skipped` names it (`price`, `equity`) beside the checks that
    could not be made. When something will be sent, such a trade is refused.
    """
    age_seconds_max = limits.price_age_seconds_max((profile.limits, account_limits))
    quote = price_sense.fresh(situation.quote, age_seconds_max=age_seconds_max)
    situation = without(post.signal, situation)
    case = _Case(
        post=post,
        intent=intent,
        market=market,
        situation=situation,
        profile=profile,
        user_id=user_id,
        quote=quote,
        scopes=limits.scopes(profile.limits, account_limits, situation, profile_name=profile.name),
        recent=recent,
        is_rehearsal=is_rehearsal,
    )
    answer = _answer(case, multiplier)
    return replace(answer, skipped=(*answer.skipped, *_unmakeable(case)))


def leverage(asked: Decimal | None, *, section: LeverageSection, market: Market) -> Decimal:
    """What the symbol is set to: a whole number from 1, capped by the profile and by the market."""
    if market.product is Product.SPOT:
        return _ONE
    wanted = min(asked or section.default, section.max, market.max_leverage)
    return max(_ONE, wanted.to_integral_value(ROUND_FLOOR))


def _answer(case: _Case, multiplier: Decimal) -> OrderPlan | Refused:
    if refused := door.refusal(case.intent, market=case.market, section=case.profile.market):
        return refused
    if refused := first_refusal(limits.of_age(case.scopes, age_seconds=_age_seconds(case))):
        return refused
    if refused := first_refusal(limits.of_hours(case.scopes, now=case.situation.now)):
        return refused
    settled = price_sense.in_market_units(
        case.intent, market=case.market, multiplier=multiplier, quote=case.quote
    )
    if isinstance(settled, Refused):
        return settled
    case = replace(case, intent=settled)
    if refused := _doubt(case):
        return refused
    levels = _levels(case)
    if isinstance(levels, Refused):
        return levels
    amounts = _amounts(case, levels)
    if isinstance(amounts, Refused):
        return amounts
    planned = _plan(case, levels, amounts)
    return _refusal(case, planned, levels, amounts) or planned


def _doubt(case: _Case) -> Refused | None:
    """Prices that the market contradicts, or that contradict each other (parsers from outside may let them pass)."""
    if case.quote is not None:
        named, now = case.intent.entry.prices, case.quote.price
        deviation = limits.of_prices(case.scopes, entries=named, market_price=now)
        if refused := first_refusal(deviation) or price_sense.slip(case.intent, case.quote):
            return refused
    fault = geometry_fault(case.intent)
    return Refused(rule=fault, reason=_shape(case.intent)) if fault else None


def _levels(case: _Case) -> _Levels | Refused:
    side, market, quote = case.intent.side, case.market, case.quote
    rungs = entries.rungs(
        entry=case.intent.entry,
        side=side,
        market=market,
        section=case.profile.entry,
        quote=quote,
        bound=price_sense.highest_sensible(case.intent),
        is_rehearsal=case.is_rehearsal,
    )
    if isinstance(rungs, Refused):
        return rungs
    section = case.profile.exits
    stop = exits.stop(
        level=case.intent.stop_loss, section=section, side=side, market=market, entries=rungs
    )
    if isinstance(stop, Refused):
        return stop
    targets = exits.targets(
        levels=case.intent.take_profits, section=section, side=side, market=market, entries=rungs
    )
    if isinstance(targets, Refused):
        return targets
    if quote and (
        refused := price_sense.missed(side=side, stop=stop, targets=targets, quote=quote)
    ):
        return refused
    refused = exits.misplaced(stop=stop, targets=targets, side=side, market=market, entries=rungs)
    return refused or _Levels(rungs=rungs, stop=stop, targets=targets)


def _amounts(case: _Case, levels: _Levels) -> tuple[Quantity | None, ...] | Refused:
    account = case.situation.account
    within = sizing.budgets(
        section=case.profile.size,
        market=case.market,
        entries=levels.rungs,
        stop=levels.stop,
        equity=None if account is None else account.equity,
        quote_max=_room(case),
        is_rehearsal=case.is_rehearsal,
    )
    if isinstance(within, Refused):
        return within
    market = spot.sellable(case.market, levels.stop) if _is_spot(case) else case.market
    return sizing.amounts(market=market, entries=levels.rungs, within=within)


def _is_spot(case: _Case) -> bool:
    return case.market.product is Product.SPOT


def _room(case: _Case) -> Decimal | None:
    """What `position_quote_max` leaves on this side of the symbol, where another trade may stand beside this one."""
    most = limits.position_quote_max(case.scopes)
    if most is None or case.profile.signals.same_symbol == "refuse":
        return most
    held = limits.held(case.situation.trades, symbol=case.market.symbol, side=case.intent.side)
    return most - held


def _plan(case: _Case, levels: _Levels, amounts: Sequence[Quantity | None]) -> OrderPlan:
    profile = case.profile
    return OrderPlan(
        signal=case.post.signal,
        market=case.market,
        side=case.intent.side,
        entries=tuple(_legs(case, levels, amounts)),
        targets=levels.targets,
        stop=levels.stop,
        leverage=leverage(case.intent.leverage, section=profile.leverage, market=case.market),
        margin_mode=MarginMode(profile.leverage.margin_mode),
        expires_at=case.situation.now + timedelta(minutes=profile.entry.expire_minutes),
        skipped=_at_their_bound(case, levels),
        trigger_by=TriggerBy(profile.exits.trigger_by),
        # Its stop is of what it holds where that is not all that lies there: coins, or what another trade added.
        sizes_stop=_is_spot(case) or profile.signals.same_symbol == "add",
    )


def _legs(case: _Case, levels: _Levels, amounts: Sequence[Quantity | None]) -> Iterable[Leg]:
    """Complete orders, numbered without gaps: a rung whose part went to a neighbour is none."""
    taken = [
        (rung, amount)
        for rung, amount in zip(levels.rungs, amounts, strict=True)
        if amount is not None
    ]
    for number, (rung, amount) in enumerate(taken, start=1):
        name = f"entry-{number}"
        yield Leg(
            signal=case.post.signal,
            name=name,
            client_oid=client_order_id(user_id=case.user_id, signal=case.post.signal, leg=name),
            role=Role.ENTRY,
            symbol=case.market.symbol,
            side=OrderSide.opening(case.intent.side),
            position_side=case.intent.side,
            type=rung.type,
            amount=amount,
            price=_sized_at(case, rung) or rung.price,
            trigger_price=rung.trigger_price,
            stop_loss=None if _is_spot(case) else levels.stop,
            post_only=case.profile.entry.post_only and rung.type is OrderType.LIMIT,
            trigger_by=TriggerBy(case.profile.exits.trigger_by),
        )


def _sized_at(case: _Case, rung: Rung) -> Price | None:
    """A spot buy at market is sized in quote coins: at this price it costs what was allowed, and no more."""
    if not _is_spot(case) or rung.type is not OrderType.MARKET or case.quote is None:
        return None
    return case.market.entry_price(rung.dearest, case.intent.side)


def _refusal(
    case: _Case, planned: OrderPlan, levels: _Levels, amounts: Sequence[Quantity | None]
) -> Refused | None:
    """Of a plan that could be sent: the same signal again first, for a copy of an open trade is that and no more."""
    again = duplicates.refusal(
        planned,
        account=case.user_id,
        recent=case.recent,
        section=case.profile.signals,
        now=case.situation.now,
    )
    if again is not None:
        return again
    priced = _priced(planned, levels, amounts)
    if _is_spot(case):
        refused = spot.unaffordable(planned, priced.notional, case.situation.account)
        if refused is not None:
            return refused
    return first_refusal(
        limits.of_plan(
            case.scopes,
            priced,
            situation=case.situation,
            quote=case.quote,
            same_symbol=case.profile.signals.same_symbol,
        )
    )


def _priced(planned: OrderPlan, levels: _Levels, amounts: Sequence[Quantity | None]) -> Priced:
    taken = [
        (amount, rung)
        for rung, amount in zip(levels.rungs, amounts, strict=True)
        if amount is not None
    ]
    cost = sum((amount * rung.dearest for amount, rung in taken), Decimal(0))
    fills_at = [(amount, rung.expected) for amount, rung in taken if rung.expected is not None]
    spent = sum((amount * price for amount, price in fills_at), Decimal(0))
    is_known = len(fills_at) == len(taken)
    risk = sum((amount * abs(price - levels.stop) for amount, price in fills_at), Decimal(0))
    return Priced(
        plan=planned,
        notional=Notional(cost),
        risk=Notional(risk if is_known else cost),
        entry=Price(spent / planned.amount) if is_known else None,
        entries=tuple(price for _, price in fills_at),
    )


def first_refusal(checks: Iterable[Check]) -> Refused | None:
    answers = (check.refusal() for check in checks)
    return next((answer for answer in answers if answer is not None), None)


def _age_seconds(case: _Case) -> float:
    """Of the post, not of its last edit: many channels write results into an old signal, which is no new one."""
    return (case.situation.now - case.post.date).total_seconds()


def _shape(intent: OpenPosition) -> str:
    """`long from 57000 to 58400, 59200 with the stop at 58000`."""
    entry = ", ".join(map(exact, intent.entry.prices)) or "the market"
    targets = ", ".join(map(level_text, intent.take_profits)) or "no target"
    stop = "no stop" if intent.stop_loss is None else f"the stop at {level_text(intent.stop_loss)}"
    return f"{intent.side} from {entry} to {targets} with {stop}"


def without(signal: SignalId, situation: Situation) -> Situation:
    """A trade is no obstacle to itself, when an edit plans it anew."""
    if all(trade.signal != signal for trade in situation.trades):
        return situation
    own = situation.of_profile
    return replace(
        situation,
        trades=_others(signal, situation.trades),
        at_risk={one: risk for one, risk in situation.at_risk.items() if one != signal},
        unshared=situation.unshared - {signal},
        of_profile=None if own is None else replace(own, trades=_others(signal, own.trades)),
    )


def _others(signal: SignalId, trades: Iterable[Trade]) -> tuple[Trade, ...]:
    return tuple(trade for trade in trades if trade.signal != signal)


def _at_their_bound(case: _Case, levels: _Levels) -> tuple[str, ...]:
    needs_equity = case.profile.size.kind in ("equity_percent", "risk_percent")
    has_no_price = any(rung.expected is None for rung in levels.rungs)
    return (
        *(("price", *limits.unmeasurable(case.scopes)) if has_no_price else ()),
        *(("equity",) if needs_equity and case.situation.account is None else ()),
    )


def _unmakeable(case: _Case) -> tuple[str, ...]:
    """The checks that need a live price or an equity, where there is none."""
    missing = limits.unmakeable(
        case.scopes,
        quote=case.quote,
        situation=case.situation,
        margin_mode=MarginMode(case.profile.leverage.margin_mode),
        product=case.market.product,
    )
    if case.quote is not None:
        return missing
    section = case.profile.entry
    return (
        *missing,
        *(("price_band_percent",) if section.first_as_market else ()),
        "beyond_stop",
        "beyond_target",
    )
