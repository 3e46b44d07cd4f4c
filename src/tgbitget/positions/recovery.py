"""Starting up is recovering: what the journal left open is led on, before the first new post is acted on."""

from collections.abc import Callable, Iterable
from datetime import datetime

from loguru import logger

from tgbitget.journal.journal import OpenTrade
from tgbitget.model.ids import ChannelId
from tgbitget.model.order import Placed, Rejected
from tgbitget.positions.changes import Change
from tgbitget.positions.desk import Desk
from tgbitget.positions.guard import TradeGuard
from tgbitget.positions.inquiry import CLOCKS_APART
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.late_bills import EndedTrade, ended_trade
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.shares import in_order
from tgbitget.profile import Profile


def recover(
    desk: Desk,
    keeper: PositionKeeper,
    kept: Iterable[OpenTrade],
    *,
    profile_named: Callable[[str], Profile],
    changes_of: Callable[[OpenTrade], Iterable[Change]],
    ended: Iterable[tuple[datetime, OpenTrade]] = (),
) -> int:
    """Start leading every trade that is not over; each asks the venue first. How many there were.

    *changes_of* gives the follow-ups recorded for a trade, in order. All are taken again: each is a state to reach
    (a stop, nothing resting) or an order with an id of its own, so a second time changes nothing. *ended* are trades
    whose last bill may not have been read.
    """
    count, begun = 0, dict[str, datetime]()
    for trade in kept:
        profile = profile_named(trade.profile)
        channel, _, number = trade.plan.signal.rpartition("/")
        post = desk.journal.latest_post(ChannelId(channel), int(number))
        posted = post.date if post is not None else desk.clock.now()
        symbol = trade.plan.market.symbol
        begun[symbol] = min(posted, begun.get(symbol, posted))
        guard = TradeGuard(desk, ledger_of(trade), profile, posted=posted, is_new=False)
        guard.ledger.causes.append("led on after a restart")
        desk.shared.keep(guard.ledger)
        keeper.adopt(guard)
        for change in changes_of(trade):
            guard.tell(change)
        count += 1
    for symbol, since in begun.items():
        for side, fill in desk.journal.fills_of_ended(symbol, since - CLOCKS_APART):
            desk.shared.remember(side, (fill,))
    keeper.await_bills(_late(ended))
    if count:
        logger.info("{} open trades are led on", count)
    return count


def _late(ended: Iterable[tuple[datetime, OpenTrade]]) -> list[EndedTrade]:
    found = (ended_trade(ended_at, kept, ledger_of(kept)) for ended_at, kept in ended)
    return [one for one in found if one is not None]


def ledger_of(kept: OpenTrade) -> Ledger:
    """The ledger as the journal knows it; a leg whose send has no recorded end counts as not settled."""
    ledger = Ledger(kept.plan, channel=kept.trade.channel, notional=kept.trade.notional)
    ledger.planned |= kept.planned
    ledger.add_legs(kept.legs)
    for placement in kept.placements:
        if isinstance(placement, Placed | Rejected):
            ledger.note_placement(placement)
    for fill in in_order(kept.fills):
        ledger.note_fill(fill)
    ledger.reached |= set(kept.reached_targets)
    if ledger.amount == kept.trade.amount:
        ledger.causes.clear()  # what these fills reached was told with the amount that they left
    if kept.trade.stop is not None:
        ledger.stop = kept.trade.stop
    return ledger
