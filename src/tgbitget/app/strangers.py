"""What stands at the exchange for no trade of this database: ours is adopted where a post tells whose it is, the rest is told.

Whose it is, its client id says. One of ours that no trade here explains comes from a database that was lost, or has been
put back to an earlier day.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import timedelta

from loguru import logger

from tgbitget.errors import VenueError
from tgbitget.execution.executor import CancelEnd
from tgbitget.model.event import Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.market import short_symbol
from tgbitget.model.money import Notional
from tgbitget.model.order import VenueOrder
from tgbitget.model.plan import Leg, OrderPlan, OrderSide, OrderType, Role
from tgbitget.model.post import Post
from tgbitget.positions.desk import Desk
from tgbitget.positions.keeper import PositionKeeper, is_spot_symbol
from tgbitget.positions.left_behind import LeftBehind, LeftOf, still_open
from tgbitget.profile import Profile

NAMED_MAX = 12  # in one sentence
# Telegram back-fills no longer than this either; an older position is told, and not adopted.
LOOKED_BACK = timedelta(days=7)
CANCELLED_WITHIN_SECONDS = 30.0


async def look_for_strangers(desk: Desk, standing: Collection[str]) -> LeftBehind:
    """Before the first post. *standing* are the symbols with a trade of ours: what is there is its own. VenueError."""
    venue = desk.venue
    positions, stops, orders = (
        [one for one in await venue.positions() if one.symbol not in standing],
        [one for one in await venue.stops() if one.symbol not in standing],
        [one for one in await venue.open_orders() if one.symbol not in standing],
    )
    at_a_price = {stop.client_oid for stop in stops}
    plain = [order for order in orders if order.client_oid not in at_a_price]
    held = {position.symbol for position in positions}
    opened: list[VenueOrder] = []
    for symbol in sorted(held):
        opened += await _opened(desk, symbol)
    return LeftBehind(
        user_id=desk.user_id,
        entries=[*opened, *(order for order in plain if _opens(order))],
        rests=[order for order in plain if not _opens(order)],
        stops=stops,
        held=held,
    )


async def _opened(desk: Desk, symbol: str) -> list[VenueOrder]:
    """The orders that made the position which is open now."""
    since = desk.clock.now() - LOOKED_BACK
    ours = still_open(await desk.venue.fills(symbol, since))
    history = await desk.venue.history(symbol, since) if ours else ()
    return [order for order in history if order.venue_order_id in ours and order.status.is_final]


def _opens(order: VenueOrder) -> bool:
    """Coins are only bought to open a trade."""
    if is_spot_symbol(order.symbol):
        return order.side is OrderSide.BUY
    return not order.reduce_only


class Strangers:
    """The pipeline's heir: what a back-filled post explains is led, what none does is told, and opens nothing more."""

    def __init__(self, desk: Desk, keeper: PositionKeeper, left: LeftBehind) -> None:
        self._desk = desk
        self._keeper = keeper
        self.left = left

    def take_over(
        self, plan: OrderPlan, left: LeftOf, post: Post, profile: Profile, *, notional: Notional
    ) -> None:
        self.left.claim(left)
        self._keeper.take_over(plan, left, post, profile, notional=notional)
        text = (
            f"{short_symbol(left.symbol)}: adopted. Its orders stood at the exchange and this database did not know "
            "them; they are led on, with stop and targets"
        )
        self._desk.publish(Warned(text=text, signal=plan.signal, is_urgent=True))

    async def settle(self, posts_decided: Callable[[], Awaitable[None]]) -> None:
        """Once the posts of our absence have their outcomes: what none of them explains."""
        await posts_decided()
        if foreign := self.left.foreign:
            text = f"{_names(foreign)}: a position that is not ours; it is left alone, and gets no new trades beside it"
            self._desk.publish(Warned(text=text))
        if held := self.left.held:
            text = (
                f"{_names(held)}: orders of ours stand there that neither this database nor a post explains; was an "
                "older one put back? The position keeps the stop that it has, nobody leads it, and it gets no new "
                "trades beside it; look at it at the exchange"
            )
            self._desk.publish(Warned(text=text, is_urgent=True))
        if resting := self.left.resting:
            await self._withdraw(resting)

    async def _withdraw(self, resting: Iterable[VenueOrder]) -> None:
        """They would open what nobody leads."""
        gone: set[str] = set()
        left: set[str] = set()
        for order in resting:
            is_gone = await self._cancel(order)
            (gone if is_gone else left).add(order.symbol)
        if gone:
            text = (
                f"{_names(gone)}: entries of ours rested there that neither this database nor a post explains; "
                "they are cancelled, for nobody would lead what they open"
            )
            self._desk.publish(Warned(text=text, is_urgent=True))
        if left:
            text = f"{_names(left)}: entries of ours rest there that nobody leads, and could not be cancelled; cancel them at the exchange"
            self._desk.publish(Warned(text=text, is_urgent=True))

    async def _cancel(self, order: VenueOrder) -> bool:
        leg = _nameless(order)
        if leg is None:
            return False
        try:
            end = await self._desk.executor.cancel(leg, within_seconds=CANCELLED_WITHIN_SECONDS)
        except VenueError as e:
            logger.warning("{} is not known to be cancelled: {}", leg.client_oid, e)
            return False
        return end is not CancelEnd.NOT_YET


def _nameless(order: VenueOrder) -> Leg | None:
    """Enough to cancel it by."""
    if order.client_oid is None:
        return None
    kind = OrderType.LIMIT if order.price is not None else OrderType.MARKET
    return Leg(
        signal=SignalId("unknown"),
        name="entry",
        client_oid=order.client_oid,
        role=Role.ENTRY,
        symbol=order.symbol,
        side=order.side,
        position_side=Side.LONG if order.side is OrderSide.BUY else Side.SHORT,
        type=kind if order.trigger_price is None else OrderType.TRIGGER,
        amount=order.amount,
        price=order.price,
        trigger_price=order.trigger_price,
    )


def _names(symbols: Iterable[str]) -> str:
    names = sorted({short_symbol(symbol) for symbol in symbols})
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more
