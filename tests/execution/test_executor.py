"""Every send ends, and whatever was lost on the way, the venue has exactly one order."""

import asyncio
from decimal import Decimal

import pytest

from tgbitget.execution.executor import CancelEnd
from tgbitget.model.event import SendEnded
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import OrderStatus, Placed, Rejected, Unknown
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.venues.ccxt_errors import NEVER_DEFINITE
from venues.samples import BTC, D, close, count, leaving, leg, limit, oid, stop, target, trigger
from waiting import eventually

from .conftest import Desk

LOST_ANSWERS = ["drop", "cut", "hang", "502", "html", "empty", "no_data"]
ENTRIES = [
    pytest.param(leg(), "place-order", id="market"),
    pytest.param(limit(), "place-order", id="limit"),
    pytest.param(trigger(), "place-plan-order", id="trigger"),
]


def ours_at_the_venue(desk: Desk) -> int:
    """Entries at the venue, by our client id: waiting, resting or filled."""
    bitget = desk.bitget.exchange.desk
    ids = [
        *(order.client_id for order in bitget.orders.values()),
        *(plan.client_id for plan in bitget.plans.values()),
    ]
    return len([client_id for client_id in ids if client_id.startswith("tg")])


async def test_a_send_is_one_request_recorded_and_told(desk: Desk) -> None:
    placement = await desk.send(leg())
    assert isinstance(placement, Placed)
    assert desk.records.placements == [placement]
    assert desk.events == [SendEnded(signal=leg().signal, placement=placement, leg=leg())]
    assert count(desk.bitget, "place-order") == 1


# unknown


@pytest.mark.parametrize(("entry", "endpoint"), ENTRIES)
@pytest.mark.parametrize("then", LOST_ANSWERS)
async def test_an_accepted_order_whose_answer_was_lost_is_found(
    then: str, entry: Leg, endpoint: str, desk: Desk
) -> None:
    desk.bitget.faults.next(endpoint, accept=True, then=then)
    placement = await desk.send(entry)
    assert isinstance(placement, Placed)
    assert desk.records.ends() == ["Unknown", "Placed"]
    assert count(desk.bitget, endpoint) == 1
    assert ours_at_the_venue(desk) == 1
    found = await desk.venue.order(entry)
    assert found is not None
    assert placement.venue_order_id in (found.venue_order_id, found.parent)
    assert not desk.locks.is_held(entry.symbol)


@pytest.mark.parametrize(
    ("entry", "endpoint", "then"),
    [
        *(pytest.param(leg(), "place-order", then, id=f"market, {then}") for then in LOST_ANSWERS),
        pytest.param(limit(), "place-order", "drop", id="limit, drop"),
        pytest.param(trigger(), "place-plan-order", "drop", id="trigger, drop"),
    ],
)
async def test_a_lost_request_is_sent_again_once_its_absence_is_proven(
    entry: Leg, endpoint: str, then: str, desk: Desk
) -> None:
    desk.bitget.faults.next(endpoint, accept=False, then=then)
    placement = await desk.send(entry)
    assert isinstance(placement, Placed)
    assert desk.records.ends() == ["Unknown", "Placed"]
    assert count(desk.bitget, endpoint) == 2
    assert ours_at_the_venue(desk) == 1


async def test_a_lost_request_that_nobody_wants_any_more_is_missed(desk: Desk) -> None:
    desk.bitget.faults.next("place-order", accept=False, then="drop")
    sending = asyncio.create_task(desk.send(leg()))
    await eventually(lambda: desk.records.placements)
    desk.unwanted = "61 s old, entries expire at 60 s"
    placement = await sending
    assert placement == Rejected(
        client_oid=oid("entry-1"), reason="missed: 61 s old, entries expire at 60 s"
    )
    assert ours_at_the_venue(desk) == 0
    assert count(desk.bitget, "place-order") == 1


@pytest.mark.parametrize("code", sorted(NEVER_DEFINITE))
@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
async def test_an_ambiguous_code_ends_in_one_order(code: str, accept: bool, desk: Desk) -> None:
    desk.bitget.faults.next("place-order", code=code, accept=accept)
    assert isinstance(await desk.send(leg()), Placed)
    assert ours_at_the_venue(desk) == 1


async def test_an_order_that_another_life_sent_is_taken_for_ours(desk: Desk) -> None:
    order_id = await desk.venue.place(limit())
    placement = await desk.send(limit())
    assert placement == Placed(client_oid=oid("entry-1"), venue_order_id=order_id)
    assert desk.records.ends() == ["Unknown", "Placed"]
    assert ours_at_the_venue(desk) == 1


async def test_an_order_that_is_invisible_for_a_while_is_not_taken_for_absent(desk: Desk) -> None:
    desk.bitget.faults.invisible_seconds = 0.1
    desk.bitget.faults.next("place-order", accept=True, then="drop")
    assert isinstance(await desk.send(leg()), Placed)
    assert count(desk.bitget, "place-order") == 1
    assert ours_at_the_venue(desk) == 1


async def test_questions_that_fail_prove_no_absence(desk: Desk) -> None:
    desk.bitget.faults.next("place-order", accept=False, then="drop")
    desk.bitget.faults.next("order/detail", then="502", times=12)
    assert isinstance(await desk.send(leg()), Placed)
    assert count(desk.bitget, "detail") > 12
    assert ours_at_the_venue(desk) == 1


async def test_a_venue_without_a_history_is_asked_about_the_rest(desk: Desk) -> None:
    for missing in ("orders-history", "order/fills"):
        desk.bitget.faults.always(missing, code="40404", status=404)
    desk.bitget.faults.next("place-order", accept=False, then="drop")
    assert isinstance(await desk.send(leg()), Placed)
    assert ours_at_the_venue(desk) == 1


@pytest.mark.parametrize(
    ("exit_leg", "endpoint"),
    [
        pytest.param(target(), "place-tpsl-order", id="target"),
        pytest.param(close(amount=Quantity(D("0.004"))), "place-order", id="part of it"),
        pytest.param(
            leaving(
                "target-2",
                Role.TAKE_PROFIT,
                type=OrderType.LIMIT,
                price=Price(D(60000)),
                amount=Quantity(D("0.004")),
            ),
            "place-order",
            id="target that rests",
        ),
    ],
)
@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
async def test_targets_and_partial_closes_are_settled_like_entries(
    accept: bool, exit_leg: Leg, endpoint: str, desk: Desk
) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    before = count(desk.bitget, endpoint)
    desk.bitget.faults.next(endpoint, accept=accept, then="drop")
    assert isinstance(await desk.send(exit_leg), Placed)
    assert desk.records.ends() == ["Unknown", "Placed"]
    assert count(desk.bitget, endpoint) - before == (1 if accept else 2)
    assert ours_at_the_venue(desk) == 2


# exits are sent again at once


@pytest.mark.parametrize("is_hedged", [False, True], ids=["one-way", "hedge"])
@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
@pytest.mark.parametrize("then", LOST_ANSWERS)
async def test_a_position_stop_stands_at_once(then: str, accept: bool, desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    desk.bitget.faults.next("place-tpsl-order", accept=accept, then=then)
    assert isinstance(await desk.send(stop("55000")), Placed)
    (only,) = await desk.venue.stops(BTC)
    assert (only.trigger_price, only.client_oid) == (D(55000), oid("stop"))
    assert count(desk.bitget, "place-tpsl-order") == 2


@pytest.mark.parametrize("is_hedged", [False, True], ids=["one-way", "hedge"])
@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
@pytest.mark.parametrize("then", LOST_ANSWERS)
async def test_a_position_is_closed_once(then: str, accept: bool, desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    desk.bitget.faults.next("place-order", accept=accept, then=then)
    placement = await desk.send(close())
    assert isinstance(placement, Placed)
    assert await desk.venue.positions() == ()
    closed = [e for e in desk.bitget.executions if e.client_id == oid("close-1")]
    assert sum((execution.size for execution in closed), Decimal(0)) == D("0.01")


async def test_a_stop_is_sent_until_the_venue_has_it(desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    desk.bitget.faults.next("place-tpsl-order", accept=False, then="502", times=6)
    desk.bitget.faults.next("orders-plan-pending", then="502", times=4)
    assert isinstance(await desk.send(stop()), Placed)
    assert count(desk.bitget, "place-tpsl-order") == 7
    assert len(await desk.venue.stops(BTC)) == 1


async def test_a_close_whose_position_cannot_be_asked_for_is_tried_again(desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    desk.bitget.faults.next("all-position", then="502", times=3)
    assert isinstance(await desk.send(close()), Placed)
    assert await desk.venue.positions() == ()


async def test_a_stop_of_a_position_that_is_gone_is_rejected(desk: Desk) -> None:
    placement = await desk.send(stop())
    assert isinstance(placement, Rejected)
    assert placement.code is not None


# locks


async def test_entries_of_the_symbol_wait_for_what_is_unknown_and_exits_do_not(desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    desk.bitget.faults.next("place-order", accept=True, then="drop")
    desk.bitget.faults.next("order/detail", then="502", times=8)
    async with asyncio.TaskGroup() as tasks:
        unknown = tasks.create_task(desk.send(leg("entry-1")))
        await eventually(lambda: desk.locks.is_held(BTC))
        waiting = tasks.create_task(desk.send(leg("entry-2")))
        assert isinstance(await desk.send(stop("55500")), Placed)
        assert desk.locks.is_held(BTC)
        assert not unknown.done()
        assert not waiting.done()
        assert count(desk.bitget, "place-order") == 2
    assert isinstance(unknown.result(), Placed)
    assert isinstance(waiting.result(), Placed)


async def test_other_symbols_do_not_wait(desk: Desk) -> None:
    with desk.locks.held(BTC):
        placement = await desk.send(leg(symbol="ETH/USDT:USDT", stop_loss=None))
    assert isinstance(placement, Placed)


# refused


@pytest.mark.parametrize("code", ["40762", "45110", "40774", "45119"])
async def test_a_definite_refusal_is_final(code: str, desk: Desk) -> None:
    desk.bitget.faults.next("place-order", code=code)
    placement = await desk.send(leg())
    assert isinstance(placement, Rejected)
    assert placement.code == code
    assert desk.records.placements == [placement]
    assert count(desk.bitget, "place-order") == 1


async def test_what_is_not_wanted_any_more_is_not_sent(desk: Desk) -> None:
    desk.unwanted = "the price ran away"
    placement = await desk.send(leg())
    assert placement == Rejected(client_oid=oid("entry-1"), reason="the price ran away")
    assert count(desk.bitget, "place-order") == 0


async def test_a_locked_account_is_told_loudly(desk: Desk) -> None:
    desk.bitget.authorities = ("coor",)
    placement = await desk.send(leg())
    assert isinstance(placement, Rejected)
    assert placement.code == "40014"
    (warning,) = desk.warnings()
    assert warning.is_urgent
    assert "lacks a permission" in warning.text


# pace


async def test_too_many_waits_its_time_and_is_sent_then(desk: Desk) -> None:
    desk.bitget.faults.next("place-order", status=429)
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert isinstance(await desk.send(leg()), Placed)
    assert loop.time() - started >= 0.9
    assert desk.records.ends() == ["Placed"]
    assert ours_at_the_venue(desk) == 1


async def test_too_many_may_outlive_the_entry(desk: Desk) -> None:
    desk.bitget.faults.always("place-order", status=429)
    sending = asyncio.create_task(desk.send(leg()))
    await eventually(lambda: count(desk.bitget, "place-order"))
    desk.unwanted = "too old"
    assert await sending == Rejected(client_oid=oid("entry-1"), reason="too old")
    assert ours_at_the_venue(desk) == 0


async def test_our_wrong_time_is_corrected_on_the_way(desk: Desk) -> None:
    desk.bitget.clock_offset_ms = 90_000
    assert isinstance(await desk.send(leg()), Placed)
    assert ours_at_the_venue(desk) == 1


async def test_a_burst_keeps_to_the_venue_s_pace(desk: Desk) -> None:
    desk.bitget.rate_limits = True
    small = Quantity(D("0.0002"))
    legs = [limit("50000", f"entry-{n}", amount=small, stop_loss=None) for n in range(12)]
    async with asyncio.TaskGroup() as tasks:
        sends = [tasks.create_task(desk.send(each)) for each in legs]
    assert all(isinstance(send.result(), Placed) for send in sends)
    codes = [r.code for r in desk.bitget.requests if r.endpoint == "place-order"]
    assert "429" not in codes


# interrupted


async def test_an_interrupted_send_is_recorded_as_unknown(desk: Desk) -> None:
    desk.bitget.faults.next("place-order", accept=True, then="hang")
    sending = asyncio.create_task(desk.send(leg()))
    await eventually(lambda: count(desk.bitget, "place-order"))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    (unknown,) = desk.records.placements
    assert isinstance(unknown, Unknown)
    assert "interrupted" in unknown.reason


# cancelling


@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
@pytest.mark.parametrize("then", ["drop", "502", "html", "empty"])
async def test_a_cancel_is_repeated_until_the_order_is_gone(
    then: str, accept: bool, desk: Desk
) -> None:
    await desk.send(limit())
    desk.bitget.faults.next("cancel-order", accept=accept, then=then)
    assert await desk.executor.cancel(limit()) is CancelEnd.CANCELLED
    order = await desk.venue.order(limit())
    assert order is not None
    assert order.status is OrderStatus.CANCELLED


@pytest.mark.parametrize("resting", [trigger(), target()], ids=["trigger", "target"])
async def test_plan_orders_are_cancelled(resting: Leg, desk: Desk) -> None:
    await desk.venue.place(leg("held", stop_loss=None))
    await desk.send(resting)
    desk.bitget.faults.next("cancel-plan-order", then="drop")
    assert await desk.executor.cancel(resting) is CancelEnd.CANCELLED


async def test_a_cancel_of_what_filled_meanwhile_says_so(desk: Desk) -> None:
    await desk.send(leg())
    assert await desk.executor.cancel(leg()) is CancelEnd.NOT_LIVE


async def test_a_cancel_of_what_never_was_says_so_after_a_while(desk: Desk) -> None:
    assert await desk.executor.cancel(limit()) is CancelEnd.NOT_LIVE
    assert count(desk.bitget, "cancel-order") > 1


async def test_a_cancel_finds_an_order_that_becomes_visible_late(desk: Desk) -> None:
    await desk.send(limit())
    desk.bitget.faults.invisible_asks = 2
    desk.bitget.faults.next("cancel-order", code="43001", times=2)
    assert await desk.executor.cancel(limit()) is CancelEnd.CANCELLED


async def test_a_cancel_waits_its_time_too(desk: Desk) -> None:
    await desk.send(limit())
    desk.bitget.faults.next("cancel-order", status=429)
    assert await desk.executor.cancel(limit()) is CancelEnd.CANCELLED
