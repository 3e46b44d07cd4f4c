"""What a story calls its orders: each by its leg, a target whose number has moved on also by its place. Pure."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tgbitget.journal.story import Chapter

Facts = dict[str, Any]

_ROUNDING = Decimal("0.01")
"""A target's order lies on a tick near the post's price; what is farther away than this share of it is another level."""


class OrderNames:
    """Takes a story's chapters in their order."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._levels: Sequence[Decimal] = ()
        self._entry_side: str | None = None

    def name(self, chapter: Chapter) -> str | None:
        """Of the order that the chapter is about; None where it is about none of ours."""
        facts = chapter.facts
        match chapter.kind:
            case "decision" | "follow_up" if facts.get("outcome") == "planned":
                self._take_levels(facts.get("reading") or {})
            case "leg":
                if facts.get("role") == "entry":
                    self._entry_side = facts.get("side")
                self._names[facts["client_oid"]] = self._placed(facts)
            case _:
                pass
        return self._names.get(facts.get("client_oid") or "")

    def closes(self, fill: Facts) -> bool:
        """Whether it took away from the trade, whoever ordered it."""
        return self._entry_side is not None and fill.get("side") != self._entry_side

    def _take_levels(self, reading: Facts) -> None:
        """As the channel names them from here on, the nearest first."""
        update = reading.get("update") or {}
        named = update.get("take_profits") or reading.get("take_profits") or ()
        levels = [level for text in named if (level := _price(text)) is not None]
        if levels and len(levels) == len(named):
            is_short = reading.get("side") == "short" or levels[0] > levels[-1]
            self._levels = sorted(levels, reverse=is_short)

    def _placed(self, leg: Facts) -> str:
        """`target-3 (target 1)`: numbers go on when a channel names other targets."""
        name = str(leg["name"])
        at = _price(leg.get("trigger_price") or leg.get("price"))
        if leg.get("role") != "take_profit" or at is None or not self._levels:
            return name
        nearest = min(self._levels, key=lambda level: abs(level - at))
        place = self._levels.index(nearest) + 1
        is_it = abs(nearest - at) <= nearest * _ROUNDING
        return f"{name} (target {place})" if is_it and name != f"target-{place}" else name


def _price(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None
