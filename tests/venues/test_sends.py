"""Each kind of order: the exact body at the venue, and that it is found again by its client id."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tgbitget.errors import VenueRejected
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.money import Price, Quantity
from tgbitget.model.order import OrderStatus
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role, TriggerBy
from tgbitget.model.position import StopKind
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.venue import Venue

from .samples import (
    BTC,
    MARKETS,
    D,
    bodies,
    close,
    count,
    leaving,
    leg,
    limit,
    oid,
    opened,
    stop,
    target,
    trigger,
)

CONTRACT = {"symbol": "BTCUSDT", "productType": "USDT-FUTURES", "marginCoin": "USDT"}
ORDER = {**CONTRACT, "marginMode": "crossed", "force": "GTC", "orderType": "market"}
PLAN = {**CONTRACT, "marginMode": "crossed", "orderType": "market", "planType": "normal_plan"}
BY_MARK = {"triggerType": "mark_price"}
SHORT: dict[str, Any] = {"side": OrderSide.SELL, "position_side": Side.SHORT}
LEAVE_SHORT: dict[str, Any] = {"side": OrderSide.BUY, "position_side": Side.SHORT}


@dataclass(frozen=True, kw_only=True)
class Case:
    leg: Leg
    endpoint: str
    body: dict[str, Any]
    is_hedged: bool = False
    held: tuple[Leg, ...] = field(default_factory=tuple)


def short_entry(name: str = "entry-1") -> Leg:
    return leg(name, stop_loss=Price(D(59000)), **SHORT)


LONG = (leg("held"),)
CASES = {
    "market entry with its stop": Case(
        leg=leg(),
        endpoint="place-order",
        body=ORDER | {"size": "0.01", "side": "buy", "presetStopLossPrice": "55000"},
    ),
    "market entry in hedge mode": Case(
        leg=leg(),
        endpoint="place-order",
        body=ORDER
        | {"size": "0.01", "side": "buy", "tradeSide": "Open", "presetStopLossPrice": "55000"},
        is_hedged=True,
    ),
    "short entry": Case(
        leg=short_entry(),
        endpoint="place-order",
        body=ORDER | {"size": "0.01", "side": "sell", "presetStopLossPrice": "59000"},
    ),
    "short entry in hedge mode": Case(
        leg=short_entry(),
        endpoint="place-order",
        body=ORDER
        | {"size": "0.01", "side": "sell", "tradeSide": "Open", "presetStopLossPrice": "59000"},
        is_hedged=True,
    ),
    "limit entry": Case(
        leg=limit("56000.5"),
        endpoint="place-order",
        body=ORDER
        | {
            "orderType": "limit",
            "price": "56000.5",
            "size": "0.01",
            "side": "buy",
            "presetStopLossPrice": "55000",
        },
    ),
    "post-only entry": Case(
        leg=limit(post_only=True),
        endpoint="place-order",
        body=ORDER
        | {
            "orderType": "limit",
            "force": "post_only",
            "price": "56000",
            "size": "0.01",
            "side": "buy",
            "presetStopLossPrice": "55000",
        },
    ),
    "trigger entry with its stop": Case(
        leg=trigger(),
        endpoint="place-plan-order",
        body=PLAN
        | BY_MARK
        | {
            "size": "0.01",
            "side": "buy",
            "triggerPrice": "58000",
            "stopLossTriggerPrice": "55000",
            "stopLossTriggerType": "mark_price",
        },
    ),
    "trigger entry at a limit, in hedge mode": Case(
        leg=leg(type=OrderType.TRIGGER, trigger_price=Price(D(58000)), price=Price(D("58010.1"))),
        endpoint="place-plan-order",
        body=PLAN
        | BY_MARK
        | {
            "orderType": "limit",
            "size": "0.01",
            "side": "buy",
            "tradeSide": "Open",
            "triggerPrice": "58000",
            "price": "58010.1",
            "executePrice": "58010.1",
            "stopLossTriggerPrice": "55000",
            "stopLossTriggerType": "mark_price",
        },
        is_hedged=True,
    ),
    "position stop": Case(
        leg=stop("55500"),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "pos_loss", "triggerPrice": "55500", "holdSide": "buy"},
        held=LONG,
    ),
    "position stop of a short": Case(
        leg=stop("58500", **LEAVE_SHORT),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "pos_loss", "triggerPrice": "58500", "holdSide": "sell"},
        held=(short_entry("held"),),
    ),
    "position stop in hedge mode": Case(
        leg=stop("58500", **LEAVE_SHORT),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "pos_loss", "triggerPrice": "58500", "holdSide": "short"},
        is_hedged=True,
        held=(short_entry("held"),),
    ),
    "sized stop": Case(
        leg=stop("55500", amount=Quantity(D("0.004"))),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "loss_plan", "triggerPrice": "55500", "holdSide": "buy", "size": "0.004"},
        held=LONG,
    ),
    "target": Case(
        leg=target("60000"),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "profit_plan", "triggerPrice": "60000", "holdSide": "buy", "size": "0.004"},
        held=LONG,
    ),
    "target in hedge mode": Case(
        leg=target("60000"),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {"planType": "profit_plan", "triggerPrice": "60000", "holdSide": "long", "size": "0.004"},
        is_hedged=True,
        held=LONG,
    ),
    "trailing target": Case(
        leg=target("60000", trail_percent=D("1.5")),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {
            "planType": "moving_plan",
            "triggerPrice": "60000",
            "holdSide": "buy",
            "size": "0.004",
            "rangeRate": "1.5",
        },
        held=LONG,
    ),
    "trailing stop in hedge mode": Case(
        leg=stop("58500", amount=Quantity(D("0.01")), trail_percent=D(2)),
        endpoint="place-tpsl-order",
        body=CONTRACT
        | BY_MARK
        | {
            "planType": "moving_plan",
            "triggerPrice": "58500",
            "holdSide": "long",
            "size": "0.01",
            "rangeRate": "2",
        },
        is_hedged=True,
        held=LONG,
    ),
    "target that rests": Case(
        leg=leaving("target-1", Role.TAKE_PROFIT, type=OrderType.LIMIT, price=Price(D(60000))),
        endpoint="place-order",
        body=ORDER
        | {
            "orderType": "limit",
            "price": "60000",
            "size": "0.01",
            "side": "sell",
            "reduceOnly": "YES",
        },
        held=LONG,
    ),
    "close of a part": Case(
        leg=close(amount=Quantity(D("0.004"))),
        endpoint="place-order",
        body=ORDER | {"size": "0.004", "side": "sell", "reduceOnly": "YES"},
        held=LONG,
    ),
    "close of all": Case(
        leg=close(),
        endpoint="place-order",
        body=ORDER | {"size": "0.01", "side": "sell", "reduceOnly": "YES"},
        held=LONG,
    ),
    "close of all in hedge mode": Case(
        leg=close(),
        endpoint="place-order",
        body=ORDER | {"size": "0.01", "side": "buy", "tradeSide": "Close"},
        is_hedged=True,
        held=LONG,
    ),
    "close of a short in hedge mode": Case(
        leg=close(**LEAVE_SHORT),
        endpoint="place-order",
        body=ORDER | {"size": "0.01", "side": "sell", "tradeSide": "Close"},
        is_hedged=True,
        held=(short_entry("held"),),
    ),
}


def hedge(bitget: BitgetSimulator, is_hedged: bool) -> None:
    bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE if is_hedged else HoldMode.ONE_WAY)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_leg_goes_out_as(case: Case, bitget: BitgetSimulator) -> None:
    hedge(bitget, case.is_hedged)
    async with opened(bitget) as venue:
        for held in case.held:
            await venue.place(held)
        order_id = await venue.place(case.leg)
        assert bodies(bitget, case.endpoint)[-1] == case.body | {"clientOid": case.leg.client_oid}
        found = await venue.order(case.leg)
        assert found is not None
        assert found.venue_order_id == order_id
        assert found.client_oid == case.leg.client_oid
        assert found.side is case.leg.side
        assert found.reduce_only == case.leg.reduce_only


def test_the_venue_keeps_the_port() -> None:
    port: type[Venue] = BitgetVenue
    assert port is BitgetVenue


async def test_an_entry_is_one_request(bitget: BitgetSimulator, venue: BitgetVenue) -> None:
    await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
    before = len(bitget.requests)
    await venue.place(leg())
    assert [request.endpoint for request in bitget.requests[before:]] == ["place-order"]
    assert bodies(bitget, "place-order")[0]["marginMode"] == "isolated"


async def test_orders_are_dated_twenty_seconds_into_the_past(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.place(leg())
    (request,) = [r for r in bitget.requests if r.endpoint == "place-order"]
    age_ms = request.at - int(request.headers["ACCESS-TIMESTAMP"])
    assert 19_500 < age_ms < 21_000
    (question,) = [r for r in bitget.requests if r.endpoint == "info"]
    assert abs(question.at - int(question.headers["ACCESS-TIMESTAMP"])) < 1_000


async def test_stops_may_be_triggered_by_the_last_price(bitget: BitgetSimulator) -> None:
    async with opened(bitget) as venue:
        await venue.place(leg())
        await venue.place(replace(stop(), trigger_by=TriggerBy.LAST))
    assert bodies(bitget, "place-tpsl-order")[0]["triggerType"] == "fill_price"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        pytest.param(leg(amount=Quantity(D("0.01005"))), "amount", id="amount off the step"),
        pytest.param(limit("56000.05"), "price", id="price off the tick"),
        pytest.param(leg(stop_loss=Price(D("55000.01"))), "stop_loss", id="stop off the tick"),
        pytest.param(trigger("58000.01"), "trigger_price", id="trigger off the tick"),
    ],
)
async def test_nothing_is_rounded_silently(
    wrong: Leg, name: str, bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    before = len(bitget.requests)
    with pytest.raises(VenueRejected, match=f"{name} must be a multiple of 0"):
        await venue.place(wrong)
    assert len(bitget.requests) == before


async def test_an_unlisted_market_is_refused_before_it_is_sent(venue: BitgetVenue) -> None:
    with pytest.raises(VenueRejected, match="XYZ/USDT:USDT is not among the 3 markets"):
        await venue.place(leg(symbol="XYZ/USDT:USDT"))


async def test_a_position_stop_replaces_the_one_before(venue: BitgetVenue) -> None:
    await venue.place(leg(stop_loss=None))
    await venue.place(stop("55000"))
    await venue.place(stop("56000", name="stop", replacement=1))
    (only,) = await venue.stops(BTC)
    assert (only.trigger_price, only.amount) == (D(56000), None)


async def test_a_target_that_would_lock_its_share_in_hedge_mode_is_refused_before_it_is_sent(
    bitget: BitgetSimulator,
) -> None:
    hedge(bitget, is_hedged=True)
    resting = leaving("target-1", Role.TAKE_PROFIT, type=OrderType.LIMIT, price=Price(D(60000)))
    async with opened(bitget) as venue:
        await venue.place(leg())
        with pytest.raises(VenueRejected, match="locks its share of the position in hedge mode"):
            await venue.place(resting)
    assert len(bodies(bitget, "place-order")) == 1


async def test_a_trailing_order_is_found_and_cancelled_by_its_client_id(venue: BitgetVenue) -> None:
    trailing = target("60000", trail_percent=D("1.5"))
    await venue.place(leg())
    await venue.place(trailing)
    (found,) = [s for s in await venue.stops(BTC) if s.client_oid == trailing.client_oid]
    assert (found.kind, found.amount) == (StopKind.TRAILING, trailing.amount)
    await venue.cancel(trailing)
    order = await venue.order(trailing)
    assert order is not None
    assert order.status is OrderStatus.CANCELLED


async def test_closing_what_is_not_there_is_refused(venue: BitgetVenue) -> None:
    with pytest.raises(VenueRejected, match="no long position in BTC/USDT:USDT") as caught:
        await venue.place(close())
    assert caught.value.code == "22002"


# leverage and margin


async def test_leverage_and_margin_are_set_only_when_they_differ(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    for leverage, mode, calls in (
        (D(5), MarginMode.ISOLATED, (1, 1)),
        (D(5), MarginMode.ISOLATED, (1, 1)),
        (D(7), MarginMode.ISOLATED, (1, 2)),
        (D(7), MarginMode.CROSS, (2, 3)),
    ):
        await venue.prepare(MARKETS[0], leverage=leverage, mode=mode)
        assert (count(bitget, "set-margin-mode"), count(bitget, "set-leverage")) == calls
    setting = bitget.exchange.desk.settings_of("BTCUSDT")
    assert (setting.margin_mode.value, setting.crossed_leverage) == ("crossed", 7)
    assert setting.long_leverage == setting.short_leverage == 7


async def test_another_process_finds_what_was_set(bitget: BitgetSimulator) -> None:
    for _ in range(2):
        async with opened(bitget) as venue:
            await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
    assert (count(bitget, "set-margin-mode"), count(bitget, "set-leverage")) == (1, 1)


async def test_isolated_margin_in_hedge_mode_has_a_leverage_for_each_side(
    bitget: BitgetSimulator,
) -> None:
    hedge(bitget, True)
    async with opened(bitget) as venue:
        await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
        await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
    assert [body["holdSide"] for body in bodies(bitget, "set-leverage")] == ["long", "short"]


async def test_leverage_above_the_maximum_is_refused(venue: BitgetVenue) -> None:
    with pytest.raises(VenueRejected, match="leverage is above the maximum") as caught:
        await venue.prepare(MARKETS[0], leverage=D(500), mode=MarginMode.CROSS)
    assert caught.value.code == "40797"


async def test_a_venue_that_does_not_say_what_is_set_is_told_both(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.always("mix/account/account", code="40404", status=404)
    await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
    assert (count(bitget, "set-margin-mode"), count(bitget, "set-leverage")) == (1, 1)


async def test_what_was_set_is_known_though_the_venue_does_not_say_it(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.always("mix/account/account", code="40404", status=404)
    for _ in range(2):
        await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.ISOLATED)
    await venue.place(leg())
    assert (count(bitget, "set-margin-mode"), count(bitget, "set-leverage")) == (1, 1)
    assert [body["marginMode"] for body in bodies(bitget, "place-order")] == ["isolated"]


# cancelling and amending


@pytest.mark.parametrize(
    ("resting", "held"),
    [
        pytest.param(limit(), False, id="limit entry"),
        pytest.param(trigger(), False, id="trigger entry"),
        pytest.param(stop(), True, id="position stop"),
        pytest.param(stop(amount=Quantity(D("0.004"))), True, id="sized stop"),
        pytest.param(target(), True, id="target"),
    ],
)
async def test_a_cancel_by_client_id_takes_the_order_away(
    resting: Leg, held: bool, venue: BitgetVenue
) -> None:
    if held:
        await venue.place(leg("held", stop_loss=None))
    await venue.place(resting)
    await venue.cancel(resting)
    assert not [o for o in await venue.open_orders(BTC) if o.client_oid == resting.client_oid]
    gone = await venue.order(resting)
    assert gone is not None
    assert gone.status is OrderStatus.CANCELLED
    with pytest.raises(VenueRejected):
        await venue.cancel(resting)


@pytest.mark.parametrize("unknown", [limit(), trigger(), target(), stop()], ids=lambda a: a.name)
async def test_a_cancel_of_nothing_is_no_success(unknown: Leg, venue: BitgetVenue) -> None:
    with pytest.raises(VenueRejected):
        await venue.cancel(unknown)


async def test_a_stop_that_an_entry_brought_is_cancelled_by_the_venue_s_own_id(
    venue: BitgetVenue,
) -> None:
    await venue.place(leg())
    (born,) = await venue.stops(BTC)
    await venue.cancel_stop(born)
    assert await venue.stops(BTC) == ()
    with pytest.raises(VenueRejected, match="cancelled nothing"):
        await venue.cancel_stop(born)


async def test_the_venue_tells_where_it_would_liquidate(venue: BitgetVenue) -> None:
    await venue.prepare(MARKETS[0], leverage=D(10), mode=MarginMode.ISOLATED)
    await venue.place(leg())
    (position,) = await venue.positions()
    assert position.liquidation is not None
    assert D(51000) < position.liquidation < D(52000)


async def test_the_stop_of_a_resting_entry_is_changed_under_a_new_id(venue: BitgetVenue) -> None:
    resting = limit()
    amended = limit(stop_loss=Price(D(54000)), replacement=1)
    await venue.place(resting)
    await venue.amend_stop(resting, amended)
    (only,) = await venue.open_orders(BTC)
    assert (only.client_oid, only.stop_loss) == (oid("entry-1", 1), D(54000))


async def test_the_stop_of_a_trigger_entry_is_changed_in_place(venue: BitgetVenue) -> None:
    waiting = trigger()
    await venue.place(waiting)
    await venue.amend_stop(waiting, trigger(stop_loss=Price(D(54000)), replacement=1))
    (only,) = await venue.open_orders(BTC)
    assert (only.client_oid, only.stop_loss) == (waiting.client_oid, D(54000))
