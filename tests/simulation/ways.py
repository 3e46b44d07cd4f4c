"""How a run is set up: the account's mode, the venue's open questions, the profiles' ways."""

import random
from typing import Any

from tgbitget.simulators.bitget import BitgetSimulator

USUAL = 0.5
"""So often a profile is as it comes, but for its size and its limits."""


def set_up_venue(bitget: BitgetSimulator, dice: random.Random) -> None:
    """Where Bitget's documentation leaves it open, it is one way or the other."""
    rules = bitget.exchange.rules
    rules.presets_with_each_fill = dice.random() < 0.7
    rules.filled_ids_reusable = dice.random() < 0.7
    if dice.random() < 0.4:
        bitget.by_hand.set_hold_mode("hedge_mode")


def profile_ways(dice: random.Random, *, is_hedged: bool) -> dict[str, Any]:
    """Sections of one profile."""
    ways: dict[str, Any] = {
        "size": {"kind": "fixed_quote", "value": dice.choice(("60", "120", "300"))},
        "limits": {"open_positions_max": dice.choice((3, 4, 5)), "daily_loss_quote_max": "off"},
        "signals": {"duplicate_hours": dice.choice((0, 0, 3))},
    }
    if dice.random() < USUAL:
        return ways
    ways["exits"] = {
        "stop_moves": dice.choice(
            ("none", "breakeven", "moving-target", "percent-below-highest", "trailing")
        ),
        "orders": dice.choice(("plan", "plan", "limit")),
        "trailing_take_profit_percent": dice.choice(("off", "off", 1)),
    }
    ways["follow_ups"] = {
        "edits": dice.choice(("ignore", "safer-only", "apply")),
        "deletions": dice.choice(("ignore", "cancel-unfilled", "close")),
    }
    same_symbol = ("refuse", "add", "add", "separate" if is_hedged else "add")
    ways["signals"]["same_symbol"] = dice.choice(same_symbol)
    return ways
