"""Templates with named slots, for those who know no expressions: `{side} {symbol} at {entry} stop {stop}`.

Everything outside braces is literal; any run of spaces and line breaks matches any other, letters match in any case. The
template must match the whole post; `{any}` stands for whatever, `{{` and `}}` for braces. It becomes one expression of
google-re2, which takes linear time whatever the post.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import re2

from tgbitget.errors import ConfigError
from tgbitget.model.reading import Reading, Span, Unclear
from tgbitget.parsing.filled import Filled, Unfit, entry_of, intent_of
from tgbitget.parsing.text import Text, placed

_NUMBER: Final = r"\$?(?:\d+(?:[.,']\d+)*|\.\d+)[kK]?(?:\$| ?USDT)?"
_SEPARATOR: Final = r"(?:\s*[-~/|;&]\s*|,\s*|\s+(?:to\s+|and\s+)?)"
_PERCENT: Final = r"\d+(?:\.\d+)?%"
_LEVEL: Final = rf"(?:{_PERCENT}|{_NUMBER})"

SLOTS: Final[Mapping[str, str]] = {
    "symbol": r"[#$]?[A-Za-z0-9]{1,20}(?: ?[/_-] ?(?:USDT|USDC|USD|usdt|usdc|usd))?(?:\.P)?",
    "side": r"(?:long|short|buy|sell)",
    "entry": rf"{_NUMBER}(?:{_SEPARATOR}{_NUMBER})*|market|now|cmp",
    "entry2": _NUMBER,
    "stop": _LEVEL,
    "targets": rf"{_LEVEL}(?:{_SEPARATOR}{_LEVEL})*",
    "leverage": r"[xX]?\d{1,3}(?:\.\d+)?[xX]?",
    "margin": r"(?:cross|isolated)",
    "amount": r"\d+(?:\.\d+)?%?",
    "any": r"(?s:.*?)",
}
TARGETS: Final = tuple(f"tp{n}" for n in range(1, 21))
_TARGET_SLOTS: Final = {f"target{n}": f"tp{n}" for n in range(1, 21)} | {
    name: name for name in TARGETS
}

_SLOT = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|\s+")


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template."""

    pattern: Any
    fields: tuple[str, ...]

    @classmethod
    def of(cls, written: str, *, place: str) -> "Template":
        """Checks *written*; raises `ConfigError` naming *place* and the slot."""
        pieces: list[str] = []
        fields: list[str] = []
        at = 0
        for found in _SLOT.finditer(written.strip()):
            pieces.append(re2.escape(written.strip()[at : found.start()]))
            pieces.append(_piece(found, fields, place))
            at = found.end()
        pieces.append(re2.escape(written.strip()[at:]))
        if "symbol" not in fields:
            raise ConfigError(f"{place}: a template needs the slot {{symbol}}, was {written!r}")
        return cls(pattern=re2.compile(r"(?i)\s*" + "".join(pieces) + r"\s*"), fields=tuple(fields))

    def read(self, text: Text, *, parser: str) -> Reading | None:
        """None when the template does not match."""
        found = self.pattern.fullmatch(text.clean)
        return None if found is None else reading_of(found, text, parser=parser)


def _piece(found: re.Match[str], fields: list[str], place: str) -> str:
    if found[0].isspace():
        return r"\s+"
    if found[0] in ("{{", "}}"):
        return str(re2.escape(found[0][0]))
    slot = found[1]
    if slot is None:
        raise ConfigError(f"{place}: a brace is not closed at character {found.start() + 1}")
    name = _TARGET_SLOTS.get(slot, slot)
    if name not in SLOTS and name not in TARGETS:
        raise ConfigError(
            f"{place}: unknown slot {{{slot}}} at character {found.start() + 1}, known are {', '.join(SLOTS)}, target1 … target20"
        )
    if name == "any":
        return SLOTS["any"]
    if name in fields:
        raise ConfigError(f"{place}: the slot {{{slot}}} stands twice")
    fields.append(name)
    return f"(?P<{name}>{SLOTS.get(name, _LEVEL)})"


def reading_of(found: Any, text: Text, *, parser: str) -> Reading:
    """The reading of named groups: those of a template, or of the user's own expression."""
    groups: dict[str, str] = {k: v.strip() for k, v in found.groupdict().items() if v and v.strip()}
    spans = _spans(found, groups, text)
    try:
        return intent_of(_filled(groups), parser=parser, spans=spans)
    except Unfit as e:
        return Unclear(reason=e.reason, parser=parser, detail=str(e)[:300], spans=spans)


_FIELD: Final = {
    "stop": "stop_loss",
    "targets": "take_profits",
    "margin": "margin_mode",
    "entry2": "entry",
}


def _spans(found: Any, groups: Mapping[str, str], text: Text) -> tuple[Span, ...]:
    spans = []
    for name in groups:
        start, end = found.span(found.re.groupindex[name])
        field = "take_profits" if name in TARGETS else _FIELD.get(name, name)
        spans.append(Span(field=field, start=start, end=end, rule=f"group {name}"))
    return placed(spans, text)


_PIECES = re.compile(
    r"\s*[-~/|;&]\s*|,\s+|(?<=[\d$kK%T]),(?=[$])|\s+(?:to\s+|and\s+)?", re.IGNORECASE
)
_NOW: Final = frozenset({"market", "now", "cmp"})


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECES.split(text) if piece]


def _filled(groups: Mapping[str, str]) -> Filled:
    entry = groups.get("entry", "")
    prices = [] if entry.lower() in _NOW else _pieces(entry)
    if "entry2" in groups:
        prices += _pieces(groups["entry2"])
    targets = _pieces(groups.get("targets", "")) + [
        groups[name] for name in TARGETS if name in groups
    ]
    return Filled(
        kind=groups.get("kind", "open").lower(),
        symbol=groups.get("symbol"),
        quote=groups.get("quote"),
        side=groups.get("side"),
        market=market_of(groups.get("side"), groups.get("leverage"), groups.get("margin")),
        entry=entry_of(None if prices else "market", prices),
        take_profits=targets or None,
        stop_loss=groups.get("stop"),
        leverage=_highest(groups.get("leverage")),
        margin_mode=groups.get("margin"),
        fraction=groups.get("fraction"),
        amount=groups.get("amount", "").rstrip("%") or None,
    )


def market_of(side: str | None, leverage: str | None, margin: str | None) -> str | None:
    """Who says long, short, a leverage or a margin mode speaks of futures; buy and sell say nothing."""
    is_futures = leverage or margin or (side or "").lower() in ("long", "short")
    return "futures" if is_futures else None


def _highest(leverage: str | None) -> str | None:
    """Of a range the last, which is how people write them."""
    return None if leverage is None else re.split(r"\s*[-~/]\s*", leverage)[-1]
