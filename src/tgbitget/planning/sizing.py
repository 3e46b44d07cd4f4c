"""How much: the four kinds of size, over all entries, in parts that the venue takes. Pure.

No part and no sum is ever above what was asked. A size computed from the equity is capped by `position_quote_max`,
for a near stop would make it any size; one that the owner wrote is refused there instead (`planning.limits`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tgbitget.model.market import Market
from tgbitget.model.money import Price, Quantity, exact
from tgbitget.model.plan import OrderType, Refused
from tgbitget.planning.entries import Rung
from tgbitget.planning.splits import Weights, hand_over, split_whole
from tgbitget.profile import SizeSection

_WHOLE = Decimal(100)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent, and what one coin of each entry takes from it."""

    most: Decimal
    cost: tuple[Decimal, ...]

    def allows(self, parts: Sequence[Quantity]) -> bool:
        spent = (part * cost for part, cost in zip(parts, self.cost, strict=True))
        return sum(spent, Decimal(0)) <= self.most

    def steps(self, of: Weights, step: Decimal) -> int:
        """How many whole steps it buys in all, shared as *of* says."""
        shares = zip(self.cost, of, strict=True)
        each = sum((Fraction(cost) * weight for cost, weight in shares), Fraction(0))
        return int(Fraction(self.most) / each / Fraction(step))

    def without(self, index: int) -> "Budget":
        return Budget(most=self.most, cost=self.cost[:index] + self.cost[index + 1 :])


def budgets(
    *,
    section: SizeSection,
    market: Market,
    entries: Sequence[Rung],
    stop: Price,
    equity: Decimal | None,
    quote_max: Decimal | None,
    is_rehearsal: bool,
) -> tuple[Budget, ...] | Refused:
    """What the amounts must keep within, all of it.

    *quote_max* is what `position_quote_max` leaves, None without one. Where the equity is not known, a rehearsal
    takes that cap as the size: the most that this profile would trade; a trade to be sent is refused.
    """
    notional = tuple(rung.dearest for rung in entries)
    cap = () if quote_max is None else (Budget(most=quote_max, cost=notional),)
    match section.kind:
        case "fixed_quote":
            return (Budget(most=section.value, cost=notional),)
        case "fixed_base":
            coins = section.value / market.multiplier
            return (Budget(most=coins, cost=(_ONE,) * len(entries)),)
        case "equity_percent" | "risk_percent" if equity is None:
            if is_rehearsal and cap:
                return cap
            return Refused(
                rule="size", reason=f"{section.kind} needs the account's equity, which is not known"
            )
        case "equity_percent":
            assert equity is not None
            return (Budget(most=equity * section.value / _WHOLE, cost=notional), *cap)
        case "risk_percent":
            assert equity is not None
            loss = tuple(abs((rung.expected or rung.dearest) - stop) for rung in entries)
            return (Budget(most=equity * section.value / _WHOLE, cost=loss), *cap)


def amounts(
    *, market: Market, entries: Sequence[Rung], within: Sequence[Budget]
) -> tuple[Quantity | None, ...] | Refused:
    """The amount of each entry, None for one whose part went to a neighbour because the venue takes none so small.

    Refused when even all of it in one order is below the venue's minimum, or a part above its maximum.
    """
    if any(budget.most <= 0 for budget in within):
        return Refused(
            rule="size", reason=f"{exact(min(b.most for b in within))} leaves nothing to trade with"
        )
    kept = list(range(len(entries)))
    of = _normal(tuple(rung.weight for rung in entries))
    while True:
        parts = _parts(market, of, within)
        small = [
            i for i, part in enumerate(parts) if not _is_tradable(market, entries[kept[i]], part)
        ]
        if not small:
            break
        if len(kept) == 1:
            return _below_minimum(market, entries[kept[0]], parts[0])
        least = min(reversed(small), key=lambda i: of[i])
        of = hand_over(of, least)
        within = [budget.without(least) for budget in within]
        del kept[least]
    taken = dict(zip(kept, parts, strict=True))
    return _above_maximum(market, entries, taken) or tuple(
        taken.get(i) for i in range(len(entries))
    )


def _parts(market: Market, of: Weights, within: Sequence[Budget]) -> tuple[Quantity, ...]:
    """As much as every budget allows. Where rounding to steps favours a dear entry, it is a step less in all."""
    steps = min(budget.steps(of, market.step) for budget in within)
    while True:
        parts = tuple(Quantity(count * market.step) for count in split_whole(steps, of))
        if all(budget.allows(parts) for budget in within):
            return parts
        steps -= 1


def _is_tradable(market: Market, rung: Rung, part: Quantity) -> bool:
    """At the lowest price that the venue may judge it by. Some markets state no minimum: nothing is still no order."""
    known = (rung.price, rung.trigger_price, rung.expected)
    lowest = min((price for price in known if price is not None), default=rung.dearest)
    return part > 0 and market.is_tradable(part, lowest)


def _normal(of: Weights) -> Weights:
    total = sum(of, Fraction(0))
    return tuple(weight / total for weight in of)


def _below_minimum(market: Market, rung: Rung, part: Quantity) -> Refused:
    price = rung.price or rung.expected or rung.dearest
    return Refused(
        rule="minimum",
        reason=f"{exact(part)} {market.base} at {exact(price)} is below the minimum of {market.id}: "
        f"{exact(market.min_quantity)} {market.base} and {exact(market.min_notional)} {market.quote}",
    )


def _above_maximum(
    market: Market, entries: Sequence[Rung], taken: dict[int, Quantity]
) -> Refused | None:
    for index, part in taken.items():
        is_market = entries[index].type is OrderType.MARKET
        most = market.max_market_quantity if is_market else market.max_limit_quantity
        if most is not None and part > most:
            return Refused(
                rule="maximum",
                reason=f"{exact(part)} {market.base} in one order of {market.id}, {exact(most)} allowed",
            )
    return None
