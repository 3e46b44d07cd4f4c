"""Which take profits should stand for what is open now. Pure; no lot is lost and none is below the minimum."""

from collections.abc import Collection
from decimal import Decimal

from tgbitget.model.market import Market
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.plan import Target
from tgbitget.positions.ledger import WantedTarget

_WHOLE = Decimal(100)


def wanted_targets(
    *,
    market: Market,
    targets: tuple[Target, ...],
    reached: Collection[int],
    filled: Quantity,
    amount: Quantity,
) -> tuple[WantedTarget, ...]:
    """*filled* is what the entries filled in all, *amount* what is open now.

    Each target that was not reached gets its share of *filled*, the last one all that remains of *amount*; a part
    below the venue's minimum goes to the next target, or to the one before when there is no next. Amounts add up to
    *amount*, unless even all of it is below the minimum: then there is none, and the stop alone ends the trade.
    """
    pending = [target for target in targets if target.number not in reached]
    if not pending or not market.is_tradable(amount, pending[-1].price):
        return ()
    wanted: list[WantedTarget] = []
    remaining: Decimal = amount
    carried: Decimal = NOTHING
    for target in pending:
        share = market.quantity_down(filled * target.share_percent / _WHOLE) + carried
        is_last = target is pending[-1]
        part = Quantity(remaining if is_last else min(share, remaining))
        if part > 0 and market.is_tradable(part, target.price):
            wanted.append(WantedTarget(number=target.number, price=target.price, amount=part))
            remaining -= part
            carried = NOTHING
        else:
            carried = part
    return _with_rest(wanted, Quantity(remaining), pending[-1])


def _with_rest(
    wanted: list[WantedTarget], rest: Quantity, last: Target
) -> tuple[WantedTarget, ...]:
    if rest <= 0:
        return tuple(wanted)
    if not wanted:
        return (WantedTarget(number=last.number, price=last.price, amount=rest),)
    end = wanted[-1]
    grown = WantedTarget(number=end.number, price=end.price, amount=Quantity(end.amount + rest))
    return (*wanted[:-1], grown)
