"""An order comes in: it is checked, given its ids, written down, and meets the market."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tgbitget.simulators.bitget import checks, margin, matching
from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import (
    Force,
    Hold,
    HoldMode,
    MarginMode,
    Order,
    Side,
    TriggerBy,
)
from tgbitget.simulators.bitget.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """`side` is the direction traded; `hold` names the position, `closing` that it reduces it."""

    symbol: str
    side: Side
    size: Decimal
    hold: Hold = Hold.NET
    closing: bool = False
    price: Decimal | None = None  # nothing: at market
    force: Force = Force.GTC
    margin_mode: MarginMode | None = None  # nothing: as the symbol is set
    client_id: str = ""
    stop: Decimal | None = None
    stop_execute: Decimal | None = None
    target: Decimal | None = None
    target_execute: Decimal | None = None
    trigger_by: TriggerBy | None = None

    @property
    def market(self) -> bool:
        return self.price is None

    @property
    def long_side(self) -> bool:
        return (self.side is Side.BUY) != self.closing


def place(desk: Desk, request: OrderRequest) -> Order:
    """Accept an order or raise a Refusal."""
    check(desk, request)
    order = accept(desk, request)
    matching.take(desk, order)
    return order


def check(desk: Desk, request: OrderRequest) -> None:
    contract, tape = desk.contract(request.symbol), desk.tape(request.symbol)
    checks.client_id(request.client_id)
    _modes(desk, request)
    checks.size(contract, request.size, market=request.market)
    if request.price is not None:
        checks.price(contract, request.price)
        if desk.rules.price_band and not request.closing:
            checks.band(contract, request.side, request.price, tape.mark)
    checks.presets(
        contract,
        tape,
        long=request.long_side,
        entry=request.price,
        stop=request.stop,
        target=request.target,
    )
    if request.closing:
        _closable(desk, request)
        return
    if contract.row["symbolStatus"] != "normal":
        raise Refusal("45119")
    checks.notional(contract, request.size, request.price or tape.last)


def accept(desk: Desk, request: OrderRequest, source: str = "normal") -> Order:
    """Write it down; money is looked at last, when the rest is in order."""
    identity = desk.next_id()
    size = request.size
    if request.closing and (position := desk.position(request.symbol, request.hold)):
        size = min(size, position.size)
    order = Order(
        id=identity,
        client_id=request.client_id or identity,
        symbol=request.symbol,
        side=request.side,
        hold=request.hold,
        closing=request.closing,
        market=request.market,
        force=request.force,
        size=size,
        price=request.price,
        margin_mode=desk.settings_of(request.symbol).margin_mode,
        leverage=desk.settings_of(request.symbol).leverage(long=request.long_side),
        created_at=desk.now(),
        updated_at=desk.now(),
        stop=request.stop,
        stop_execute=request.stop_execute,
        target=request.target,
        target_execute=request.target_execute,
        trigger_by=request.trigger_by,
        source=source,
        sequence=desk.count,
    )
    price = order.price if order.price is not None else desk.tape(order.symbol).ask
    needed = margin.cost(desk, order, price)
    if needed and needed > margin.free(desk):
        raise Refusal("40762")
    if request.client_id:
        desk.claim(request.client_id, identity)
    if order.closing and desk.hold_mode is HoldMode.ONE_WAY and not order.market:
        matching.trim_closers(desk, order.symbol, room_for=order.size)
    desk.note_order(order)
    return order


def _modes(desk: Desk, request: OrderRequest) -> None:
    hedged = request.hold is not Hold.NET
    if hedged != (desk.hold_mode is HoldMode.HEDGE):
        raise Refusal("40774")
    wanted = request.margin_mode
    if wanted is not None and wanted is not desk.settings_of(request.symbol).margin_mode:
        raise Refusal("45117")


def _closable(desk: Desk, request: OrderRequest) -> None:
    position = desk.position(request.symbol, request.hold)
    if position is None or position.long != request.long_side:
        raise Refusal("22002")
    if desk.hold_mode is HoldMode.ONE_WAY:
        return
    locked = sum(
        (o.remaining for o in desk.resting(request.symbol) if o.closing and o.hold is request.hold),
        ZERO,
    )
    if request.size > position.size - locked and not request.market:
        raise Refusal("40754")
