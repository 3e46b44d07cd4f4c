"""JSON posts. Forgiving in form, strict in meaning; `docs/write-a-parser.md` has the table of keys.

One object, with or without a code fence around it. Keys of the contract's `reading` and the names that tools commonly
send are taken, in any case and with or without underscores. A key we do not know makes the post unclear, because it may
change what is meant (`reduce_only`, `action2`); a short list of remarks is passed over. Two keys of one meaning that
differ, a value of the wrong kind and a number that is no price are unclear too. Numbers stay exact: a JSON number is
read as the decimal it was written as. An amount is checked and not used: the profile sizes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, DecimalException
from typing import Any, Final

from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Reading, Unclear
from tgbitget.parsing.filled import Filled, Unfit, entry_of, intent_of
from tgbitget.parsing.parser import Parser
from tgbitget.parsing.registry import parser
from tgbitget.profile import Profile

PARSER: Final = "structured"

_FENCED = re.compile(r"\s*+(?:```\w*+\s*+)?(\{.*\})\s*+(?:```)?\s*+", re.DOTALL)

_KEYS: Final[Mapping[str, Sequence[str]]] = {
    "kind": ("kind", "intent", "event"),
    "action": ("action", "signal", "type"),
    "symbol": ("symbol", "pair", "coin", "ticker", "market_pair", "base", "asset", "instrument"),
    "quote": ("quote", "quote_currency"),
    "side": ("side", "direction", "position_side"),
    "market": ("market", "product", "market_type"),
    "entry": ("entry", "entries", "price", "entry_price", "entry_prices", "entry_zone", "limit_price"),
    "order_type": ("order_type", "entry_type"),
    "take_profits": ("take_profits", "take_profit", "tp", "tps", "target", "targets", "take_profit_targets"),
    "stop_loss": ("stop_loss", "sl", "stop", "stoploss"),
    "leverage": ("leverage", "lev"),
    "margin_mode": ("margin_mode", "margin", "margin_type"),
    "fraction": ("fraction",),
    "percent": ("percent", "close_percent"),
    "update": ("update",),
    "amount": ("amount", "quantity", "qty", "size", "volume", "margin_usdt", "usdt", "cost"),
}  # fmt: skip
_REMARKS: Final = frozenset({"id", "signalid", "time", "timestamp", "date", "channel", "author", "source", "provider", "comment", "comments", "note", "notes", "text", "message", "strategy", "timeframe", "exchange", "exchanges", "confidence", "parser", "reason", "version"})  # fmt: skip
_MEANING: Final = {
    name.replace("_", ""): meaning for meaning, names in _KEYS.items() for name in names
}
_ACTIONS: Final = {
    "open": ("open", None), "entry": ("open", None), "enter": ("open", None), "signal": ("open", None),
    "buy": ("open", "long"), "long": ("open", "long"), "sell": ("open", "short"), "short": ("open", "short"),
    "close": ("close", None), "exit": ("close", None), "cancel": ("cancel", None), "update": ("update", None), "none": ("none", None),
    "limit": ("open", None), "market": ("open", None),
}  # fmt: skip
_TYPES: Final = {"limit", "market"}


_NO_JSON: Final = NotASignal(parser=PARSER)


class Structured:
    def read(self, post: Post, /) -> Reading:
        found = _FENCED.fullmatch(post.text)
        if found is None:
            return _NO_JSON
        try:
            content = json.loads(
                found[1],
                parse_float=Decimal,
                parse_int=Decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_once,
            )
            fields = _fields(content)
            return intent_of(fields, parser=PARSER) if fields else NotASignal(parser=PARSER)
        except (Unfit, RecursionError, ValueError, DecimalException) as e:
            detail = str(e) if isinstance(e, Unfit) else f"the JSON cannot be read: {e}"
            reason = e.reason if isinstance(e, Unfit) else "malformed"
            return Unclear(reason=reason, parser=PARSER, detail=detail[:300])


@parser(PARSER)
def make(profile: Profile, /) -> Parser:  # noqa: ARG001 - every maker is given the profile
    """The reader for JSON posts; it needs nothing of the profile."""
    return Structured()


def _refuse_constant(name: str) -> Any:
    raise Unfit("malformed", f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unfit("contradictory", f"the key {twice!r} stands twice")
    return content


def _fields(content: Any) -> Filled | None:
    """The fields of the object, None when nothing in it looks like a signal."""
    if not isinstance(content, dict):
        return None
    known = {key: _MEANING.get(_plain(key)) for key in content}
    if not {"symbol", "side", "action", "kind"} & set(known.values()):
        return None
    unknown = [k for k, meaning in known.items() if meaning is None and _plain(k) not in _REMARKS]
    if unknown:
        raise Unfit("unknown_key", f"the key {unknown[0]!r} is not known")
    values: dict[str, Any] = {}
    for key, meaning in known.items():
        value = content[key]
        if meaning is None or value in (None, "", [], {}):
            continue
        if meaning in values and values[meaning] != value:
            raise Unfit("contradictory", f"{key!r} says {value!r}, another key {values[meaning]!r}")
        values[meaning] = value
    return _filled(values)


def _plain(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").replace(" ", "")


def _filled(values: dict[str, Any]) -> Filled:
    kind, side = _kind(values)
    kind_of_entry, prices = _entry(values)
    update = values.get("update")
    if update is not None and not isinstance(update, dict):
        raise Unfit("malformed", f"update must be an object, was {update!r}")
    update = {_MEANING.get(_plain(k), k): v for k, v in (update or {}).items()}
    strange = set(update) - {"stop_loss", "take_profits"}
    if strange:
        raise Unfit("unknown_key", f"the key {min(strange)!r} of update is not known")
    return Filled(
        kind=kind,
        symbol=_word(values, "symbol"),
        quote=_word(values, "quote"),
        side=side,
        market=_word(values, "market"),
        entry=entry_of(kind_of_entry, prices) if kind == "open" else None,
        take_profits=_texts(update.get("take_profits", values.get("take_profits"))),
        stop_loss=_text(update.get("stop_loss", values.get("stop_loss"))),
        leverage=_text(values.get("leverage")),
        margin_mode=_word(values, "margin_mode"),
        fraction=_fraction(values),
        amount=_text(values.get("amount")),
    )


def _kind(values: dict[str, Any]) -> tuple[str, str | None]:
    kinds, sides = set(), set()
    for key in ("kind", "action"):
        word = _word(values, key)
        if word is None:
            continue
        known = _ACTIONS.get(word.lower())
        if known is None:
            raise Unfit("malformed", f"{key} is {word!r}, known are {', '.join(_ACTIONS)}")
        if word.lower() in _TYPES:
            values.setdefault("order_type", word)
        kinds.add(known[0])
        sides |= {known[1]} - {None}
    side = _word(values, "side")
    if side is not None:
        known_side = _ACTIONS.get(side.lower(), (None, None))[1]
        if known_side is None:
            raise Unfit("no_direction", f"side is {side!r}, known are long, short, buy, sell")
        sides.add(known_side)
    if len(kinds) > 1 or (len(sides) > 1):
        raise Unfit("contradictory", f"kind {sorted(kinds)}, side {sorted(sides)}")  # type: ignore[type-var]
    return (kinds.pop() if kinds else "open"), (sides.pop() if sides else None)


def _entry(values: dict[str, Any]) -> tuple[str | None, list[str]]:
    kind = _word(values, "order_type")
    entry = values.get("entry")
    if isinstance(entry, dict):
        inner = {_plain(key): value for key, value in entry.items()}
        strange = set(inner) - {"type", "prices", "price"}
        if strange:
            raise Unfit("unknown_key", f"the key {min(strange)!r} of entry is not known")
        kind = _text(inner.get("type")) or kind
        entry = inner.get("prices", inner.get("price"))
    if isinstance(entry, str) and entry.lower() in ("market", "now", "cmp"):
        return "market", []
    return (kind.lower() if kind else None), _texts(entry) or []


def _word(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is not None and not isinstance(value, str):
        raise Unfit("malformed", f"{key} must be text, was {value!r}")
    return value.strip() if value is not None else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value.strip() or None if value is not None else None
    if isinstance(value, Decimal):
        return str(value)
    raise Unfit("malformed", f"expected a number or text, was {value!r}")


def _texts(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        text = _text(value)
        return (
            None if text is None else [piece.strip() for piece in re.split(r"[;/|]| - |, ", text)]
        )
    texts = []
    for item in value:
        inner = item.get("price") if isinstance(item, dict) and set(item) == {"price"} else item
        text = _text(inner)
        if text is None:
            raise Unfit("malformed", f"a level is empty in {value!r}")
        texts.append(text)
    return texts


def _fraction(values: dict[str, Any]) -> str | None:
    fraction, percent = _text(values.get("fraction")), _text(values.get("percent"))
    if percent is None:
        return fraction
    if fraction is not None:
        raise Unfit("contradictory", "both fraction and percent are there")
    return str(Decimal(percent.rstrip("%")) / 100)
