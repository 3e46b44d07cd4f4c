"""The end of positions whose margin is used up."""

from __future__ import annotations

from tgbitget.simulators.bitget import entry, margin, matching
from tgbitget.simulators.bitget.decimals import ZERO
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.orders import LIQUIDATION, MarginMode, Side
from tgbitget.simulators.bitget.positions import Position


def check(desk: Desk, symbol: str) -> bool:
    """Liquidate what must be after this symbol moved; whether anything was."""
    for position in list(desk.positions.values()):
        moved = position.symbol == symbol or position.margin_mode is MarginMode.CROSSED
        if moved and _used_up(desk, position):
            _liquidate(desk, position)
            return True
    return False


def _used_up(desk: Desk, position: Position) -> bool:
    level = desk.tape(position.symbol).mark
    rate = desk.contracts[position.symbol].maintenance_rate
    if position.margin_mode is MarginMode.ISOLATED:
        left = position.margin + position.unrealised(level)
        return left <= position.maintenance(level, rate)
    return margin.cross_equity(desk) <= margin.cross_maintenance(desk)


def _liquidate(desk: Desk, position: Position) -> None:
    """Closed at the market, whatever rests there; a loss beyond the margin is the venue's."""
    symbol = position.symbol
    for order in desk.resting(symbol):
        if order.hold is position.hold:
            matching.cancel(desk, order, LIQUIDATION)
    liquidity = desk.liquidity.pop(symbol, None)
    order = entry.accept(
        desk,
        OrderRequest(
            symbol=symbol,
            side=Side.SELL if position.long else Side.BUY,
            size=position.size,
            hold=position.hold,
            closing=True,
        ),
        source=LIQUIDATION,
    )
    backing = (
        position.margin
        if position.margin_mode is MarginMode.ISOLATED
        else max(ZERO, desk.ledger.balance - margin.position_margin(desk, MarginMode.ISOLATED))
    )
    before = desk.ledger.balance
    matching.take(desk, order)
    if liquidity is not None:
        desk.liquidity[symbol] = liquidity
    lost = before - desk.ledger.balance
    if lost > backing:
        # The insurance fund pays what the margin does not.
        desk.ledger.realised += lost - backing
        desk.note_balance()
