"""Every limit at its bound: what happens, a number that refuses it and the next one that allows it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from planning.samples import NOON, account, post, quote, situation, trade
from tgbitget.model.ids import SignalId
from tgbitget.model.money import Notional
from tgbitget.model.trade import Trade, TradeState
from tgbitget.profile import LimitsSection

LIMITS = tuple(LimitsSection.model_fields)
OFF: dict[str, Any] = dict.fromkeys(LIMITS, "off")


def ended(number: int, realised: str, *, minutes_ago: float = 60, **fields: Any) -> Trade:
    """A trade of this symbol that is over."""
    return replace(
        trade(f"-100999/{number}", **fields),
        state=TradeState.CLOSED,
        realised=Decimal(realised),
        closed_at=NOON - timedelta(minutes=minutes_ago),
    )


BEYOND: dict[str, tuple[dict[str, Any], Any, Any, str]] = {
    # limit: what happens, a bound that refuses it, the next one that allows it, the sentence
    "open_positions_max": (
        {"situation": situation(trades=(trade(symbol="ETH/USDT:USDT"),))},
        1,
        2,
        "1 trades are open, 1 allowed",
    ),
    "position_quote_max": ({}, "45.5", "45.6", "45.6 USDT asked, 45.5 allowed"),
    "entry_age_seconds_max": (
        {"post": post(seconds_ago=75)},
        74,
        75,
        "the post is 75 s old, 74 allowed",
    ),
    "price_deviation_percent_max": (
        {"situation": situation("57570")},
        "0.99",
        "1",
        "the entry 57000 is 0.99 % from the market's 57570, 0.99 allowed",
    ),
    "daily_loss_quote_max": (
        {"situation": situation(realised_today=Decimal("-100"))},
        100,
        "100.01",
        "100 USDT lost since midnight UTC, 100 allowed",
    ),
    "orders_per_minute_max": (
        {"situation": situation(orders_last_minute=29)},
        29,
        30,
        "1 orders after 29 in 60 s, 29 allowed",
    ),
    "total_quote_max": (
        {"situation": situation(trades=(trade(symbol="ETH/USDT:USDT"),))},
        "145.5",
        "145.6",
        "45.6 USDT asked beside 100 in other trades, 145.5 allowed",
    ),
    "risk_quote_max": (
        {
            "situation": situation(
                trades=(trade(symbol="ETH/USDT:USDT"),),
                at_risk={SignalId("-100999/1"): Notional(Decimal("2.04"))},
            )
        },
        "2.9",
        "3",
        "the stop loses 0.96 USDT, those of other trades 2.04, 2.9 allowed",
    ),
    "daily_loss_percent_max": (
        {"situation": situation(realised_today=Decimal("-100"), account=account("9900"))},
        1,
        "1.01",
        "100 USDT of 10000 lost since midnight UTC, 1 % allowed",
    ),
    "losing_streak_max": (
        {"situation": situation(ended=(ended(1, "5"), ended(2, "-1"), ended(3, "-2")))},
        2,
        3,
        "2 trades in a row lost, 2 end the entries until `tgbitget resume`",
    ),
    "cooldown_minutes_min": (
        {"situation": situation(ended=(ended(1, "5", minutes_ago=20),))},
        "20.5",
        20,
        "a trade of BTC/USDT ended 20 min ago, 20.5 needed",
    ),
    "loss_cooldown_minutes_min": (
        {
            "situation": situation(
                ended=(ended(1, "-5", minutes_ago=20), ended(2, "5", minutes_ago=2))
            )
        },
        "20.5",
        20,
        "a trade of BTC/USDT ended 20 min ago, 20.5 needed",
    ),
    "stop_distance_percent_min": (
        {},
        "2.11",
        "2.1",
        "the stop 55800 is 2.11 % from the entry 57000, 2.11 needed",
    ),
    "stop_distance_percent_max": (
        {},
        "2.1",
        "2.11",
        "the stop 55800 is 2.11 % from the entry 57000, 2.1 allowed",
    ),
    "liquidation_distance_percent_min": (
        {},
        18,
        17,
        "the liquidation is about 19.67 % from the entry 57000, the stop 55800 2.11 %; "
        "18 % between them needed",
    ),
    "reward_risk_min": (
        {},
        "1.6",
        "1.5",
        "the targets win 1.5 times what the stop loses, 1.6 needed",
    ),
    "spread_percent_max": (
        {"situation": situation(quote=quote("57000", bid="56943", ask="57000"))},
        "0.1",
        "0.11",
        "bid 56943 and ask 57000 are 0.1 % apart, 0.1 allowed",
    ),
    "turnover_24h_quote_min": (
        {"situation": situation(quote=quote("57000", turnover_24h="900000"))},
        1_000_000,
        900_000,
        "900000 USDT were traded in 24 hours, 1000000 needed",
    ),
    "price_move_percent_max": (
        {"situation": situation(quote=quote("57000", minute_low="54150", minute_high="57000"))},
        5,
        "5.27",
        "the market moved 5.26 % from 54150 to 57000 within a minute, 5 allowed",
    ),
    "trading_hours": (
        {},
        "mon-fri 13:00-20:00, sat 10:00-14:00",
        "fri 12:00-12:01",
        "it is Fri 12:00 UTC, entries are allowed mon-fri 13:00-20:00, sat 10:00-14:00",
    ),
}
# What bounds no number by itself has a test of its own below.
WAYS = {"daily_loss_halt", "losing_streak_pause_hours", "price_age_seconds_max"}
