"""What a trade loses when its stop is hit: what is open, and what its resting entries may still open. Pure."""

from decimal import Decimal

from tgbitget.model.money import Notional, Price
from tgbitget.model.plan import Leg, Role
from tgbitget.positions.ledger import Ledger


def at_risk(ledger: Ledger) -> Notional:
    """Fees and slippage aside; a stop that has moved into profit loses nothing."""
    return ledger.once("at_risk", lambda: _at_risk(ledger))


def _at_risk(ledger: Ledger) -> Notional:
    open_loss = Decimal(0)
    if ledger.entry is not None:
        open_loss = ledger.amount * _loss(ledger, ledger.entry)
    resting = (_left(ledger, leg) * _loss(ledger, _price(ledger, leg)) for leg in _entries(ledger))
    return Notional(max(Decimal(0), open_loss) + sum(resting, Decimal(0)))


def _entries(ledger: Ledger) -> list[Leg]:
    return ledger.standing(Role.ENTRY)


def _left(ledger: Ledger, leg: Leg) -> Decimal:
    return (leg.amount or Decimal(0)) - ledger.filled_by(leg)


def _price(ledger: Ledger, leg: Leg) -> Price:
    """An order at market fills at about what its notional was reckoned with."""
    return leg.price or leg.trigger_price or Price(ledger.notional / ledger.plan.amount)


def _loss(ledger: Ledger, entry: Price) -> Decimal:
    return max(Decimal(0), (entry - ledger.stop) * ledger.plan.side.sign)
