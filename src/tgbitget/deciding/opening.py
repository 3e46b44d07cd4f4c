"""A post that opens a trade: planned within all limits, or refused by the first that says no."""

from loguru import logger

from tgbitget.deciding.draft import Draft, Step
from tgbitget.deciding.ground import Followed, Ground
from tgbitget.markets.directory import Found
from tgbitget.model.intent import OpenPosition
from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import OrderPlan, Outcome, Refused
from tgbitget.model.post import Post
from tgbitget.model.trade import Quote, Trade, TradeState
from tgbitget.planning.planner import plan
from tgbitget.positions.reshaping import renumbered


def open_trade(
    ground: Ground, draft: Draft, post: Post, intent: OpenPosition, followed: Followed
) -> Step:
    profile, book = followed.profile, ground.book
    if (held := ground.may_enter()) is not None:
        return Step(draft.refused(held))
    found = ground.resolve(intent, profile)
    if not isinstance(found, Found):
        return Step(draft.ended(Outcome.UNCLEAR, rule=found.code, reason=found.sentence))
    situation = ground.situation(found.market.symbol, profile)
    outcome = plan(
        post=post,
        intent=intent,
        market=found.market,
        multiplier=found.multiplier,
        situation=situation,
        profile=profile,
        user_id=book.account,
        account_limits=ground.limits,
        recent=ground.recent(),
        is_rehearsal=book.is_rehearsal,
    )
    if isinstance(outcome, Refused):
        return Step(draft.refused(outcome))
    if post.revision > 0 and ground.stands(post.signal):
        earlier = book.entries_of(post.signal).replacements
        outcome = renumbered(outcome, earlier, user_id=book.account)
    if outcome.skipped and not book.is_rehearsal:
        logger.warning("Checks that could not be made: {}", ", ".join(outcome.skipped))
    notional = outcome.notional(_dearest(situation.quote, outcome))
    age_seconds = (situation.now - post.date).total_seconds()
    return Step(
        draft.planned(outcome),
        trade=None if book.is_rehearsal else pending(outcome, post, notional),
        act=lambda: book.open(outcome, post, profile, notional=notional, age_seconds=age_seconds),
    )


def pending(planned: OrderPlan, post: Post, notional: Notional) -> Trade:
    """As it stands until something of it is sent."""
    return Trade(
        signal=post.signal,
        channel=post.channel,
        symbol=planned.market.symbol,
        side=planned.side,
        state=TradeState.PENDING,
        notional=notional,
        stop=planned.stop,
    )


def _dearest(quote: Quote | None, planned: OrderPlan) -> Price:
    """What an order at market may cost: others' limits count it with this."""
    return max(quote.price, quote.ask or quote.price) if quote else Price(planned.stop)
