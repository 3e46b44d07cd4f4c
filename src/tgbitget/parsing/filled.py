"""A form filled by a machine, a template or the user's own expression: text by field, still unjudged.

What comes in is text as posted; what goes out is the intent, or an `Unfit` that names the field. Marks in numbers are
decided here for the whole form, as `numbers` describes: a form whose numbers can mean two trades is ambiguous.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from tgbitget.model.geometry import side_of
from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    Entry,
    EntryKind,
    FollowUp,
    Level,
    LevelUpdate,
    MarginMode,
    MarketKind,
    OpenPosition,
    Side,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.reading import NotASignal, Read, Reading, Span, Unclear
from tgbitget.parsing import numbers
from tgbitget.parsing.judgement import judged, levels_fault, name_fault, price
from tgbitget.parsing.names import Name, name_in
from tgbitget.parsing.numbers import HABITS, PLAIN, Habit

KINDS: Final = ("open", "close", "cancel", "update", "none")
_SIDES: Final = {"long": Side.LONG, "buy": Side.LONG, "short": Side.SHORT, "sell": Side.SHORT}
_MARGINS: Final = {
    "cross": MarginMode.CROSS,
    "crossed": MarginMode.CROSS,
    "isolated": MarginMode.ISOLATED,
    "iso": MarginMode.ISOLATED,
}
_MARKETS: Final = {
    "futures": MarketKind.FUTURES,
    "usdt-futures": MarketKind.FUTURES,
    "swap": MarketKind.FUTURES,
    "perpetual": MarketKind.FUTURES,
    "spot": MarketKind.SPOT,
}
_MARKS: Final = (frozenset({","}),)
"""A form is written as programs write: a comma parts thousands."""
_KIND_OF_PRICES: Final = {1: EntryKind.LIMIT, 2: EntryKind.ZONE}
_ENTRY_KINDS: Final = {kind.value: kind for kind in EntryKind} | {"stop": EntryKind.TRIGGER}


class Unfit(ValueError):
    """A field cannot be used; `reason` is the code of the reading, the text its sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEntry:
    kind: EntryKind | None
    prices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Fields as text. None is absent. `amount` is only checked: the profile sizes every trade."""

    kind: str = "open"
    symbol: str | None = None
    quote: str | None = None
    side: str | None = None
    market: str | None = None
    entry: WrittenEntry | None = None
    take_profits: Sequence[str] | None = None
    stop_loss: str | None = None
    leverage: str | None = None
    margin_mode: str | None = None
    fraction: str | None = None
    amount: str | None = None


def entry_of(kind: str | None, prices: Sequence[str]) -> WrittenEntry:
    if kind is not None and kind.lower() not in _ENTRY_KINDS:
        raise Unfit("malformed", f"an entry is {kind!r}, known are {', '.join(_ENTRY_KINDS)}")
    return WrittenEntry(
        kind=None if kind is None else _ENTRY_KINDS[kind.lower()], prices=tuple(prices)
    )


def intent_of(fields: Filled, *, parser: str, spans: Sequence[Span] = ()) -> Reading:
    """The reading of a filled form. Raises `Unfit` where a field cannot be used."""
    if fields.kind == "none":
        return NotASignal(parser=parser, why="says so itself")
    if fields.amount is not None:
        _quantity(fields.amount)
    name = _name(fields)
    if fields.kind != "open":
        return Read(intent=_follow_up(fields, name), parser=parser, spans=tuple(spans))
    if name is None:
        raise Unfit("no_symbol", "no symbol is given")
    fault = name_fault(name.base, name.quote)
    if fault is not None:
        return Unclear(reason=fault, parser=parser, symbol=name.base, spans=tuple(spans))
    return _opened(fields, name, parser, spans)


def _opened(fields: Filled, name: Name, parser: str, spans: Sequence[Span]) -> Read | Unclear:
    drafts: dict[tuple[object, ...], tuple[Habit, OpenPosition]] = {}
    first: OpenPosition | None = None
    raws = [
        *(fields.entry.prices if fields.entry else ()),
        *(fields.take_profits or ()),
        *filter(None, [fields.stop_loss]),
    ]
    for habit in (
        (PLAIN,) if all(numbers.is_plain(raw) for raw in raws) else numbers.habits_of(raws)
    ):
        intent = _open(fields, name, habit)
        first = first or intent
        if intent is not None and levels_fault(intent) is None:
            drafts.setdefault(
                (intent.entry, intent.take_profits, intent.stop_loss), (habit, intent)
            )
    habits = [habit for habit, _ in drafts.values()]
    if len(drafts) == 1 or (habits[:1] == [PLAIN] and numbers.is_settled(raws, habits, _MARKS)):
        return judged(next(iter(drafts.values()))[1], parser=parser, spans=spans)
    if drafts:
        return Unclear(
            reason="price_ambiguous",
            parser=parser,
            symbol=name.base,
            detail="marks in numbers can be read in more than one way",
            candidates=tuple(
                " ".join(exact(p) for p in d.entry.prices) for _, d in drafts.values()
            ),
            drafts=tuple(d for _, d in drafts.values()),
            spans=tuple(spans),
        )
    if first is None:
        raise Unfit("price_ambiguous", f"no price can be made of {', '.join(raws)}"[:200])
    return judged(first, parser=parser, spans=spans)


def _open(fields: Filled, name: Name, habit: Habit) -> OpenPosition | None:
    written = fields.entry or WrittenEntry(kind=None)
    entries = _prices(written.prices, habit)
    targets = _levels(fields.take_profits or (), habit)
    stop = _levels((fields.stop_loss,) if fields.stop_loss else (), habit)
    if entries is None or targets is None or stop is None:
        return None
    side = _known(fields.side, _SIDES, "no_direction", "side")
    if side is None:
        stop_price = next((x for x in stop if not isinstance(x, Percent)), None)
        side = side_of(entries, [x for x in targets if not isinstance(x, Percent)], stop_price)
    if side is None:
        raise Unfit("no_direction", "no side is given, and the levels do not show one")
    return OpenPosition(
        symbol=name.base,
        quote=name.quote,
        side=side,
        market=_known(fields.market, _MARKETS, "malformed", "market"),
        entry=_entry(written.kind, entries),
        take_profits=targets,
        stop_loss=stop[0] if stop else None,
        leverage=None if fields.leverage is None else _multiple(fields.leverage),
        margin_mode=_known(fields.margin_mode, _MARGINS, "malformed", "margin mode"),
    )


def _entry(kind: EntryKind | None, prices: tuple[Price, ...]) -> Entry:
    if kind is None:
        if not prices:
            raise Unfit("no_entry", "no entry is given")
        kind = _KIND_OF_PRICES.get(len(prices), EntryKind.LADDER)
    if kind is EntryKind.ZONE:
        prices = tuple(sorted(prices))
    try:
        return Entry(kind=kind, prices=prices)
    except ValueError as e:
        raise Unfit("no_entry", str(e)) from e


def _follow_up(fields: Filled, name: Name | None) -> FollowUp:
    symbol, quote = (name.base, name.quote) if name else (None, None)
    side = _known(fields.side, _SIDES, "no_direction", "side")
    market = _known(fields.market, _MARKETS, "malformed", "market")
    update = _update(fields)
    match fields.kind:
        case "close":
            return ClosePosition(
                symbol=symbol,
                quote=quote,
                side=side,
                market=market,
                fraction=_fraction(fields.fraction),
                update=update,
            )
        case "cancel":
            return CancelEntries(
                symbol=symbol, quote=quote, side=side, market=market, update=update
            )
        case "update" if update is not None:
            return UpdateTrade(symbol=symbol, quote=quote, side=side, market=market, update=update)
        case "update":
            raise Unfit("malformed", "an update without a stop or targets")
        case _:
            raise Unfit("malformed", f"kind is {fields.kind!r}, known are {', '.join(KINDS)}")


def _update(fields: Filled) -> LevelUpdate | None:
    if fields.stop_loss is None and fields.take_profits is None:
        return None
    stop: Price | AtTarget | None = None
    word = (fields.stop_loss or "").lower()
    if word in ("breakeven", "be", "entry"):
        stop = AtTarget(number=0)
    elif word.startswith("tp") and word[2:].isdigit() and 1 <= int(word[2:4]) <= 20:  # noqa: PLR2004 - no trade has more targets
        stop = AtTarget(number=int(word[2:4]))
    elif word:
        stop = _sure_price(word)
    targets = (
        None if fields.take_profits is None else tuple(_sure_price(t) for t in fields.take_profits)
    )
    return LevelUpdate(stop_loss=stop, take_profits=targets)


def _sure_price(text: str) -> Price:
    """A level without others beside it: nothing can settle what its marks mean."""
    found = {values for habit in HABITS if (values := _prices((text,), habit)) is not None}
    if len(found) != 1 or len(only := found.pop()) != 1:
        raise Unfit("price_ambiguous", f"{text!r} is no price, or more than one")
    return only[0]


def _name(fields: Filled) -> Name | None:
    if fields.symbol is None:
        return None
    name = name_in(fields.symbol)
    if name is None:
        raise Unfit("unknown_symbol", f"{fields.symbol!r} is no symbol"[:200])
    if fields.quote is not None and name.quote not in (None, fields.quote.upper()):
        raise Unfit("contradictory", f"the quote is {fields.quote!r} and {name.quote!r}"[:200])
    return Name(
        base=name.base, quote=name.quote or (fields.quote.upper() if fields.quote else None)
    )


def _prices(texts: Sequence[str], habit: Habit) -> tuple[Price, ...] | None:
    out: list[Price] = []
    for text in texts:
        found = _written(text, habit)
        if found is None:
            return None
        out += found
    return tuple(out)


def _levels(texts: Sequence[str], habit: Habit) -> tuple[Level, ...] | None:
    out: list[Level] = []
    for text in texts:
        if text.endswith("%"):
            out.append(Percent(value=_quantity(text.removesuffix("%"))))
            continue
        found = _written(text, habit)
        if found is None:
            return None
        out += found
    return tuple(out)


def _written(text: str, habit: Habit) -> list[Price] | None:
    """Prices of one piece of text; a currency sign and a `k` belong to it."""
    plain = text.strip().strip("$").removesuffix("USDT").strip()
    scale = Decimal(1000) if plain[-1:] in ("k", "K") else Decimal(1)
    plain = plain.rstrip("kK")
    if not plain or not set(plain) <= set("0123456789.,' eE-"):
        return None
    try:
        found = (Decimal(plain),) if "e" in plain.lower() else numbers.values(plain, habit)
    except InvalidOperation:
        return None
    prices = [price(value * scale) for value in found or ()]
    return None if not prices or None in prices else [p for p in prices if p is not None]


def _quantity(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise Unfit("malformed", f"{text!r} is no number"[:200]) from None
    if not value.is_finite() or value <= 0 or abs(value.adjusted()) > numbers.DIGITS_MAX:
        raise Unfit("malformed", f"expected a number above 0, was {text!r}"[:200])
    return value


def _multiple(text: str) -> Decimal:
    return _quantity(text.lower().strip().strip("x×"))


def _fraction(text: str | None) -> Decimal | Unspecified | None:
    if text is None:
        return None
    if text == Unspecified.PART.value:
        return Unspecified.PART
    value = _quantity(text)
    if value > 1:
        raise Unfit("malformed", f"a fraction lies above 0 and up to 1, was {text!r}")
    return None if value == 1 else value


_T = TypeVar("_T")


def _known(word: str | None, table: dict[str, _T], reason: str, what: str) -> _T | None:
    if word is None:
        return None
    found = table.get(word.lower())
    if found is None:
        raise Unfit(reason, f"{what} is {word!r}, known are {', '.join(table)}"[:200])
    return found
