"""What a look at the exchange shows that our orders do not explain; and when a position is believed to be gone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import pytest

from positions.trades import MARKET, START, D, fill, ledger, price, quantity
from tgbitget.clock import FakeClock
from tgbitget.errors import VenueUnreachable
from tgbitget.model.event import Event, Warned
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.order import Fill, OrderStatus, Placed, Placement, Rejected, VenueOrder
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.model.position import StopKind, VenuePosition, VenueStop
from tgbitget.positions.changes import Observed
from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.ledger import Ledger, WantedTarget
from tgbitget.positions.orders import TargetForm, target_leg


@dataclass
class Exchange:
    known: list[Fill]
    is_away: bool = False
    writes: list[Placement] = field(default_factory=list)

    async def fills(self, _symbol: str, _since: datetime) -> tuple[Fill, ...]:
        if self.is_away:
            raise VenueUnreachable("no answer")
        return tuple(self.known)

    async def order(self, _leg: Leg) -> None:
        return None

    async def children(self, _leg: Leg) -> tuple[VenueOrderId, ...]:
        return ()

    async def record_placement(self, _signal: str, placement: Placement) -> None:
        self.writes.append(placement)

    async def fill(self, _signal: str, _fill: Fill) -> None:
        return None


class Looks:
    """One open trade of 0.01, and what the regular look shows its task."""

    def __init__(self) -> None:
        self.ledger: Ledger = ledger()
        (entry,) = self.ledger.plan.entries
        bought = fill("1", OrderSide.BUY, "0.01", "57000", oid=entry.client_oid)
        self.ledger.note_placement(
            Placed(client_oid=entry.client_oid, venue_order_id=VenueOrderId("v1"))
        )
        self.exchange = Exchange(known=[bought])
        self.events: list[Event] = []
        self.clock = FakeClock(START)
        desk = Desk(
            venue=cast("Any", self.exchange),
            executor=cast("Any", None),
            journal=cast("Any", None),
            clock=self.clock,
            publish=self.events.append,
            quote=lambda _: None,
            user_id="u",
            sends=cast("Any", None),
            record=cast("Any", self.exchange),
        )
        self.inquiry = Inquiry(desk, self.ledger, since=START)
        self.ledger.note_fill(bought)

    async def see(self, amount: str, *, stops: tuple[VenueStop, ...] = ()) -> None:
        self.clock.advance(5)
        position = VenuePosition(
            symbol=MARKET.symbol,
            side=Side.LONG,
            amount=quantity(amount),
            entry=price("57000"),
            leverage=D(5),
            margin_mode=MarginMode.ISOLATED,
            is_hedged=False,
        )
        await self.inquiry.compare(
            Observed(
                asked_at=self.clock.monotonic(),
                position=position if position.amount else None,
                stops=stops,
                live=frozenset(leg.client_oid for leg in self.ledger.placed()),
            )
        )

    def target(self, form: TargetForm = TargetForm()) -> Leg:  # noqa: B008 -- a value, never changed
        wanted = WantedTarget(number=1, price=price("60000"), amount=quantity("0.005"))
        leg = target_leg(self.ledger.plan, wanted, form, user_id="u", replacement=0)
        self.ledger.add_legs((leg,))
        self.inquiry.note_sent(leg)
        self.ledger.note_placement(
            Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId("v2"))
        )
        return leg

    async def is_cancelled(self, leg: Leg, *, is_failed: bool = False) -> None:
        await self.inquiry.take_order(
            VenueOrder(
                venue_order_id=VenueOrderId("v2"),
                symbol=leg.symbol,
                side=leg.side,
                status=OrderStatus.CANCELLED,
                amount=quantity("0.005"),
                client_oid=leg.client_oid,
                is_failed=is_failed,
            )
        )

    @property
    def warnings(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Warned)]


STOP = VenueStop(
    venue_order_id=VenueOrderId("s"),
    symbol=MARKET.symbol,
    position_side=Side.LONG,
    kind=StopKind.POSITION_STOP,
    trigger_price=price("55000"),
    amount=None,
)


async def test_a_position_is_gone_when_two_looks_and_the_fills_say_so() -> None:
    looks = Looks()
    await looks.see("0")
    assert looks.ledger.has_position, "one look may be wrong"
    await looks.see("0")
    assert not looks.ledger.has_position
    assert "gone at the exchange, and no fill says how" in looks.ledger.causes


async def test_a_position_between_two_looks_was_not_gone() -> None:
    looks = Looks()
    for amount in ("0", "0.01", "0"):
        await looks.see(amount)
    assert looks.ledger.has_position


async def test_a_position_whose_stop_is_listed_is_not_gone() -> None:
    looks = Looks()
    for _ in range(4):
        await looks.see("0", stops=(STOP,))
    assert looks.ledger.has_position


async def test_a_position_is_not_believed_gone_while_the_fills_are_not_told() -> None:
    looks = Looks()
    looks.exchange.is_away = True
    for _ in range(4):
        await looks.see("0")
    assert looks.ledger.has_position
    looks.exchange.is_away = False
    sold = fill("2", OrderSide.SELL, "0.01", "58000", seconds=1)
    looks.exchange.known.append(sold)
    await looks.see("0")
    assert looks.ledger.realised == D(10), "its end has a price"


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        pytest.param("0.004", "0.01 was opened here, and no fill says why", id="smaller"),
        pytest.param("0.03", "0.01 of it was opened here; the rest is left alone", id="larger"),
    ],
)
async def test_another_amount_than_ours_is_told_once_and_by_two_looks(
    amount: str, says: str
) -> None:
    looks = Looks()
    await looks.see(amount)
    assert not looks.warnings, "a fill may be on its way"
    for _ in range(3):
        await looks.see(amount)
    (warning,) = looks.warnings
    assert says in warning
    assert looks.ledger.amount == D("0.01")


async def test_a_target_that_went_with_the_position_was_not_taken_by_hand() -> None:
    looks = Looks()
    leg = looks.target()
    await looks.is_cancelled(leg)
    looks.exchange.known.append(fill("2", OrderSide.SELL, "0.01", "55000", seconds=1))
    for _ in range(2):
        await looks.see("0")
    assert not looks.warnings
    assert not looks.ledger.by_hand.dropped


async def test_a_target_that_went_alone_stays_gone_and_is_written_down() -> None:
    looks = Looks()
    leg = looks.target()
    await looks.is_cancelled(leg)
    await looks.see("0.01")
    assert looks.ledger.by_hand.dropped == {1}
    (written,) = looks.exchange.writes
    assert isinstance(written, Rejected)
    later = ledger()
    later.add_legs((leg,))
    later.note_placement(written)
    assert later.by_hand.dropped == {1}, "an earlier life's word"


@pytest.mark.parametrize("how", ["ours", "failed", "resting"])
async def test_what_was_not_cancelled_by_hand_is_wanted_again(how: str) -> None:
    looks = Looks()
    leg = looks.target(TargetForm(rests=how == "resting"))
    if how == "ours":
        looks.ledger.by_hand.cancelling.add(leg.client_oid)
    await looks.is_cancelled(leg, is_failed=how == "failed")
    await looks.see("0.01")
    assert not looks.ledger.by_hand.dropped
