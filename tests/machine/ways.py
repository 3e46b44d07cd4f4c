"""How an example is set up: the account's mode, the venue's open questions, what each channel's profile says."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

OPEN_MAX = 4
POSITION_QUOTE_MAX = 400
MOVES = (
    *("none", "breakeven", "moving-target", "moving-2-target"),
    *("percent-below-highest", "percent-below-triggers"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """`first` and `second` trade contracts on one account, `coins` is a spot profile or nothing."""

    is_hedged: bool
    presets_with_each_fill: bool
    filled_ids_reusable: bool
    first: dict[str, Any]
    second: dict[str, Any]
    coins: dict[str, Any] | None

    def __str__(self) -> str:
        mode = "hedge" if self.is_hedged else "one-way"
        told = f"{mode} mode, stops {'with each fill' if self.presets_with_each_fill else 'at the whole fill'}"
        return "\n  ".join(
            (told, f"first {self.first}", f"second {self.second}", f"spot {self.coins}")
        )


def _some(*ways: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(ways)


@st.composite
def _profile(draw: st.DrawFn, *, is_hedged: bool, is_spot: bool = False) -> dict[str, Any]:
    exits: dict[str, Any] = {
        "stop_moves": draw(_some(*MOVES, *(() if is_spot else ("trailing",)))),
        "stop_moves_trigger": draw(_some(1, 1, 2, "0.5%")),
        "split": draw(_some("even", "even", "fifty-first", "decreasing")),
    }
    entry: dict[str, Any] = {"split": draw(_some("even", "even", "fifty-first", "increasing"))}
    if not is_spot:
        exits["orders"] = draw(_some("plan", "plan", "limit"))
        exits["trailing_take_profit_percent"] = draw(_some("off", "off", "off", 1))
        exits["trigger_by"] = draw(_some("mark", "last"))
        entry["post_only"] = draw(_some(False, False, True))
    entry["resting_max"] = draw(_some("all", "all", 1, 2))
    entry["first_as_market"] = draw(_some(False, False, True))
    same = ("refuse", "add", "add") if is_spot or not is_hedged else ("refuse", "add", "separate")
    ways: dict[str, Any] = {
        "size": {"kind": "fixed_quote", "value": draw(_some("120", "60", "26"))},
        "limits": {
            "open_positions_max": OPEN_MAX,
            "position_quote_max": str(POSITION_QUOTE_MAX),
            "orders_per_minute_max": "off",
            "daily_loss_quote_max": "off",
        },
        "signals": {"same_symbol": draw(_some(*same)), "duplicate_hours": draw(_some(0, 0, 3))},
        "follow_ups": {
            "edits": draw(_some("safer-only", "apply", "ignore")),
            "deletions": draw(_some("cancel-unfilled", "close", "ignore")),
        },
        "exits": exits,
        "entry": entry,
    }
    if is_spot:
        ways["market"] = {"product": "spot"}
    return ways


@st.composite
def every_way(draw: st.DrawFn) -> Ways:
    is_hedged = draw(st.booleans())
    return Ways(
        is_hedged=is_hedged,
        presets_with_each_fill=draw(_some(True, False)),
        filled_ids_reusable=draw(_some(True, False)),
        first=draw(_profile(is_hedged=is_hedged)),
        second=draw(_profile(is_hedged=is_hedged)),
        coins=draw(st.none() | _profile(is_hedged=is_hedged, is_spot=True)),
    )
