"""What stands at the exchange for no trade of this database: ours is adopted where a post tells whose it is, the rest is told.

Whose it is, its client id says. One of ours that no trade here explains comes from a database that was lost, or has been
put back to an earlier day; or from another HOME on the same account.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from tgbitget.app.withdrawing import Absence, Withdrawing
from tgbitget.errors import JournalError, VenueError
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.event import Warned
from tgbitget.model.market import is_spot_symbol, short_symbol
from tgbitget.model.money import Notional
from tgbitget.model.order import VenueOrder
from tgbitget.model.plan import OrderPlan, OrderSide, Role
from tgbitget.model.post import Post
from tgbitget.positions.desk import Desk
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.left_behind import LeftBehind, LeftOf, is_ours
from tgbitget.positions.opened import still_open
from tgbitget.positions.shared import Place
from tgbitget.profile import Profile

NAMED_MAX = 12  # in one sentence
# Telegram back-fills no longer than this either; an older position is told, and not adopted.
LOOKED_BACK = timedelta(days=7)
# Between the time of a decision and that of an order that was made before it.
CLOCKS_APART = timedelta(minutes=1)
_UNKNOWN_SINCE = "unknown_orders_since"


async def look_for_strangers(desk: Desk, standing: Collection[str]) -> LeftBehind:
    """Before the first post. *standing* are the symbols of the trades that are led. VenueError."""
    venue = desk.venue
    positions, stops, orders = (
        await venue.positions(),
        await venue.stops(),
        await venue.open_orders(),
    )
    ended = await _ended(desk)
    # Asked after the venue: what is ordered meanwhile is in the journal first.
    led = [kept for kept in desk.journal.open_trades() if kept.trade.symbol in standing]
    known = frozenset(leg.client_oid for kept in led for leg in kept.legs)
    beside = _room_beside(led)
    held = {(position.symbol, position.side) for position in positions} - beside.keys()
    at_a_price = {stop.client_oid for stop in stops}
    plain = [order for order in orders if order.client_oid not in at_a_price]
    ids = [(order.symbol, order.client_oid) for order in plain]
    ids += [(stop.symbol, stop.client_oid) for stop in stops]
    unknown = {symbol for symbol, oid in ids if is_ours(oid) and oid not in known}
    opened: list[VenueOrder] = []
    beside_ours = {symbol for symbol, _ in beside if not is_spot_symbol(symbol)} & unknown
    for symbol in sorted({symbol for symbol, _ in held} | beside_ours):
        opened += await _opened(desk, symbol)
    left = LeftBehind(
        user_id=desk.user_id,
        entries=[*opened, *(order for order in plain if _opens(order))],
        rests=[order for order in plain if not _opens(order)],
        stops=stops,
        ended=[order for order in ended if _opens(order)],
        closes=[order for order in ended if not _opens(order) and order.filled],
        held=held,
        beside=beside,
        known=known,
    )
    for kept in led:
        await _learn(desk, left, kept)
    _announce(desk, left)
    return left


async def _learn(desk: Desk, left: LeftBehind, kept: OpenTrade) -> None:
    """Of a trade that the journal knows, orders of a life that it does not know are its own.

    Stops and targets it finds by itself, for they stand; a part that was closed is not closed again when the post that
    asked for it comes back.
    """
    plan, ledger = kept.plan, desk.shared.ledger(kept.plan.signal)
    found = left.of_known(plan.signal, plan.market.symbol, plan.side)
    left.claim(found)
    placed = {one.client_oid: one for one in found.placed}
    for leg in found.exits:
        if leg.role is not Role.CLOSE or ledger is None:
            continue
        ledger.add_legs((leg,))
        ledger.note_placement(placed[leg.client_oid])
        await desk.record.exit_leg(leg)
        await desk.record.record_placement(leg.signal, placed[leg.client_oid])


def _announce(desk: Desk, left: LeftBehind) -> None:
    """Telegram may not be reached for long, or a channel not be found: until then nobody else would say it."""
    if left.symbols:
        text = (
            f"{_names(left.symbols)}: orders of ours stand there that this database does not know; the posts made since "
            "it was last used may explain them, and are read first"
        )
        desk.publish(Warned(text=text))


async def _ended(desk: Desk) -> tuple[VenueOrder, ...]:
    """What ended since everything was on a page of this database."""
    since = _unknown_since(desk)
    await _note(desk, since.isoformat())
    try:
        ended = await desk.venue.history(None, since)
    except VenueError as e:
        text = (
            f"Bitget does not tell which orders have ended ({e}); of trades that an earlier database has ended, young "
            "posts may be traded again"
        )
        desk.publish(Warned(text=text))
        return ()
    over = desk.journal.ended_in_full(since, account=desk.user_id)
    known = {leg.client_oid for _, kept in over for leg in kept.legs}
    return tuple(order for order in ended if order.client_oid not in known)


def _unknown_since(desk: Desk) -> datetime:
    """What was ordered before this database last decided to trade is on its pages; but one that was put back may have
    decided again, and ended before it had read all that it missed.
    """
    earliest = desk.clock.now() - LOOKED_BACK
    decisions = desk.journal.recent_decisions(earliest)
    decided = (d.decided_at - CLOCKS_APART for d in decisions if d.account == desk.user_id)
    last = max(decided, default=earliest)
    noted = desk.journal.flag(_UNKNOWN_SINCE)
    return max(earliest, min(last, datetime.fromisoformat(noted))) if noted else last


async def _note(desk: Desk, since: str) -> None:
    with suppress(JournalError):  # nothing is decided either until it can be written
        await desk.journal.set_flag(_UNKNOWN_SINCE, since)


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


def _room_beside(led: Iterable[OpenTrade]) -> dict[Place, bool]:
    room: dict[Place, bool] = {}
    for kept in led:
        place = (kept.plan.market.symbol, kept.plan.side)
        room[place] = room.get(place, True) and kept.plan.sizes_stop
    return room


class Strangers:
    """The pipeline's heir: what a back-filled post explains is led, what none does is told, and opens nothing more."""

    def __init__(self, desk: Desk, keeper: PositionKeeper, left: LeftBehind) -> None:
        self._desk = desk
        self._keeper = keeper
        self.left = left
        self._absence = Absence(desk.journal, since=desk.clock.now() - LOOKED_BACK)

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
        await _note(self._desk, "")
        self._tell_held()
        self._tell_beside()
        if resting := self.left.resting:
            withdrawing = Withdrawing(self._desk, self.left, self._absence)
            gone, stuck, left = await withdrawing.withdraw(resting)
            self._tell_resting(gone, stuck, left)

    def _tell_held(self) -> None:
        """Positions that nobody leads."""
        if foreign := self.left.foreign:
            text = f"{_names(foreign)}: a position that is not ours; it is left alone, and gets no new trades beside it"
            self._desk.publish(Warned(text=text))
        if held := {symbol for symbol, _ in self.left.held}:
            self._urge(
                f"{_names(held)}: orders of ours stand there that neither this database nor a post explains; was an "
                "older one put back, or has another HOME sent them? The position keeps the stop that it has, nobody "
                "leads it, and it gets no new trades beside it; look at it at the exchange"
            )
        if bare := {symbol for symbol, _ in self.left.bare}:
            self._urge(
                f"{_names(bare)}: that position stands WITHOUT A STOP, and nobody here leads it; place one at the "
                "exchange, or close it"
            )

    def _tell_beside(self) -> None:
        """Orders that would close what nobody leads."""
        if coins := self.left.coins:
            self._urge(
                f"{_names(coins)}: spot orders of ours stand there that this database does not know. They and the "
                "coins that they sell are left as they are, nobody leads them; look at them at the exchange"
            )
        if beside := self.left.beside:
            self._urge(
                f"{_names(beside)}: beside a trade of this database stand orders of ours that neither it nor a post "
                "explains. They are left as they are, nobody leads them; look at them at the exchange"
            )

    def _tell_resting(
        self, gone: Collection[str], stuck: Collection[str], left: Collection[str]
    ) -> None:
        if gone:
            self._urge(
                f"{_names(gone)}: entries of ours rested there that neither this database nor a post explains; "
                "they are cancelled, for nobody would lead what they open"
            )
        if stuck:
            self._urge(
                f"{_names(stuck)}: entries of ours rest there that nobody leads, and could not be cancelled; cancel "
                "them at the exchange"
            )
        if left:
            self._urge(
                f"{_names(left)}: entries of ours rest there that no post explains which was read since this database "
                "was last used; they are left, for another HOME may lead them. If none does, cancel them at the exchange: "
                "nobody here would lead what they open"
            )

    def _urge(self, text: str) -> None:
        self._desk.publish(Warned(text=text, is_urgent=True))


def _names(symbols: Iterable[str]) -> str:
    names = sorted({short_symbol(symbol) for symbol in symbols})
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more
