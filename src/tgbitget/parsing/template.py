"""Posts in a fixed form: `SIGNAL | BTCUSDT | BUY | MARKET | 0.001 | LEV=5`, and the templates of the user's profile.

The built-in form, letters in any case, spaces free:

    SIGNAL | SYMBOL | SIDE | part | part …
    SYMBOL   BTCUSDT, BTC/USDT, BTC
    SIDE     BUY, SELL, LONG, SHORT
    part     MARKET             enter now
             LIMIT              an entry price follows in PRICE=
             65000-66000        a zone; LIMIT 65000, STOP 65000 (a trigger) and LADDER 65000/64000 with their prices
             0.001              one bare number: an amount. It is checked and not used, for the profile sizes
             PRICE= ENTRY= TP= TP1= SL= LEV= MARGIN= AMOUNT=     in any order; several targets parted by `/` or `,` and a space
             CROSS, ISOLATED

A part that is none of these, or one said twice, makes the post unclear. Follow-ups are `SIGNAL | SYMBOL | CLOSE`, with an
optional `50%`, `SIGNAL | SYMBOL | CANCEL`, and `SIGNAL | SYMBOL | UPDATE | SL=… | TP=…`.
"""

import re
from decimal import Decimal
from typing import Final

from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Reading, Unclear
from tgbitget.parsing.filled import Filled, Unfit, entry_of, intent_of
from tgbitget.parsing.parser import Parser
from tgbitget.parsing.registry import parser
from tgbitget.parsing.slots import Template, market_of
from tgbitget.parsing.text import normalise
from tgbitget.profile import Profile

PARSER: Final = "template"

_KEYS: Final = {
    "price": "entry", "entry": "entry", "tp": "take_profits", "targets": "take_profits", "sl": "stop_loss", "stop": "stop_loss",
    "lev": "leverage", "leverage": "leverage", "margin": "margin_mode", "amount": "amount", "qty": "amount",
}  # fmt: skip
_NUMBERED_TARGET = re.compile(r"tp\d{1,2}")
_NUMBER = re.compile(r"[\d.,']+k?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_ZONE = re.compile(r"[\d.,']+k?\s*-\s*[\d.,']+k?", re.IGNORECASE)
_WITH_PRICES = re.compile(r"(limit|stop|zone|ladder)\s+(.+)", re.IGNORECASE)
_LIST = re.compile(r"\s*/\s*|,\s+")


_NO_TEMPLATE: Final = NotASignal(parser=PARSER)


class TemplateParser:
    """The built-in form first, then the profile's templates in their order."""

    def __init__(self, templates: tuple[Template, ...]) -> None:
        self._templates = templates

    def read(self, post: Post, /) -> Reading:
        text = normalise(post.text)
        try:
            head, *parts = text.clean.split("|")
            if len(parts) > 1 and head.strip().lower() == "signal":  # a symbol and a side at least
                return intent_of(_filled([part.strip() for part in parts]), parser=PARSER)
            for template in self._templates:
                reading = template.read(text, parser=PARSER)
                if reading is not None:
                    return reading
        except Unfit as e:
            return Unclear(reason=e.reason, parser=PARSER, detail=str(e)[:300])
        return _NO_TEMPLATE


@parser(PARSER)
def make(profile: Profile, /) -> Parser:
    """The built-in form and the templates of `parsing.templates`; a template that cannot be used raises, named."""
    templates = (
        Template.of(written, place=f"profile {profile.name}: parsing.templates[{at}]")
        for at, written in enumerate(profile.parsing.templates)
    )
    return TemplateParser(tuple(templates))


def _filled(parts: list[str]) -> Filled:
    symbol, action, *rest = parts
    said = _Said()
    for part in rest:
        if part:
            said.take(part)
    word = action.lower()
    kind = word if word in ("close", "cancel", "update") else "open"
    return Filled(
        kind=kind,
        symbol=symbol,
        side=action if kind == "open" else None,
        market=market_of(action, said.one("leverage"), said.one("margin_mode"))
        if kind == "open"
        else None,
        entry=entry_of(said.one("kind"), said.many("entry")) if kind == "open" else None,
        take_profits=said.many("take_profits") or None,
        stop_loss=said.one("stop_loss"),
        leverage=said.one("leverage"),
        margin_mode=said.one("margin_mode"),
        fraction=said.one("fraction"),
        amount=said.one("amount"),
    )


class _Said:
    """What the parts of one post said so far."""

    def __init__(self) -> None:
        self._fields: dict[str, list[str]] = {}

    def one(self, field: str) -> str | None:
        return next(iter(self._fields.get(field, ())), None)

    def many(self, field: str) -> list[str]:
        return self._fields.get(field, [])

    def take(self, part: str) -> None:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        low = part.lower()
        with_prices = _WITH_PRICES.fullmatch(part)
        percent = _PERCENT.fullmatch(part)
        if equals:
            self._keyed(key.lower(), value)
        elif low in ("market", "limit", "stop"):
            self._put("kind", low)
        elif low in ("cross", "isolated"):
            self._put("margin_mode", low)
        elif with_prices:
            self._put("kind", with_prices[1].lower())
            self._put("entry", *_pieces(with_prices[2]))
        elif _ZONE.fullmatch(part):
            self._put("kind", "zone")
            self._put("entry", *_pieces(part))
        elif percent:
            self._put("fraction", _fraction(percent[1]))
        elif _NUMBER.fullmatch(part):
            self._put("amount", part)
        else:
            raise Unfit("malformed", f"the part {part!r} is not known")

    def _keyed(self, key: str, value: str) -> None:
        if not value:
            raise Unfit("malformed", f"{key}= has no value")
        if _NUMBERED_TARGET.fullmatch(key):
            self._fields.setdefault("take_profits", []).append(value)
            return
        field = _KEYS.get(key)
        if field is None:
            raise Unfit(
                "unknown_key", f"the key {key!r} is not known, known are {', '.join(_KEYS)}"
            )
        self._put(field, *(_pieces(value) if field in ("entry", "take_profits") else [value]))

    def _put(self, field: str, *values: str) -> None:
        if field in self._fields:
            raise Unfit(
                "contradictory", f"{field} is said twice: {self._fields[field]} and {list(values)}"
            )
        self._fields[field] = list(values)


def _pieces(text: str) -> list[str]:
    zone = [piece.strip() for piece in text.split("-")]
    return zone if len(zone) == 2 and all(zone) else _LIST.split(text)  # noqa: PLR2004 - a zone is two prices


def _fraction(percent: str) -> str:
    """A percentage as a fraction, exact."""
    return str(Decimal(percent) / 100)
