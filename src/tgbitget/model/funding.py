"""What holding a position has cost or brought, as the venue bills it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """One line of the bill: `amount` in quote coin, below 0 when it was paid. Which side held, the venue does not say."""

    bill_id: str
    symbol: str
    amount: Decimal
    at: datetime
