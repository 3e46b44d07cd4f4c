"""The plan of a trade as an edit of its post would have it: other entries, another leverage; or why not. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal

from tgbitget.model.intent import OpenPosition
from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import Leg, OrderPlan, Refused
from tgbitget.model.post import Post
from tgbitget.model.trade import Situation
from tgbitget.planning import again
from tgbitget.planning.planner import leverage
from tgbitget.positions.changes import Change, MoveStop, NewEntries
from tgbitget.positions.edits import Edited
from tgbitget.positions.reshaping import Entries, Reshaped, reshape
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A post that was edited into *intent*; *edited* is what it changes, and *multiplier* the directory's."""

    post: Post
    intent: OpenPosition
    edited: Edited
    multiplier: Decimal
    situation: Situation
    profile: Profile
    account_limits: AccountLimits | None
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """`plan` as the journal keeps it, with the orders that are new; `left` is what of the edit is not taken."""

    plan: OrderPlan
    new: tuple[Leg, ...]
    notional: Notional
    left: tuple[str, ...] = ()

    def change(self, cause: str) -> NewEntries:
        return NewEntries(
            entries=self.plan.entries,
            leverage=self.plan.leverage,
            notional=self.notional,
            cause=cause,
        )


def replanned(asked: Asked, found: Entries) -> Replanned | Refused:
    """What of the edit's entries and leverage can be had. Refused: nothing of it."""
    plan, new, left = found.plan, tuple[Leg, ...](), list[str]()
    if asked.edited.asks_entries:
        shaped = _shaped(asked, found)
        if isinstance(shaped, Refused):
            left.append(shaped.reason)
        else:
            plan, new = replace(plan, entries=shaped.entries), shaped.new
    if asked.edited.asks_leverage:
        wanted = leverage(asked.intent.leverage, section=asked.profile.leverage, market=plan.market)
        if found.has_position and wanted != plan.leverage:
            left.append("other leverage: the position is open")
        else:
            plan = replace(plan, leverage=wanted)
    if new and (refused := _limited(asked, plan, found)) is not None:
        left.append(f"other entries: {refused.rule}: {refused.reason}")
        plan, new = replace(plan, entries=found.plan.entries), ()
    if plan == found.plan:
        return Refused(rule="edits", reason="; ".join(left) or "the edit changes no order")
    quote = asked.situation.quote
    reference = quote.price if quote is not None else plan.stop
    return Replanned(plan=plan, new=new, notional=plan.notional(reference), left=tuple(left))


def _shaped(asked: Asked, found: Entries) -> Reshaped | Refused:
    rungs = again.rungs(
        asked.intent,
        market=found.plan.market,
        multiplier=asked.multiplier,
        situation=asked.situation,
        profile=asked.profile,
        account_limits=asked.account_limits,
    )
    if isinstance(rungs, Refused):
        return rungs
    return reshape(
        found,
        rungs,
        stop=_stop(found, asked.edited.changes),
        post_only=asked.profile.entry.post_only,
        user_id=asked.user_id,
    )


def _limited(asked: Asked, plan: OrderPlan, found: Entries) -> Refused | None:
    return again.refusal(
        replace(plan, stop=_stop(found, asked.edited.changes)),
        post=asked.post,
        situation=asked.situation,
        profile=asked.profile,
        account_limits=asked.account_limits,
    )


def _stop(found: Entries, changes: tuple[Change, ...]) -> Price:
    """The trade's, or the one that the same edit moves it to."""
    market, side = found.plan.market, found.plan.side
    moved = (c.to for c in changes if isinstance(c, MoveStop) and isinstance(c.to, Decimal))
    named = next(moved, None)
    return found.stop if named is None else market.stop_price(named, side)
