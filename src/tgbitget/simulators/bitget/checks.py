"""What an order must be before the venue takes it: precision, minimum, band, sides of a stop."""

from __future__ import annotations

import re
from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ONE, ZERO, places, text
from tgbitget.simulators.bitget.markets import Contract
from tgbitget.simulators.bitget.orders import PlanKind, Side
from tgbitget.simulators.bitget.prices import Tape
from tgbitget.simulators.bitget.refusals import Refusal

CLIENT_ID = re.compile(r"[A-Za-z0-9_\-#.:/]{1,50}")


def client_id(value: str) -> None:
    if value and CLIENT_ID.fullmatch(value) is None:
        raise Refusal("40305")


def price(contract: Contract, value: Decimal, name: str = "price") -> None:
    if value <= ZERO:
        raise Refusal("43011", f"{name} <= 0")
    _scale(value, contract.price_places, name)
    if value % contract.tick:
        raise Refusal("45115", text(contract.tick))


def size(contract: Contract, value: Decimal, *, market: bool) -> None:
    if value <= ZERO:
        raise Refusal("43011", "size <= 0")
    _scale(value, contract.size_places, "size")
    if value < contract.size_min:
        raise Refusal("45111")
    if value % contract.step:
        raise Refusal("22038", text(contract.step))
    if value > (contract.market_size_max if market else contract.order_size_max):
        raise Refusal("45112")


def notional(contract: Contract, value: Decimal, at: Decimal) -> None:
    if value * at < contract.notional_min:
        raise Refusal("45110", text(contract.notional_min))


def band(contract: Contract, side: Side, value: Decimal, mark: Decimal) -> None:
    """A buy may not be far above the mark price, a sell not far below."""
    highest, lowest = mark * (ONE + contract.buy_band), mark * (ONE - contract.sell_band)
    if side is Side.BUY and value > highest:
        raise Refusal("22047", text(highest.quantize(contract.tick)))
    if side is Side.SELL and value < lowest:
        raise Refusal("22047", text(lowest.quantize(contract.tick)))


def guard(kind: PlanKind, trigger: Decimal, against: Decimal, *, long: bool) -> None:
    """A stop belongs on the losing side of the price, a target on the winning one."""
    if kind.stops_loss:
        if long and trigger >= against:
            raise Refusal("40917", text(against))
        if not long and trigger <= against:
            raise Refusal("45122", text(against))
    if kind.takes_profit:
        if long and trigger <= against:
            raise Refusal("40915", text(against))
        if not long and trigger >= against:
            raise Refusal("40832", text(against))


def presets(
    contract: Contract,
    tape: Tape,
    *,
    long: bool,
    entry: Decimal | None,
    stop: Decimal | None,
    target: Decimal | None,
) -> None:
    """Attached ones are measured against the order's own price, at market against the mark."""
    against = tape.mark if entry is None else entry
    if stop is not None:
        price(contract, stop, "presetStopLossPrice")
        guard(PlanKind.LOSS, stop, against, long=long)
    if target is not None:
        price(contract, target, "presetStopSurplusPrice")
        guard(PlanKind.PROFIT, target, against, long=long)


def _scale(value: Decimal, allowed: int, name: str) -> None:
    if places(value) > allowed:
        raise Refusal("40808", f"{name} checkBDScale error value={value} checkScale={allowed}")
