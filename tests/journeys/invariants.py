"""What must be true at a journey's end, by the exchange's own log: no entry twice, nothing left, nothing unguarded."""

from collections import Counter
from decimal import Decimal

from journeys.coin import Coin
from journeys.lines import Lines, Posted
from tgbitget.positions.keeper import WATCH_SECONDS

ROUND_TRIP_SECONDS = 1.0  # of a busy machine

FINAL = frozenset({"closed", "cancelled", "failed"})


def check_one_entry_per_leg(*coins: Coin) -> None:
    """At most one live or filled entry under each client id, and each of them ours."""
    for coin in coins:
        taken = Counter(order.client_id for order in coin.entries if order.live or order.filled)
        assert max(taken.values(), default=0) <= 1, f"{coin.base}: {taken}"
        assert all(oid.startswith("tg") for oid in taken), f"{coin.base}: {taken}"


def check_one_order_per_target(coin: Coin) -> None:
    """No price has two live targets, and together they take no more than is open."""
    targets = [plan for plan in coin.plans if plan.kind.takes_profit]
    assert len({plan.trigger for plan in targets}) == len(targets)
    assert sum((plan.size or Decimal(0) for plan in targets), Decimal(0)) <= coin.size


async def agrees(lines: Lines, post: Posted, coin: Coin) -> None:
    """What the trade is told to be comes to be what the venue has."""
    await lines.until(
        lambda: Decimal(lines.trade(post)["amount"]) == coin.size, "the trade to be as the venue's"
    )
    if lines.state(post) in FINAL:
        assert coin.is_flat, f"{post.signal} is over, left are {coin.plans} {coin.resting}"


def check_guarded(*coins: Coin, within: float = 0.0) -> None:
    for coin in coins:
        seconds = coin.unguarded_seconds
        assert seconds <= within, f"{coin.base} stood {seconds} s without a stop"


WATCHED = WATCH_SECONDS + ROUND_TRIP_SECONDS
"""How long a stop may be missing after a fault that only the watch can see."""
