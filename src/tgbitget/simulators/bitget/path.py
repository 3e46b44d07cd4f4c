"""A price on its way: every trigger, resting order and liquidation between two prices, in order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tgbitget.simulators.bitget import liquidation, margin, matching, plans
from tgbitget.simulators.bitget.desk import Desk
from tgbitget.simulators.bitget.orders import Side, TriggerBy
from tgbitget.simulators.bitget.refusals import Refusal

STEPS_MAX = 10_000  # a path that needs more is a mistake of ours, not a market


def move(desk: Desk, symbol: str, price: Decimal, *, gap: bool = False) -> None:
    """Last goes to `price`, through everything between; with `gap` it jumps over it."""
    if price <= 0:
        raise Refusal("43011", f"price <= 0, was {price}")
    tape = desk.tape(symbol)
    with_mark = tape.mark_apart is None
    for _ in range(STEPS_MAX):
        step = None if gap else _next(desk, symbol, tape.last, price, last=True, mark=with_mark)
        tape.print(price if step is None else step, desk.now())
        _follow(desk, symbol)
        settle(desk, symbol)
        desk.note_price(symbol)
        if step is None:
            return
    raise RuntimeError(f"the price of {symbol} did not arrive at {price}")


def move_mark(desk: Desk, symbol: str, price: Decimal | None) -> None:
    """Set the mark price apart from last, or, with nothing, let it follow again."""
    tape = desk.tape(symbol)
    target = tape.last if price is None else price
    for _ in range(STEPS_MAX):
        step = _next(desk, symbol, tape.mark, target, last=False, mark=True)
        tape.mark_apart = target if step is None else step
        _follow(desk, symbol)
        settle(desk, symbol)
        if step is None:
            break
    if price is None:
        tape.mark_apart = None
    desk.note_price(symbol)


def settle(desk: Desk, symbol: str) -> None:
    """Do whatever the present price calls for, until it calls for nothing more."""
    for _ in range(STEPS_MAX):
        if not (_fire(desk, symbol) or _match(desk, symbol) or liquidation.check(desk, symbol)):
            return
    raise RuntimeError(f"{symbol} did not come to rest")


def _fire(desk: Desk, symbol: str) -> bool:
    for plan in sorted(desk.waiting(symbol), key=lambda plan: plan.sequence):
        if plans.due(desk, plan):
            plans.fire(desk, plan)
            return True
    return False


def _match(desk: Desk, symbol: str) -> bool:
    by_age = sorted(desk.resting(symbol), key=lambda order: order.sequence)
    return any(matching.make(desk, order) for order in by_age)


def _follow(desk: Desk, symbol: str) -> None:
    for plan in desk.waiting(symbol):
        plans.follow(desk, plan)


def _next(
    desk: Desk, symbol: str, start: Decimal, end: Decimal, *, last: bool, mark: bool
) -> Decimal | None:
    """The nearest price strictly between start and end at which something happens."""
    rising = end > start
    levels = [
        price
        for price, above in _levels(desk, symbol, last=last, mark=mark)
        if above == rising and (start < price < end if rising else end < price < start)
    ]
    if not levels:
        return None
    return min(levels) if rising else max(levels)


def _levels(desk: Desk, symbol: str, *, last: bool, mark: bool) -> Iterator[tuple[Decimal, bool]]:
    """Prices at which something waits, and whether it is met from below."""
    tape, tick = desk.tape(symbol), desk.contracts[symbol].tick
    for plan in desk.waiting(symbol):
        if last if plan.by is TriggerBy.LAST else mark:
            price, above = plans.level(plan)
            yield _on_tick(price, tick, up=above), above
    if last:
        for order in desk.resting(symbol):
            if order.price is not None and not order.market:
                buys = order.side is Side.BUY
                yield (order.price - tape.spread if buys else order.price), not buys
    if mark:
        for (held, _), position in desk.positions.items():
            if held == symbol and (price := margin.liquidation_price(desk, position)):
                yield _on_tick(price, tick, up=not position.long), not position.long


def _on_tick(price: Decimal, tick: Decimal, *, up: bool) -> Decimal:
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return (price / tick).to_integral_value(rounding=rounding) * tick
