"""USDT futures: sends on the order line, questions on the query line."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from functools import partial

from loguru import logger

from tgbitget.errors import (
    EndpointMissing,
    OutcomeUnknown,
    VenueError,
    VenueRejected,
    VenueThrottled,
)
from tgbitget.model.funding import Funding
from tgbitget.model.ids import ID_PREFIX, VenueOrderId
from tgbitget.model.intent import MarginMode
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Quantity
from tgbitget.model.order import Fill, OrderStatus, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import VenuePosition, VenueStop
from tgbitget.venues import holdings, identity, orders, parse
from tgbitget.venues.ccxt_errors import (
    MARGIN_MODE_IS_FIXED,
    NO_POSITION,
    WRONG_HOLD_MODE,
    item_error,
)
from tgbitget.venues.ccxt_line import Line, Row, order_id_of, rows_of
from tgbitget.venues.holdings import Setting
from tgbitget.venues.inquiry import Inquiry, parsed, readable
from tgbitget.venues.listing import Listing
from tgbitget.venues.margin import MarginSettings
from tgbitget.venues.orders import MARGIN_COIN, PRODUCT_TYPE, Endpoint, Terms
from tgbitget.venues.pacing import Pacing

Sender = Callable[[str, Row], Awaitable[object]]
"""One signed request on the order line: CCXT's name of the endpoint, and the body."""

_PLACE = {
    Endpoint.ORDER: "privateMixPostV2MixOrderPlaceOrder",
    Endpoint.PLAN: "privateMixPostV2MixOrderPlacePlanOrder",
    Endpoint.GUARD: "privateMixPostV2MixOrderPlaceTpslOrder",
}
_PRODUCT = Product.USDT_FUTURES
_WRONG_ABOUT_THE_ACCOUNT = frozenset({WRONG_HOLD_MODE, MARGIN_MODE_IS_FIXED})
_ALL = {"productType": PRODUCT_TYPE}
_GUARDS = "profit_loss"
_PLAN_LISTS = (orders.PlanType.TRIGGER.value, _GUARDS)  # trailing entries are never ours
_LIST = ("entrustedList",)
_CANCEL_PLAN = "privateMixPostV2MixOrderCancelPlanOrder"
_FUNDING_BILLS = "contract_settle_fee"


class Futures:
    def __init__(
        self,
        *,
        line: Line,
        send: Sender,
        inquiry: Inquiry,
        listing: Listing,
        pacing: Pacing,
    ) -> None:
        self._send = send
        self._inquiry = inquiry
        self._listing = listing
        self._margin = MarginSettings(line, inquiry, pacing)
        self.is_hedged = False

    async def setting(self, market: Market) -> Setting:
        return await self._margin.setting(market)

    async def learn_setting(self, market: Market) -> None:
        await self._margin.learn(market)

    # sends

    async def prepare(self, market: Market, *, leverage: Decimal, mode: MarginMode) -> None:
        try:
            await self._margin.prepare(
                market, leverage=leverage, mode=mode, is_hedged=self.is_hedged
            )
        except VenueRejected:
            # A leverage is set by side in hedge mode only; somebody may have changed the mode.
            if not await self._learn_again(market):
                raise
            await self._margin.prepare(
                market, leverage=leverage, mode=mode, is_hedged=self.is_hedged
            )

    async def place(self, leg: Leg, market: Market) -> VenueOrderId:
        endpoint = orders.endpoint_of(leg)
        body = await self._body(leg, market, endpoint)
        try:
            answer = await self._send(_PLACE[endpoint], body)
        except VenueRejected as error:
            if error.code not in _WRONG_ABOUT_THE_ACCOUNT:
                raise
            if not await self._learn_again(market):
                raise
            # What was refused was our idea of the account; the right one may be sent as if for the first time.
            raise VenueThrottled(str(error), code=error.code, retry_after_seconds=0.0) from error
        return VenueOrderId(order_id_of(answer))

    async def _learn_again(self, market: Market) -> bool:
        """Whether the account is set otherwise than we believed: hold mode, or the market's margin mode."""
        believed = (self.is_hedged, await self._margin.mode(market))
        self._margin.forget(market)
        self.is_hedged = await identity.learn_hold_mode(self._inquiry, otherwise=self.is_hedged)
        learnt = (self.is_hedged, await self._margin.mode(market))
        if learnt != believed:
            logger.warning("Bitget's account is set otherwise than believed: {}", learnt)
        return learnt != believed

    async def _body(self, leg: Leg, market: Market, endpoint: Endpoint) -> Row:
        match endpoint:
            case Endpoint.ORDER:
                orders.refuse_locking(leg, is_hedged=self.is_hedged)
                terms = await self._terms(market)
                amount = leg.amount or await self._held(leg)
                return orders.futures_order(leg, market, terms, amount=amount)
            case Endpoint.PLAN:
                return orders.futures_plan(leg, market, await self._terms(market))
            case Endpoint.GUARD:
                return orders.futures_guard(leg, market, self._guard_terms())

    async def cancel(self, leg: Leg, market: Market) -> None:
        body = orders.futures_cancel(leg, market)
        if orders.endpoint_of(leg) is Endpoint.ORDER:
            order_id_of(await self._send("privateMixPostV2MixOrderCancelOrder", body))
            return
        answer = await self._send(_CANCEL_PLAN, body)
        if rows_of(answer, "successList"):
            return
        if leg.role is Role.ENTRY and await self._cancelled_child(leg, market):
            return
        raise _refused_cancel(leg.name, answer)

    async def cancel_stop(self, stop: VenueStop, market: Market) -> None:
        answer = await self._send(_CANCEL_PLAN, orders.futures_cancel_stop(stop, market))
        if not rows_of(answer, "successList"):
            raise _refused_cancel(f"stop {stop.venue_order_id}", answer)

    async def _cancelled_child(self, leg: Leg, market: Market) -> bool:
        """A trigger that fired is no plan order any more; the order that it bore may rest, and is cancelled."""
        try:
            born = await self.children(leg, market)
        except VenueError as error:
            raise OutcomeUnknown(f"{leg.name}: not known if it fired: {error}") from error
        for child in born:
            body = {**orders.contract(market), "orderId": child}
            order_id_of(await self._send("privateMixPostV2MixOrderCancelOrder", body))
        return bool(born)

    async def amend_stop(self, leg: Leg, amended: Leg, market: Market) -> None:
        body = orders.futures_amend(leg, amended, market)
        if orders.endpoint_of(leg) is Endpoint.PLAN:
            await self._send("privateMixPostV2MixOrderModifyPlanOrder", body)
        else:
            await self._send("privateMixPostV2MixOrderModifyOrder", body)

    async def _terms(self, market: Market) -> Terms:
        mode = await self._margin.mode(market)
        return Terms(is_hedged=self.is_hedged, margin_mode=mode)

    def _guard_terms(self) -> Terms:
        # Stops of a position name no margin mode.
        return Terms(is_hedged=self.is_hedged, margin_mode=MarginMode.CROSS)

    async def _held(self, leg: Leg) -> Quantity:
        """The size of the whole position that a close without an amount takes."""
        try:
            rows = await self._position_rows()
        except VenueError as error:
            raise OutcomeUnknown(
                f"{leg.name}: not sent, the position's size could not be learnt: {error}"
            ) from error
        for row in rows:
            position = holdings.position(row, self._listing)
            if position and (position.symbol, position.side) == (leg.symbol, leg.position_side):
                free = parse.number(row.get("available"))
                # In hedge mode what other closing orders hold cannot be closed; in one-way mode those orders give way.
                return Quantity(free) if free and position.is_hedged else position.amount
        raise VenueRejected(
            f"{leg.name}: there is no {leg.position_side} position in {leg.symbol} to close",
            code=NO_POSITION,
        )

    # questions

    async def equity(self) -> tuple[Decimal, Decimal]:
        """Equity and what is available, in USDT."""
        try:
            rows = rows_of(await self._inquiry("privateMixGetV2MixAccountAccounts", _ALL))
        except EndpointMissing:
            # The account of one symbol says the same.
            one = await self._inquiry("privateMixGetV2MixAccountAccount", identity.ACCOUNT_OF_ANY)
            rows = rows_of([one])
        return readable(holdings.futures_equity, rows)

    async def order(self, leg: Leg, market: Market) -> VenueOrder | None:
        if orders.endpoint_of(leg) is Endpoint.ORDER:
            return await self._detail(market, {"clientOid": leg.client_oid})
        row = await self._plan_row(leg, market)
        if row is None:
            return None
        plan = parsed(self._plan, (row,))[0]
        return await self._born_of(plan, row, market) or plan

    async def children(self, leg: Leg, market: Market) -> tuple[VenueOrderId, ...]:
        if orders.endpoint_of(leg) is not Endpoint.ORDER:
            row = await self._plan_row(leg, market)
            born = "" if row is None else str(row.get("executeOrderId") or "")
            return (VenueOrderId(born),) if born else ()
        if leg.stop_loss is None:
            return ()
        live = tuple(
            stop.venue_order_id for stop in await self.stops(market) if _is_preset(stop, leg)
        )
        return (*live, *await self._fired_presets(leg, market))

    async def _fired_presets(self, leg: Leg, market: Market) -> tuple[VenueOrderId, ...]:
        """The orders that the leg's attached stop became when it triggered."""
        params = {**_ALL, "symbol": market.id, "planType": _GUARDS}
        name = "privateMixGetV2MixOrderOrdersPlanHistory"
        rows = [
            row
            for row in rows_of(await self._inquiry.find(name, params), *_LIST)
            if row.get("executeOrderId")
        ]
        ended = parsed(partial(parse.stop, listing=self._listing), rows)
        return tuple(
            VenueOrderId(str(row["executeOrderId"]))
            for row, stop in zip(rows, ended, strict=True)
            if _is_preset(stop, leg)
        )

    async def open_orders(self, market: Market | None) -> tuple[VenueOrder, ...]:
        one = _only(market)
        plain = await self._inquiry.pages(
            "privateMixGetV2MixOrderOrdersPending", {**_ALL, **one}, keys=_LIST
        )
        found = list(parsed(partial(parse.order, listing=self._listing, product=_PRODUCT), plain))
        for kind in _PLAN_LISTS:
            found.extend(parsed(self._plan, await self._pending_plans(kind, one)))
        return tuple(found)

    async def history(self, market: Market | None, since: datetime) -> tuple[VenueOrder, ...]:
        params = {
            **_ALL,
            **_only(market),
            "startTime": str(int(since.timestamp() * 1000)),
        }
        rows = await self._inquiry.pages("privateMixGetV2MixOrderOrdersHistory", params, keys=_LIST)
        return parsed(partial(parse.order, listing=self._listing, product=_PRODUCT), rows)

    async def stops(self, market: Market | None) -> tuple[VenueStop, ...]:
        rows = await self._pending_plans(_GUARDS, _only(market))
        return parsed(partial(parse.stop, listing=self._listing), rows)

    async def positions(self) -> tuple[VenuePosition, ...]:
        rows = await self._position_rows()
        found = parsed(partial(holdings.position, listing=self._listing), rows)
        return tuple(position for position in found if position is not None)

    async def fills(self, market: Market, since: datetime) -> tuple[Fill, ...]:
        rows = await self._inquiry.pages(
            "privateMixGetV2MixOrderFills",
            {**_ALL, "symbol": market.id},
            keys=("fillList",),
            id_key="tradeId",
            is_enough=lambda row: parse.is_before(row, since),
        )
        read = partial(parse.fill, listing=self._listing, product=_PRODUCT, is_push=False)
        return tuple(fill for fill in parsed(read, rows) if fill.at >= since)

    async def funding(self, market: Market | None, since: datetime) -> tuple[Funding, ...]:
        params = {
            **_ALL,
            "businessType": _FUNDING_BILLS,
            "startTime": str(int(since.timestamp() * 1000)),
        }
        rows = await self._inquiry.pages(
            "privateMixGetV2MixAccountBill", params, keys=("bills",), id_key="billId"
        )
        found = parsed(partial(parse.funding, listing=self._listing), rows)
        return tuple(one for one in found if market is None or one.symbol == market.symbol)

    def _plan(self, row: Row) -> VenueOrder:
        return parse.plan_order(row, self._listing, _PRODUCT)

    async def _detail(self, market: Market, which: Row) -> VenueOrder | None:
        row = await self._inquiry.find(
            "privateMixGetV2MixOrderDetail", {**_ALL, "symbol": market.id, **which}
        )
        if not row:
            return None
        return parsed(partial(parse.order, listing=self._listing, product=_PRODUCT), (row,))[0]

    async def _plan_row(self, leg: Leg, market: Market) -> Row | None:
        """Among the waiting, then among those that ended."""
        is_guard = orders.endpoint_of(leg) is Endpoint.GUARD
        params = {
            **_ALL,
            "symbol": market.id,
            "planType": _GUARDS if is_guard else orders.PlanType.TRIGGER.value,
            "clientOid": leg.client_oid,
        }
        for name in (
            "privateMixGetV2MixOrderOrdersPlanPending",
            "privateMixGetV2MixOrderOrdersPlanHistory",
        ):
            rows = rows_of(await self._inquiry.find(name, params), *_LIST)
            ours = [row for row in rows if row.get("clientOid") == leg.client_oid]
            if ours:
                return ours[0]
        return None

    async def _born_of(self, plan: VenueOrder, row: Row, market: Market) -> VenueOrder | None:
        """What a triggered plan bore, told under the plan's client id, with the plan as its parent."""
        born = row.get("executeOrderId")
        if plan.status is not OrderStatus.FILLED or not born:
            return None
        child = await self._detail(market, {"orderId": str(born)})
        return None if child is None else parse.adopted(child, plan)

    async def _pending_plans(self, kind: str, one: Row) -> tuple[Row, ...]:
        return await self._inquiry.pages(
            "privateMixGetV2MixOrderOrdersPlanPending",
            {**_ALL, **one, "planType": kind},
            keys=_LIST,
        )

    async def _position_rows(self) -> tuple[Row, ...]:
        return rows_of(
            await self._inquiry(
                "privateMixGetV2MixPositionAllPosition", {**_ALL, "marginCoin": MARGIN_COIN}
            ),
            "list",
        )


def _refused_cancel(name: str, answer: object) -> VenueError:
    """Of an id or a kind that it does not know Bitget says nothing at all."""
    for failure in rows_of(answer, "failureList"):
        code = failure.get("errorCode")
        return item_error(None if code is None else str(code), str(failure.get("errorMsg")))
    return VenueRejected(f"{name}: Bitget cancelled nothing, it has no such plan order")


def _is_preset(stop: VenueStop, leg: Leg) -> bool:
    """Bitget names no parent: what a preset bore is known by its side and price, and by no client id of ours."""
    return (
        stop.trigger_price == leg.stop_loss
        and stop.position_side is leg.position_side
        and not str(stop.client_oid or "").startswith(ID_PREFIX)
    )


def _only(market: Market | None) -> Row:
    return {} if market is None else {"symbol": market.id}
