"""A spot stop is changed in place: a state to reach, whatever became of the answer."""

from dataclasses import replace
from typing import Any

import pytest

from execution.conftest import Desk
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg
from venues.samples import SPOT_BTC, D, count, leg, stop

STOP = stop(symbol=SPOT_BTC, amount=Quantity(D("0.009")))
MOVED = replace(STOP, amount=Quantity(D("0.005")), trigger_price=Price(D(56000)))


async def guarded(desk: Desk) -> None:
    await desk.send(leg(symbol=SPOT_BTC, stop_loss=None, price=Price(D(57000))))
    await desk.send(STOP)


async def standing(desk: Desk) -> list[tuple[Any, Any]]:
    orders = await desk.venue.open_orders(SPOT_BTC)
    return [(order.trigger_price, order.amount) for order in orders]


async def amend(desk: Desk, amended: Leg = MOVED, *, within: float = 2.0) -> OrderStatus | None:
    return await desk.executor.amend_plan(amended, within_seconds=within)


@pytest.mark.parametrize(
    ("cue", "requests"),
    [
        pytest.param({}, 1, id="answered"),
        pytest.param({"then": "drop"}, 1, id="done, without an answer"),
        pytest.param({"then": "drop", "accept": False}, 2, id="never arrived"),
        pytest.param({"then": "502", "accept": False, "times": 2}, 3, id="bad gateways"),
        pytest.param({"status": 429, "accept": False}, 2, id="too many requests"),
    ],
)
async def test_a_change_is_repeated_until_it_is_so(
    cue: dict[str, Any], requests: int, desk: Desk
) -> None:
    await guarded(desk)
    if cue:
        desk.bitget.faults.next("modify-plan-order", **cue)
    assert await amend(desk) is OrderStatus.LIVE
    assert await standing(desk) == [(D(56000), D("0.005"))]
    assert count(desk.bitget, "modify-plan-order") == requests


async def test_a_refused_change_is_not_repeated_and_the_stop_stays(desk: Desk) -> None:
    await guarded(desk)
    desk.bitget.faults.always("modify-plan-order", code="43011")
    assert await amend(desk) is None
    assert await standing(desk) == [(D(55000), D("0.009"))]
    assert count(desk.bitget, "modify-plan-order") == 1


@pytest.mark.parametrize(
    ("is_fired", "status"),
    [
        pytest.param(True, OrderStatus.FILLED, id="fired"),
        pytest.param(False, OrderStatus.CANCELLED, id="cancelled"),
    ],
)
async def test_what_is_not_live_any_more_is_said_to_be_so(
    is_fired: bool, status: OrderStatus, desk: Desk
) -> None:
    await guarded(desk)
    if is_fired:
        desk.bitget.exchange.set_price("BTCUSDT", D(54000), product="spot")
    else:
        desk.bitget.spot_by_hand.drop_plans("BTCUSDT")
    assert await amend(desk) is status


async def test_a_venue_that_never_answers_is_given_up_for_now(desk: Desk) -> None:
    await guarded(desk)
    desk.bitget.faults.always("modify-plan-order", then="drop", accept=False)
    assert await amend(desk, within=0.1) is None
    desk.bitget.faults.clear()
    assert await amend(desk) is OrderStatus.LIVE
