"""Keys that were changed and change nothing, because of another key. `profiles check` warns of each."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from tgbitget.profile.keys import Profile

_AT_A_DISTANCE = ("percent-below-highest", "percent-below-triggers", "trailing")


def unused_warnings(profile: Profile) -> list[str]:
    """Of keys that have another value than by default: a file made by `profiles new` names them all."""
    return [
        f"{key} does nothing: {why}."
        for key, why in _unused(profile)
        if _is_changed(profile, *key.split("."))
    ]


def _unused(profile: Profile) -> Iterator[tuple[str, str]]:
    exits, signals, parsing = profile.exits, profile.signals, profile.parsing
    kinds = ", ".join(f'"{kind}"' for kind in _AT_A_DISTANCE)
    if exits.stop_moves not in _AT_A_DISTANCE:
        yield (
            "exits.stop_moves_percent",
            f'exits.stop_moves is "{exits.stop_moves}", and only {kinds} keep a distance',
        )
    if exits.stop_moves == "none":
        yield "exits.stop_moves_trigger", 'exits.stop_moves is "none"'
    if not signals.duplicate_hours:
        yield "signals.duplicate_percent", "signals.duplicate_hours is 0"
    for parser in ("template", "pattern"):
        if parser not in parsing.parsers:
            yield f"parsing.{parser}s", f'"{parser}" is not among parsing.parsers'
    if profile.market.product == "spot":
        leverage = {"max": profile.leverage.max, "default": profile.leverage.default}
        for key in (*(name for name, times in leverage.items() if times != 1), "margin_mode"):
            yield f"leverage.{key}", "on spot there is no leverage"
        yield "limits.liquidation_distance_percent_min", "on spot nothing is liquidated"


def _is_changed(profile: Profile, section: str, name: str) -> bool:
    given: BaseModel = getattr(profile, section)
    value: Any = getattr(given, name)
    return bool(value != type(given).model_fields[name].get_default(call_default_factory=True))
