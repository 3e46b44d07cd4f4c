"""Spot: sends on the order line, questions on the query line.

Bitget's spot takes no stop with an order: a leg with one is refused before it is sent. A stop is a plan order that sells
so many coins; it is changed in place.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from tgbitget.errors import EndpointMissing, OutcomeUnknown, VenueError, VenueRejected
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Price
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import Leg
from tgbitget.model.position import Holding
from tgbitget.venues import contracts, holdings, parse, spot_orders
from tgbitget.venues.ccxt_line import Row, order_id_of, rows_of
from tgbitget.venues.futures import Sender
from tgbitget.venues.inquiry import Inquiry, parsed, readable
from tgbitget.venues.listing import Listing

_PRODUCT = Product.SPOT
_PLANS = ("orderList",)


class Spot:
    def __init__(self, *, send: Sender, inquiry: Inquiry, listing: Listing) -> None:
        self._send = send
        self._inquiry = inquiry
        self._listing = listing

    # sends

    async def place(self, leg: Leg, market: Market) -> VenueOrderId:
        spot_orders.refuse(leg)
        if spot_orders.is_plan(leg):
            answer = await self._send(
                "privateSpotPostV2SpotTradePlacePlanOrder", spot_orders.plan(leg, market)
            )
        else:
            reference = leg.price
            if spot_orders.needs_reference(leg) and reference is None:
                reference = await self._last_price(leg, market)
            body = spot_orders.order(leg, market, reference=reference)
            answer = await self._send("privateSpotPostV2SpotTradePlaceOrder", body)
        return VenueOrderId(order_id_of(answer))

    async def cancel(self, leg: Leg, market: Market) -> None:
        body = spot_orders.cancel(leg, market)
        if not spot_orders.is_plan(leg):
            order_id_of(await self._send("privateSpotPostV2SpotTradeCancelOrder", body))
            return
        answer = await self._send("privateSpotPostV2SpotTradeCancelPlanOrder", body)
        if not isinstance(answer, dict) or answer.get("result") != "success":
            raise OutcomeUnknown(
                f"{leg.name}: Bitget did not say that it cancelled, was {answer!r:.100}"
            )

    async def amend_stop(self, leg: Leg, amended: Leg, market: Market) -> None:
        raise VenueRejected(
            f"NotSupported: {leg.name}: an order in {market.symbol} has no stop to change, "
            f"was {amended.stop_loss}"
        )

    async def amend_plan(self, amended: Leg) -> None:
        answer = await self._send(
            "privateSpotPostV2SpotTradeModifyPlanOrder", spot_orders.amend(amended)
        )
        if not isinstance(answer, Mapping):
            raise OutcomeUnknown(
                f"{amended.name}: Bitget did not say that it changed it, was {answer!r:.100}"
            )

    async def _last_price(self, leg: Leg, market: Market) -> Price:
        try:
            rows = rows_of(
                await self._inquiry("publicSpotGetV2SpotMarketTickers", {"symbol": market.id})
            )
        except VenueError as error:
            raise VenueRejected(
                f"{leg.name}: not sent, a market buy is sized in {market.quote} and the price "
                f"could not be learnt: {error}"
            ) from error
        quotes = [quote for quote in parsed(contracts.quote, rows) if quote is not None]
        if not quotes:
            raise VenueRejected(f"{leg.name}: not sent, {market.symbol} has no price")
        return quotes[0].ask or quotes[0].price

    # questions

    async def holdings(self) -> Mapping[str, Holding]:
        """By coin, as Bitget names it; what is not there is not held."""
        data = await self._inquiry("privateSpotGetV2SpotAccountAssets", {})
        return readable(holdings.spot_holdings, rows_of(data))

    async def order(self, leg: Leg, market: Market) -> VenueOrder | None:
        if not spot_orders.is_plan(leg):
            return await self._detail({"clientOid": leg.client_oid})
        row = await self._plan_row(leg, market)
        if row is None:
            return None
        plan = parsed(self._plan, (row,))[0]
        for born in await self._born(plan):
            child = await self._detail({"orderId": born})
            if child is not None:
                return parse.adopted(child, plan)
        return plan

    async def children(self, leg: Leg, market: Market) -> tuple[VenueOrderId, ...]:
        if not spot_orders.is_plan(leg):
            return ()
        row = await self._plan_row(leg, market)
        return () if row is None else await self._born(parsed(self._plan, (row,))[0])

    async def _born(self, plan: VenueOrder) -> tuple[VenueOrderId, ...]:
        """The order that a fired plan made: its row does not name it, as a contract's does."""
        if plan.status is not OrderStatus.FILLED:
            return ()
        asked = {"planOrderId": plan.venue_order_id}
        try:
            data = await self._inquiry.find("privateSpotGetV2SpotTradePlanSubOrder", asked)
        except EndpointMissing:
            return ()
        named = (str(row.get("orderId") or "") for row in rows_of(data))
        return tuple(VenueOrderId(order_id) for order_id in named if order_id)

    async def open_orders(self, market: Market | None) -> tuple[VenueOrder, ...]:
        one = {} if market is None else {"symbol": market.id}
        plain = await self._inquiry.pages("privateSpotGetV2SpotTradeUnfilledOrders", one)
        plans = await self._inquiry.pages(
            "privateSpotGetV2SpotTradeCurrentPlanOrder", one, keys=_PLANS
        )
        return (
            *parsed(partial(parse.open_spot_order, listing=self._listing), plain),
            *parsed(self._plan, plans),
        )

    async def history(self, market: Market | None, since: datetime) -> tuple[VenueOrder, ...]:
        one = {} if market is None else {"symbol": market.id}
        params = {**one, "startTime": str(int(since.timestamp() * 1000))}
        rows = await self._inquiry.pages("privateSpotGetV2SpotTradeHistoryOrders", params)
        return parsed(partial(parse.order, listing=self._listing, product=_PRODUCT), rows)

    async def fills(self, market: Market, since: datetime) -> tuple[Fill, ...]:
        rows = await self._inquiry.pages(
            "privateSpotGetV2SpotTradeFills",
            {"symbol": market.id},
            id_key="tradeId",
            is_enough=lambda row: parse.is_before(row, since),
        )
        read = partial(parse.fill, listing=self._listing, product=_PRODUCT, is_push=False)
        return tuple(fill for fill in parsed(read, rows) if fill.at >= since)

    def _plan(self, row: Row) -> VenueOrder:
        return parse.plan_order(row, self._listing, _PRODUCT)

    async def _detail(self, which: Row) -> VenueOrder | None:
        # An unknown order is an empty list here, not a code.
        found = await self._inquiry.find("privateSpotGetV2SpotTradeOrderInfo", which)
        rows = rows_of(found)
        if not rows:
            return None
        return parsed(partial(parse.order, listing=self._listing, product=_PRODUCT), rows)[0]

    async def _plan_row(self, leg: Leg, market: Market) -> Row | None:
        for name in (
            "privateSpotGetV2SpotTradeCurrentPlanOrder",
            "privateSpotGetV2SpotTradeHistoryPlanOrder",
        ):
            rows = await self._inquiry.pages(name, {"symbol": market.id}, keys=_PLANS)
            ours = [row for row in rows if row.get("clientOid") == leg.client_oid]
            if ours:
                return ours[0]
        return None
