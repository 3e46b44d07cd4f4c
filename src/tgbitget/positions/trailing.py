"""`stop_moves = "trailing"`: an order of the venue's own follows the best price, beside the stop, which stays."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.order import Rejected
from tgbitget.model.plan import Leg, OrderSide, Role
from tgbitget.positions.coins import is_spot
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import activation, trailing_leg
from tgbitget.positions.rules import is_beyond, trail_from
from tgbitget.positions.sender import Sender
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import ExitsSection, Profile


class Trailing:
    """Never the only stop: nothing trails before the stop stands. Where the venue refuses, our own clock takes over."""

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        wishes: Wishes,
        profile: Profile,
        *,
        inquiry: Inquiry,
        sender: Sender,
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._exits: ExitsSection = profile.exits
        self._inquiry = inquiry
        self._sender = sender

    async def trail(self) -> None:
        """An order that trails already is left alone: a new one would begin again, farther behind."""
        ledger = self._ledger
        if self._exits.stop_moves != "trailing" or self._wishes.trails_by_clock:
            return
        if is_spot(ledger.plan):
            self._wishes.trails_by_clock = True  # Bitget's spot has no order that trails
            return
        if not ledger.amount or ledger.misses_fills or ledger.leg_named("stop") is None:
            return
        begin = self._begin()
        standing = [leg for leg in ledger.standing(Role.STOP) if leg.trail_percent is not None]
        if begin is None or any(leg in ledger.unsettled() for leg in standing):
            return
        misfits = [leg for leg in standing if not self._may_stay(leg, begin, standing)]
        for leg in misfits:
            if not await self._sender.cancel(leg):
                return
        covered = _sum(leg for leg in standing if leg not in misfits)
        missing = Quantity(max(Decimal(0), ledger.amount - covered))
        if ledger.plan.market.is_tradable(missing, begin):
            await self._place(missing, begin)

    def _begin(self) -> Price | None:
        ledger = self._ledger
        return trail_from(
            side=ledger.plan.side,
            entry=ledger.entry or ledger.plan.stop,
            targets=ledger.targets,
            exits=self._exits,
            market=ledger.plan.market,
        )

    def _may_stay(self, leg: Leg, begin: Price, standing: list[Leg]) -> bool:
        ledger, side = self._ledger, self._ledger.plan.side
        assert leg.trigger_price is not None
        is_excess = _sum(standing) > ledger.amount
        if any(is_beyond(side, price, leg.trigger_price) for price in self._seen()):
            # It closes no more than is there, unless what is there is not this trade's alone.
            return not (is_excess and ledger.plan.sizes_stop)
        return _sum(standing) == ledger.amount and is_beyond(side, leg.trigger_price, begin)

    def _seen(self) -> Iterator[Price]:
        """The best price that we know of; the venue has met it too, and perhaps a better one."""
        quote, exits = self._sender.quote(), OrderSide.closing(self._ledger.plan.side)
        yield from (price for price in (self._ledger.best, quote and quote.price) if price)
        yield from (fill.price for fill in self._ledger.fills if fill.side is exits)

    async def _place(self, amount: Quantity, begin: Price) -> None:
        ledger = self._ledger
        leg = trailing_leg(
            ledger.plan,
            user_id=self._desk.user_id,
            amount=amount,
            trigger=activation(ledger.plan, begin, self._sender.quote()),
            percent=self._exits.stop_moves_percent,
            replacement=self._sender.replacement("trailing"),
        )
        placement = await self._sender.send(leg)
        if not isinstance(placement, Rejected):
            return
        await self._inquiry.fetch_fills()
        if ledger.has_position:
            self._take_over(placement)

    def _take_over(self, refused: Rejected) -> None:
        self._wishes.trails_by_clock = True
        symbol, percent = self._ledger.plan.market.symbol, exact(self._exits.stop_moves_percent)
        logger.warning("Bitget takes no trailing order: {}", refused.reason)
        self._ledger.causes.append("the stop trails by our own clock")
        text = (
            f"{symbol}: Bitget takes no trailing order ({refused.reason}); we move the stop ourselves, {percent} % "
            "behind the best price, as long as we run."
        )
        self._desk.publish(Warned(text=text, signal=self._ledger.plan.signal))


def _sum(legs: Iterable[Leg]) -> Decimal:
    return sum((leg.amount for leg in legs if leg.amount is not None), Decimal(0))
