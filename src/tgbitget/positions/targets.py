"""Which take profits should stand for what is open now. Pure; no lot is lost and none is below the minimum."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from tgbitget.model.market import Market
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.plan import OrderPlan, Target
from tgbitget.positions.ledger import WantedTarget

_WHOLE = Decimal(100)
_PRECISION = Decimal("1e-16")  # far below any lot

Amounts = Mapping[int, Quantity]
"""By a target's number."""

_NONE: Amounts = MappingProxyType({})


def wanted_targets(
    *,
    market: Market,
    targets: tuple[Target, ...],
    reached: Collection[int],
    filled: Quantity,
    amount: Quantity,
    taken: Amounts = _NONE,
    begun: Amounts = _NONE,
) -> tuple[WantedTarget, ...]:
    """*filled* is what the entries filled in all, *amount* what is open now, *taken* what each target has sold of it.

    *begun* are orders that have filled in part or trail already, with what is left of each: they are left alone, as
    long as they close no more than is open. Each other target that was not reached gets its share of *filled*, or of
    what is left where a part was closed otherwise, the last one all that remains of *amount*; a part below the venue's
    minimum goes to the next target, or to the one before when there is no next. Amounts add up to *amount*, unless even all of it is below the minimum: then there is
    none, and the stop alone ends the trade. Where all were reached, the last one takes what an entry opened since.
    """
    pending = [target for target in targets if target.number not in reached] or targets[-1:]
    kept = {t.number: begun[t.number] for t in pending if t.number in begun}
    parts = _parts(market, pending, kept, filled, amount, taken)
    if kept and _sum(parts.values()) != amount:
        parts = _parts(market, pending, {}, filled, amount, taken)
    return tuple(
        WantedTarget(number=target.number, price=target.price, amount=parts[target.number])
        for target in pending
        if target.number in parts
    )


def without_order(plan: OrderPlan) -> tuple[int, ...]:
    """Places of the targets, from 1, whose parts go to others because the venue takes none so small, when all of *plan*
    fills. One without a share was asked to have none."""
    wanted = wanted_targets(
        market=plan.market,
        targets=plan.targets,
        reached=(),
        filled=plan.amount,
        amount=plan.amount,
    )
    placed = {target.number for target in wanted}
    return tuple(
        place
        for place, target in enumerate(plan.targets, start=1)
        if target.share_percent and target.number not in placed
    )


def _parts(
    market: Market,
    pending: Sequence[Target],
    kept: Amounts,
    filled: Quantity,
    amount: Quantity,
    taken: Amounts,
) -> dict[int, Quantity]:
    free = amount - _sum(kept.values())
    others = [target for target in pending if target.number not in kept]
    parts = {**kept, **_shared(market, others, filled, free, taken)}
    _add_rest(market, pending, parts, amount - _sum(parts.values()))
    return parts


def _shared(
    market: Market, targets: Sequence[Target], filled: Quantity, free: Decimal, taken: Amounts
) -> dict[int, Quantity]:
    """In the order of the targets; what is too small for one is carried to the next."""
    due = {t.number: _due(t, filled, taken) for t in targets}
    every = _sum(due.values())
    # A close outside of the targets is taken from all of them alike: the later ones are not starved.
    scale = min(Decimal(1), free / every) if every else Decimal(1)
    parts: dict[int, Quantity] = {}
    carried: Decimal = NOTHING
    for target in targets:
        own = _exact(due[target.number] * scale) + carried
        part = Quantity(free if target is targets[-1] else min(market.quantity_down(own), free))
        if part > 0 and market.is_tradable(part, target.price):
            parts[target.number] = part
            free -= part
            carried = own - part if carried else NOTHING
        else:
            carried = own
    return parts


def _due(target: Target, filled: Quantity, taken: Amounts) -> Quantity:
    """Its share of all that filled, but for what it sold already."""
    share = filled * target.share_percent / _WHOLE
    return Quantity(max(NOTHING, share - taken.get(target.number, NOTHING)))


def _exact(part: Decimal) -> Decimal:
    """A third of three lots is one lot, whatever the last digit says."""
    return part.quantize(_PRECISION)


def _add_rest(
    market: Market, pending: Sequence[Target], parts: dict[int, Quantity], rest: Decimal
) -> None:
    """What is left over goes to the last that has a part."""
    heirs = [target for target in pending if target.number in parts] or list(pending[-1:])
    if rest > 0 and heirs:
        grown = Quantity(parts.get(heirs[-1].number, NOTHING) + rest)
        if market.is_tradable(grown, heirs[-1].price):
            parts[heirs[-1].number] = grown


def _sum(parts: Collection[Quantity]) -> Decimal:
    return sum(parts, Decimal(0))
