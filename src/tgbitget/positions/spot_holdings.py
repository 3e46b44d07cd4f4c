"""Which of the coins in the account belong to which trade. Pure.

An account holds coins that nobody here bought: they are the owner's, and no trade's. So nothing follows from there being
more than our trades hold; where there is less, the trade that was opened last gives first.
"""

from collections.abc import Iterable, Mapping

from tgbitget.model.ids import SignalId
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.position import Account, Holding

NO_COINS = Holding(total=NOTHING, available=NOTHING)


def shares(trades: Iterable[tuple[SignalId, Quantity]], held: Quantity) -> dict[SignalId, Quantity]:
    """How much of *held* is each trade's; *trades*, oldest first, with what each should have."""
    left = held
    found: dict[SignalId, Quantity] = {}
    for signal, amount in trades:
        found[signal] = Quantity(min(amount, left))
        left = Quantity(left - found[signal])
    return found


def money(user_id: str, quote: str, held: Mapping[str, Holding]) -> Account:
    """What can be spent on spot: the quote coin alone. Coins held are not valued."""
    purse = held.get(quote.upper(), NO_COINS)
    return Account(user_id=user_id, equity=purse.total, available=purse.available, is_hedged=False)
