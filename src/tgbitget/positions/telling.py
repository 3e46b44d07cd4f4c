"""A fill that was counted is written down and told, with what it means for its trade."""

from dataclasses import replace

from loguru import logger

from tgbitget.model.event import Filled, Warned
from tgbitget.model.ids import ClientOrderId
from tgbitget.model.market import short_symbol
from tgbitget.model.money import exact
from tgbitget.model.order import Fill
from tgbitget.model.plan import Role
from tgbitget.positions.coins import is_gone
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger

_ENDS = {Role.STOP: "stop reached", Role.CLOSE: "closed at market"}
_BY_HAND = "closed by hand at the exchange"
_GONE = "coins of it left the account, sold or moved by hand"


async def tell(desk: Desk, ledger: Ledger, fill: Fill) -> None:
    signal, role = ledger.plan.signal, ledger.role_of(fill)
    if fill.is_forced:
        _alarm(desk, ledger, fill)
    elif is_gone(fill):
        ledger.causes.append(_GONE)
    elif role is Role.CLOSE and not ledger.ordered(fill):
        ledger.causes.append(_BY_HAND)
    elif ledger.is_flat_again and role in _ENDS:
        ledger.causes.append(_ENDS[role])
    await desk.record.fill(signal, _named(ledger, fill))
    desk.publish(
        Filled(
            signal=signal,
            client_oid=ledger.cause_of(fill) or ClientOrderId(""),
            amount=fill.amount,
            price=fill.price,
            fee=fill.fee,
            role=str(role),
            fee_coin=fill.fee_coin,
        )
    )


def _named(ledger: Ledger, fill: Fill) -> Fill:
    """By the order of ours out of which the venue made the one that filled; an attached stop is no fill of its entry."""
    oid = ledger.cause_of(fill)
    if oid is None or not ledger.ordered(fill) or ledger.leg(oid).role is not ledger.role_of(fill):
        return fill
    return replace(fill, client_oid=oid)


def _alarm(desk: Desk, ledger: Ledger, fill: Fill) -> None:
    plan = ledger.plan
    ledger.causes.append("LIQUIDATED")
    text = (
        f"{plan.side} {short_symbol(plan.market.symbol)}: Bitget liquidated {exact(fill.amount)} "
        f"at {exact(fill.price)}; nobody ordered it"
    )
    logger.error("{}", text)
    desk.publish(Warned(text=text, signal=plan.signal, is_urgent=True))
