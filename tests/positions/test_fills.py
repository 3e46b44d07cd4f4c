"""Pushes of fills come late, twice and in any order: the ledgers of several trades end the same, and add up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from positions.trades import CHANNEL, START, D, fill, plan, quantity
from tgbitget.clock import FakeClock
from tgbitget.errors import VenueUnreachable
from tgbitget.model.event import Event, Filled, Warned
from tgbitget.model.ids import SignalId, VenueOrderId, client_order_id
from tgbitget.model.money import Notional
from tgbitget.model.order import Fill, Placed
from tgbitget.model.plan import Leg, OrderSide
from tgbitget.model.trade import TradeState
from tgbitget.positions.desk import Desk
from tgbitget.positions.fills import Fills
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.orders import close_leg, stop_leg
from tgbitget.positions.shared import ASKED_MAX

BUY, SELL = OrderSide.BUY, OrderSide.SELL
OLD, NEW = SignalId("-1001/7"), SignalId("-1001/8")


@dataclass
class Exchange:
    """What the venue would answer; it knows of no more than has happened."""

    executed: list[Fill] = field(default_factory=list)
    children_of: dict[str, tuple[VenueOrderId, ...]] = field(default_factory=dict)
    is_away: bool = False
    children_are_told: bool = True

    async def fills(self, _symbol: str, _since: datetime) -> tuple[Fill, ...]:
        if self.is_away:
            raise VenueUnreachable("no answer")
        return tuple(self.executed)

    async def children(self, leg: Leg) -> tuple[VenueOrderId, ...]:
        if not self.children_are_told:
            raise VenueUnreachable("no answer")
        return self.children_of.get(leg.client_oid, ())


class Book:
    """Two trades on one position, each with its fills taken in as they are pushed."""

    def __init__(self, exchange: Exchange, *signals: SignalId) -> None:
        self.exchange = exchange
        self.events: list[Event] = []
        self.recorded: list[tuple[SignalId, Fill]] = []
        desk = Desk(
            venue=cast("Any", exchange),
            executor=cast("Any", None),
            journal=cast("Any", None),
            clock=FakeClock(START),
            publish=self.events.append,
            quote=lambda _: None,
            user_id="u",
            sends=cast("Any", None),
            record=cast("Any", self),
        )
        self.ledgers = {signal: opening(signal) for signal in signals}
        self.takers = [Fills(desk, one, since=START) for one in self.ledgers.values()]

    async def fill(self, signal: SignalId, fill: Fill) -> None:
        """As `Record` does."""
        self.recorded.append((signal, fill))

    async def push(self, *fills: Fill) -> None:
        for one in fills:
            for taker in self.takers:
                await taker.take(one)

    def amounts(self) -> list[Decimal]:
        return [one.amount for one in self.ledgers.values()]


def opening(signal: SignalId) -> Ledger:
    (first,) = plan().entries
    oid = client_order_id(user_id="u", signal=signal, leg="entry-1")
    entry = replace(first, signal=signal, client_oid=oid, amount=quantity("1000"))
    its = replace(plan(entry), signal=signal)
    book = Ledger(its, channel=CHANNEL, notional=Notional(D("570")))
    for leg in (close(book), stop(book)):
        book.add_legs((leg,))
        book.note_placement(
            Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId(f"v-{leg.client_oid}"))
        )
    return book


def close(of: Ledger) -> Leg:
    return close_leg(of.plan, "1", user_id="u", amount=quantity("1000"), replacement=0)


def stop(of: Ledger) -> Leg:
    return stop_leg(of.plan, user_id="u", price=of.plan.stop, replacement=0)


def happened(moves: Sequence[tuple[str, int]]) -> tuple[list[Fill], dict[str, int]]:
    """The venue's fills of these moves, and what each has open at their end."""
    ids = {signal: opening(signal) for signal in (OLD, NEW)}
    held: dict[str, int] = {OLD: 0, NEW: 0, "hand": 0}
    fills: list[Fill] = []
    for who, lots in moves:
        own = held[who] if who != "hand" else sum(held.values())
        size = lots if lots > 0 else -min(-lots, own)
        if not size:
            continue
        oid = None
        if who != "hand":
            book = ids[SignalId(who)]
            leg = book.plan.entries[0] if size > 0 else close(book)
            oid = leg.client_oid
        number = len(fills) + 1
        side = BUY if size > 0 else SELL
        fills.append(
            fill(str(number), side, str(abs(size)), "57000", oid=oid, fee="0.1", seconds=number)
        )
        if who != "hand" or size > 0:
            held[who] += size
        else:
            for one in ("hand", OLD, NEW):
                part = min(held[one], -size)
                held[one], size = held[one] - part, size + part
    return fills, held


MOVES = st.lists(st.tuples(st.sampled_from([OLD, NEW, "hand"]), st.integers(-9, 9)), max_size=14)


@settings(max_examples=60)
@given(moves=MOVES, chance=st.randoms(use_true_random=False))
def test_shuffled_doubled_and_late_pushes_end_in_the_same_ledgers(
    moves: list[tuple[str, int]], chance: Random
) -> None:
    fills, held = happened(moves)
    pushes = [*fills, *chance.sample(fills, len(fills) // 2)]
    chance.shuffle(pushes)
    book = Book(Exchange(executed=fills), OLD, NEW)
    asyncio.run(book.push(*pushes))
    assert book.amounts() == [held[OLD], held[NEW]]
    assert sum(book.amounts()) + held["hand"] == sum(held.values())
    told = sum(event.amount for event in book.events if isinstance(event, Filled))
    assert told == sum(f.amount for _, f in book.recorded), "each is told and written once"
    for whole in fills:
        parts = [f for _, f in book.recorded if f.trade_id.split("~")[0] == whole.trade_id]
        assert sum((part.amount for part in parts), Decimal(0)) <= whole.amount


async def test_a_child_of_one_trade_s_stop_is_no_exit_of_the_other() -> None:
    fills, _ = happened([(OLD, 5), (NEW, 3)])
    fired = fill("9", SELL, "3", "54990", order="child", seconds=9)
    book = Book(Exchange(executed=[*fills, fired]), OLD, NEW)
    newer = book.ledgers[NEW]
    book.exchange.children_of[stop(newer).client_oid] = (VenueOrderId("child"),)
    await book.push(*fills, fired)
    assert book.amounts() == [5, 0]
    assert newer.state is not TradeState.OPEN


async def test_what_an_attached_stop_sold_is_written_as_no_fill_of_its_entry() -> None:
    bought, _ = happened([(OLD, 5)])
    fired = fill("9", SELL, "5", "54990", order="child", seconds=9)
    book = Book(Exchange(executed=[*bought, fired]), OLD)
    (entry,) = book.ledgers[OLD].plan.entries
    book.ledgers[OLD].note_placement(
        Placed(client_oid=entry.client_oid, venue_order_id=VenueOrderId("v-entry"))
    )
    book.exchange.children_of[entry.client_oid] = (VenueOrderId("child"),)
    await book.push(*bought, fired)
    assert [event.role for event in book.events if isinstance(event, Filled)] == ["entry", "stop"]
    assert [one.client_oid for _, one in book.recorded] == [entry.client_oid, None]


async def test_whose_an_exit_is_waits_for_an_answer_where_two_could_give() -> None:
    fills, _ = happened([(OLD, 5), (NEW, 3)])
    by_hand = fill("9", SELL, "6", "57000", order="hand", seconds=9)
    exchange = Exchange(executed=[*fills, by_hand])
    book = Book(exchange, OLD, NEW)
    await book.push(*fills)
    exchange.is_away = True
    await book.push(by_hand)
    assert book.amounts() == [5, 3]
    exchange.is_away = False
    await book.push(by_hand)
    assert book.amounts() == [0, 2]


async def test_a_venue_that_never_says_whose_child_it_is_keeps_no_trade_from_its_end() -> None:
    fills, _ = happened([(OLD, 5), (NEW, 3)])
    gone = fill("9", SELL, "8", "54990", order="child", seconds=9)
    exchange = Exchange(executed=[*fills, gone], children_are_told=False)
    book = Book(exchange, OLD, NEW)
    await book.push(*fills, gone)
    assert book.amounts() == [5, 3]
    for _ in range(ASKED_MAX):
        for taker in book.takers:
            await taker.fetch()
    assert book.amounts() == [0, 0]


async def test_a_trade_that_stands_alone_follows_a_close_even_without_an_answer() -> None:
    fills, _ = happened([(OLD, 5)])
    book = Book(Exchange(executed=fills, is_away=True), OLD)
    await book.push(*fills, fill("9", SELL, "2", "57000", order="hand", seconds=9))
    assert book.amounts() == [3]


async def test_what_somebody_added_unseen_is_not_taken_from_the_trade() -> None:
    """The push of what was added never came; its close does."""
    fills, _ = happened([(OLD, 5), ("hand", 4), ("hand", -4)])
    book = Book(Exchange(executed=fills), OLD)
    await book.push(fills[0], fills[2])
    assert book.amounts() == [5]
    assert [f.trade_id for _, f in book.recorded] == ["1"]


@pytest.mark.parametrize("signals", [(OLD,), (OLD, NEW)], ids=["alone", "shared"])
async def test_a_liquidation_takes_all_and_is_urgent(signals: tuple[SignalId, ...]) -> None:
    fills, _ = happened([(signal, 4) for signal in signals])
    total = str(4 * len(signals))
    forced = replace(fill("9", SELL, total, "50000", seconds=9), is_forced=True)
    book = Book(Exchange(executed=[*fills, forced]), *signals)
    await book.push(*fills, forced)
    assert set(book.amounts()) == {0}
    alarms = [event for event in book.events if isinstance(event, Warned)]
    assert len(alarms) == len(signals)
    assert all(alarm.is_urgent and "liquidated 4 at 50000" in alarm.text for alarm in alarms)
