"""What the account was billed beside its trades: funding, a line for each position and time it fell due."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

FUNDING = "contract_settle_fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """`amount` is below zero when it was paid; `balance` is the account's after it."""

    id: str
    symbol: str
    amount: Decimal
    balance: Decimal
    at: int
