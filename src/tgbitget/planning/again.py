"""An edit asks for other entries of a trade that stands: where they would be, and whether the limits allow them. Pure."""

from decimal import Decimal

from tgbitget.model.geometry import geometry_fault
from tgbitget.model.intent import OpenPosition
from tgbitget.model.market import Market
from tgbitget.model.money import NOTHING, Notional, Price, exact
from tgbitget.model.plan import Leg, OrderPlan, Refused
from tgbitget.model.post import Post
from tgbitget.model.trade import Quote, Situation
from tgbitget.planning import entries, limits, price_sense
from tgbitget.planning.entries import Rung
from tgbitget.planning.limits import Limits, Priced
from tgbitget.planning.planner import first_refusal, without
from tgbitget.profile import Profile


def rungs(
    intent: OpenPosition,
    *,
    market: Market,
    multiplier: Decimal,
    situation: Situation,
    profile: Profile,
    account_limits: Limits | None = None,
) -> tuple[Rung, ...] | Refused:
    """The entries that the new text names. None is at market that the text does not want there: the band is for posts
    that have just come.
    """
    quote = _fresh(situation, profile, account_limits)
    settled = price_sense.in_market_units(intent, market=market, multiplier=multiplier, quote=quote)
    if isinstance(settled, Refused):
        return settled
    if quote is not None and (slip := price_sense.slip(settled, quote)) is not None:
        return slip
    if (fault := geometry_fault(settled)) is not None:
        named = ", ".join(map(exact, settled.entry.prices)) or "the market"
        return Refused(rule=fault, reason=f"entries at {named} do not fit the stop and the targets")
    return entries.rungs(
        entry=settled.entry,
        side=settled.side,
        market=market,
        section=profile.entry.model_copy(update={"first_as_market": False}),
        quote=quote,
        bound=price_sense.highest_sensible(settled),
        is_rehearsal=False,
    )


def refusal(
    plan: OrderPlan,
    *,
    post: Post,
    situation: Situation,
    profile: Profile,
    account_limits: Limits | None = None,
) -> Refused | None:
    """Of the whole trade as it would be. Its age is the edit's: an old edit moves nothing. It is no obstacle to itself."""
    situation = without(plan.signal, situation)
    quote = _fresh(situation, profile, account_limits)
    scopes = limits.scopes(profile.limits, account_limits, situation, profile_name=profile.name)
    age_seconds = (situation.now - (post.edited or post.date)).total_seconds()
    priced = _priced(plan, quote)
    return first_refusal(
        (
            *limits.of_age(scopes, age_seconds=age_seconds),
            *limits.of_hours(scopes, now=situation.now),
            *limits.of_plan(
                scopes,
                priced,
                situation=situation,
                quote=quote,
                same_symbol=profile.signals.same_symbol,
            ),
        )
    )


def _fresh(situation: Situation, profile: Profile, account_limits: Limits | None) -> Quote | None:
    most = limits.price_age_seconds_max((profile.limits, account_limits))
    return price_sense.fresh(situation.quote, age_seconds_max=most)


def _priced(plan: OrderPlan, quote: Quote | None) -> Priced:
    """An entry without a price is reckoned at the market's; one that fills better is no reason to allow more."""
    prices = [_expected(leg, quote) for leg in plan.entries]
    known = tuple(price for price in prices if price is not None)
    dearest = [price or max(known, default=plan.stop) for price in prices]
    now = NOTHING if quote is None or plan.side.sign > 0 else quote.price
    cost = sum(
        (
            (leg.amount or NOTHING) * max(price, now)
            for leg, price in zip(plan.entries, dearest, strict=True)
        ),
        Decimal(0),
    )
    risk = sum(
        (
            (leg.amount or NOTHING) * abs(price - plan.stop)
            for leg, price in zip(plan.entries, dearest, strict=True)
        ),
        Decimal(0),
    )
    spent = sum(
        ((leg.amount or NOTHING) * price for leg, price in zip(plan.entries, dearest, strict=True)),
        Decimal(0),
    )
    return Priced(
        plan=plan,
        notional=Notional(cost),
        risk=Notional(risk),
        entry=Price(spent / plan.amount) if len(known) == len(prices) else None,
        entries=known,
    )


def _expected(leg: Leg, quote: Quote | None) -> Price | None:
    price = leg.price or leg.trigger_price
    return price if price is not None or quote is None else quote.price
