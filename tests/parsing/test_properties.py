"""What holds for any text: nothing raises, no number is invented, what is written is read back."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsing.posts import chain, post
from tgbitget.model.intent import (
    ClosePosition,
    Entry,
    EntryKind,
    MarginMode,
    MarketKind,
    OpenPosition,
    Side,
)
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.reading import NotASignal, Read, Unclear, reading_json
from tgbitget.parsing.lexicon import Meaning, lexicon
from tgbitget.parsing.names import name_in
from tgbitget.parsing.text import normalise

CHAIN = chain()
WORDS = st.sampled_from(
    ["LONG", "short", "buy", "SELL", "Entry", "Entry:", "TP", "TP1:", "targets", "SL", "stop loss:", "Leverage", "#BTC/USDT", "$ETH",
     "SOLUSDT", "close", "cancel", "move", "to entry", "half", "50%", "10x", "x20", "-", "/", ",", "\n", "\n1)", "2)", "now", "market",
     "вход", "стоп", "тейк", "лонг", "止損", "目標", "做多", "附近", "✅", "(", ")", "|", "if", "hit", "65,000", "1.880", "64 012.30", "0,45",
     "97k2", "0.0₅892", "1️⃣", "۶۵۰", "6S0", "02574", "k", "万", "between", "and", "above"]
)  # fmt: skip
NUMBERS = st.decimals("0.0001", "99999", places=4, allow_nan=False).map(exact)
POSTS = st.lists(st.one_of(WORDS, NUMBERS), max_size=40).map(" ".join)


def numbers_in(value: Any) -> list[Decimal]:
    """Every number of a reading's JSON."""
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers_in(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in numbers_in(inner)]
    if isinstance(value, str) and re.fullmatch(r"[\d.]+%?", value):
        return [Decimal(value.rstrip("%"))]
    return []


def is_written(number: Decimal, text: str) -> bool:
    """Do the number's significant digits stand in the post, next to each other but for marks?"""
    significant = "".join(map(str, number.as_tuple().digits)).strip("0") or "0"
    return significant in re.sub(r"[.,' k%]", "", normalise(text).clean)


@given(st.text(max_size=500))
@example("0.0₀5")
@example("{" * 100)
@example("SIGNAL | | |")
@example("BTC long entry 8.308.09e-01 tp 9 sl 7")
def test_no_text_raises(text: str) -> None:
    reading = CHAIN.read(post(text))
    assert getattr(reading, "reason", None) != "parser_failed"
    reading_json(reading)


@given(POSTS)
@settings(max_examples=500)
def test_no_post_of_the_trades_words_raises(text: str) -> None:
    reading = CHAIN.read(post(text))
    assert getattr(reading, "reason", None) != "parser_failed"


@given(POSTS)
@settings(max_examples=500)
def test_the_orders_numbers_are_numbers_of_the_post(text: str) -> None:
    reading = CHAIN.read(post(text))
    match reading:
        case Read():
            said = reading_json(reading)
            said.pop("symbol")
            said.pop("parent_symbol")
            fraction = said.pop("fraction")
            assert all(is_written(n, text) for n in numbers_in(said)), said
            if fraction not in (None, "unspecified", "0.5"):
                assert isinstance(reading.intent, ClosePosition)
                assert any(mark in text for mark in ("%", "/"))
        case NotASignal() | Unclear():
            pass


@given(POSTS)
def test_what_is_read_fits_its_side(text: str) -> None:
    reading = CHAIN.read(post(text))
    if isinstance(reading, Read) and isinstance(reading.intent, OpenPosition):
        intent = reading.intent
        sign = intent.side.sign
        for entry in intent.entry.prices:
            targets = [t for t in intent.take_profits if not isinstance(t, Percent)]
            assert all((target - entry) * sign > 0 for target in targets)
            if isinstance(intent.stop_loss, Decimal):
                assert (entry - intent.stop_loss) * sign > 0


@given(POSTS, st.integers(0, 30))
def test_spans_lie_in_the_post(text: str, at: int) -> None:
    posted = text[:at] + "\u200b" + text[at:]
    reading = CHAIN.read(post(posted))
    for span in getattr(reading, "spans", ()):
        assert 0 <= span.start < span.end <= len(posted)


def is_a_side(word: str) -> bool:
    """`#BUY/USDT` may be a coin or the side: whoever writes it is not understood."""
    sides = {Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL}
    return lexicon().meaning(word) in sides


@st.composite
def intents(draw: st.DrawFn) -> OpenPosition:
    """Trades that make sense: an entry, targets beyond it, a stop behind."""
    side = draw(st.sampled_from(list(Side)))
    middle = draw(st.decimals("0.001", "90000", places=3))
    step = middle / 100

    def at(percent: int) -> Price:
        return Price((middle + step * percent * side.sign).normalize())

    kind = draw(st.sampled_from(list(EntryKind)))
    prices = {
        EntryKind.MARKET: (),
        EntryKind.LIMIT: (at(0),),
        EntryKind.TRIGGER: (at(0),),
        EntryKind.ZONE: tuple(sorted((at(0), at(1)))),
        EntryKind.LADDER: (at(0), at(-1), at(-2)),
    }[kind]
    leverage = draw(st.none() | st.integers(1, 125).map(Decimal))
    return OpenPosition(
        symbol=draw(st.from_regex(r"[A-Z]{2,6}", fullmatch=True).filter(lambda s: not s.endswith(("USDT", "USDC", "USD", "BTC", "ETH", "EUR")) and not is_a_side(s))),
        quote=draw(st.sampled_from(["USDT", "USDC"])),
        side=side,
        market=MarketKind.FUTURES,
        entry=Entry(kind=kind, prices=prices),
        take_profits=tuple(at(percent) for percent in draw(st.lists(st.integers(2, 50), max_size=5, unique=True))),
        stop_loss=draw(st.none() | st.just(at(-20))),
        leverage=leverage,
        margin_mode=draw(st.none() | st.sampled_from(list(MarginMode))),
    )  # fmt: skip


def as_template(intent: OpenPosition) -> str:
    """The built-in form of `template`."""
    prices = "/".join(exact(price) for price in intent.entry.prices)
    kind = {"market": "MARKET", "trigger": "STOP"}.get(intent.entry.kind, intent.entry.kind)
    parts = ["SIGNAL", f"{intent.symbol}{intent.quote}", intent.side, f"{kind} {prices}".strip()]
    parts += [f"TP={exact(t)}" if at == 0 else f"TP{at + 1}={exact(t)}" for at, t in enumerate(intent.take_profits) if not isinstance(t, Percent)]  # fmt: skip
    parts += [f"SL={exact(intent.stop_loss)}"] if isinstance(intent.stop_loss, Decimal) else []
    parts += [f"LEV={exact(intent.leverage)}"] if intent.leverage else []
    parts += [intent.margin_mode] if intent.margin_mode else []
    return " | ".join(parts)


@given(intents())
def test_a_trade_written_as_json_is_read_back(intent: OpenPosition) -> None:
    written = reading_json(Read(intent=intent, parser="x"))
    text = str({k: v for k, v in written.items() if v is not None}).replace("'", '"')
    reading = CHAIN.read(post(text))
    if name_is_plain(intent):
        assert isinstance(reading, Read), reading
        assert reading.intent == intent
        assert reading.parser == "structured"


@given(intents())
def test_a_trade_written_in_the_template_is_read_back(intent: OpenPosition) -> None:
    reading = CHAIN.read(post(as_template(intent)))
    if name_is_plain(intent):
        assert isinstance(reading, Read), reading
        assert reading.intent == intent
        assert reading.parser == "template"


def as_form(intent: OpenPosition) -> str:
    """As a channel would post it."""
    prices = [exact(price) for price in intent.entry.prices]
    entry = {
        EntryKind.MARKET: "Entry: market",
        EntryKind.LIMIT: f"Entry: {' '.join(prices)}",
        EntryKind.TRIGGER: f"Entry {'above' if intent.side is Side.LONG else 'below'} {' '.join(prices)}",
        EntryKind.ZONE: f"Entry zone: {' - '.join(prices)}",
        EntryKind.LADDER: "\n".join(f"Entry {at + 1}: {price}" for at, price in enumerate(prices)),
    }[intent.entry.kind]
    targets = [exact(t) for t in intent.take_profits if not isinstance(t, Percent)]
    lines = [f"#{intent.symbol}/{intent.quote} {intent.side.upper()}", entry]
    lines += (
        ["Take profit:", *(f"{at + 1}) {price}" for at, price in enumerate(targets))]
        if targets
        else []
    )
    lines += [f"SL: {exact(intent.stop_loss)}"] if isinstance(intent.stop_loss, Decimal) else []
    terms = [f"{exact(intent.leverage)}x"] if intent.leverage else []
    terms += [intent.margin_mode] if intent.margin_mode else []
    lines += [f"Leverage: {' '.join(terms)}"] if terms else []
    return "\n".join(lines)


@pytest.mark.parametrize("word", ["LONG", "SELL", "MUA", "KAUF"])
def test_a_pair_named_like_a_side_opens_nothing(word: str) -> None:
    assert is_a_side(word)
    assert not isinstance(CHAIN.read(post(f"#{word}/USDT\nEntry: market")), Read)


CL_IS_A_STOP_IN_INDONESIAN = OpenPosition(
    symbol="CL",
    quote="USDT",
    side=Side.LONG,
    market=MarketKind.FUTURES,
    entry=Entry(kind=EntryKind.MARKET),
)


@given(intents())
@example(CL_IS_A_STOP_IN_INDONESIAN)
@settings(max_examples=300)
def test_a_trade_written_as_a_form_is_read_back_or_refused(intent: OpenPosition) -> None:
    reading = CHAIN.read(post(as_form(intent)))
    if isinstance(reading, Read):
        assert reading.intent == intent
    else:
        assert isinstance(reading, Unclear)


@st.composite
def spoilt_forms(draw: st.DrawFn) -> str:
    """A good form with some of it lost, doubled, moved or replaced."""
    pieces = re.split(r"(\s+)", as_form(draw(intents())))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(["lose", "double", "replace", "cut"])):
            case "lose":
                del pieces[at]
            case "double":
                pieces.insert(at, pieces[at])
            case "replace":
                pieces[at] = draw(st.one_of(WORDS, NUMBERS))
            case _:
                pieces[at] = pieces[at][1:]
        pieces = pieces or [""]
    return "".join(pieces)


@given(spoilt_forms())
@settings(max_examples=800)
def test_of_a_spoilt_form_nothing_is_read_that_is_not_there(text: str) -> None:
    reading = CHAIN.read(post(text))
    assert getattr(reading, "reason", None) != "parser_failed"
    if isinstance(reading, Read):
        said = {k: v for k, v in reading_json(reading).items() if k in _LEVELS}
        assert all(is_written(n, text) for n in numbers_in(said)), said


_LEVELS = ("entry", "take_profits", "stop_loss", "leverage", "update")


def name_is_plain(intent: OpenPosition) -> bool:
    """Not by chance a currency or an index."""
    name = name_in(intent.symbol)
    return name is not None and not isinstance(
        CHAIN.read(post(f"SIGNAL | {intent.symbol} | BUY | MARKET")), Unclear
    )
