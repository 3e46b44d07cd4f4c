"""The words of each language and what they mean to us. Words are data: one TOML file a language, no Python.

A file `vocabulary/<language>.toml` holds `[words]`: for each meaning of `Meaning` a list of phrases, and `[numbers]`: the
marks that part thousands in everyday writing. `names.toml` holds coin names and what is no coin. Files are read when a
lexicon is made, not when this module is imported.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from tgbitget.errors import ConfigError
from tgbitget.parsing.text import normalise


class Meaning(StrEnum):
    """What a phrase does in a post. The names are the keys of the language files."""

    # labels: what the numbers behind them are
    ENTRY = "entry"
    PRICE = "price"
    TARGET = "target"
    TARGET_COUNTED = "target_counted"  # a target's label only with a number glued to it: `T1`
    STOP = "stop"
    LEVERAGE = "leverage"
    NAME = "name"
    DIRECTION = "direction"
    OTHER = "other"  # numbers behind it are none of ours
    FOOTER = "footer"  # nothing behind it is ours
    # what a setup says
    LONG = "long"
    SHORT = "short"
    BUY = "buy"
    SELL = "sell"
    BUY_STOP = "buy_stop"  # entered above, only once the price is there
    SELL_STOP = "sell_stop"
    NOW = "now"
    AT_MARKET = "at_market"
    OPENING = "opening"  # a bare price behind it is the market's
    LIMIT = "limit"
    ZONE = "zone"
    ABOVE = "above"
    BELOW = "below"
    CROSS = "cross"
    ISOLATED = "isolated"
    FUTURES = "futures"
    SPOT = "spot"
    TO = "to"
    AROUND = "around"
    THOUSAND = "thousand"
    TEN_THOUSAND = "ten_thousand"
    NO_PRICE = "no_price"  # after a number: it is an amount, points, a time
    TERM = "term"  # short term, long term: no direction
    # what a follow-up says
    CLOSE = "close"
    CLOSED = "closed"
    TAKE = "take"
    CANCEL = "cancel"
    VOID = "void"
    MOVE = "move"
    AMENDED = "amended"
    UPDATED = "updated"  # in a headline only
    BREAKEVEN = "breakeven"
    BREAKEVEN_SHORT = "breakeven_short"  # means it only behind a stop or "to"
    RISK_FREE = "risk_free"
    HALF = "half"
    PART = "part"
    ALL = "all"
    REST = "rest"
    OBJECT = "object"  # position, trade, order
    PENDING = "pending"  # limit order, entry order
    MANUALLY = "manually"
    REVERSED = "reversed"
    PROFIT = "profit"
    # what takes a verb its force
    IF = "if"
    NOT = "not"
    FUTURE = "future"
    PLAN = "plan"  # what is waited for: no set-up yet, though an instruction beside it stands
    HIT = "hit"
    RESULT = "result"
    TALK = "talk"
    SAMPLE = "sample"  # what follows shows how something is done, or was
    PAST = "past"  # yesterday: a diary, no instruction
    CANDLE = "candle"
    NEW = "new"  # before a stop: it is moved
    FILLER = "filler"  # words that may stand anywhere, and are no coins


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]
    meaning: Meaning
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryTrade:
    """How a post says that it means each trade: *all* and what there may be several of, with words that change nothing.

    `orders` may be those of one trade, where the post answers one; `but` are words that take some of them out.
    """

    all: frozenset[str] = frozenset()
    trades: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All phrases of the chosen languages, found by their first word; scripts without spaces by substring.

    `alone` are phrases of one word; `longer` those of more, by the first word, then the second, the longest first.
    `starts` are words with which a phrase or a coin's name may begin.
    `coin_heads` are coins' names of several words; `joins` are words that join two numbers between which they stand;
    `shared` are phrases that several languages have, each with all it can be.
    """

    heads: Mapping[str, tuple[Phrase, ...]]
    alone: Mapping[str, Phrase]
    longer: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    starts: frozenset[str]
    unspaced: Mapping[str, Phrase]
    unspaced_longest: int
    coins: Mapping[str, str]
    not_crypto: frozenset[str]
    stable: frozenset[str]
    word_coins: frozenset[str]
    signs: Mapping[str, Meaning]
    coin_heads: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    joins: frozenset[str]
    shared: Mapping[str, tuple[Phrase, ...]]
    thousands: Mapping[str, frozenset[str]] = field(default_factory=dict)
    every_trade: EveryTrade = EveryTrade()

    def every(self) -> Iterator[Phrase]:
        """Each phrase in each language that has it."""
        for those in (*self.heads.values(), *self.shared.values()):
            yield from those
        yield from self.unspaced.values()

    def meaning(self, word: str) -> Meaning | None:
        """Of a word standing alone."""
        phrase = self.alone.get(word.lower())
        return None if phrase is None else phrase.meaning


_FOLDER = files("tgbitget.parsing").joinpath("vocabulary")
_NAMES = "names"
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*", re.UNICODE)


def languages() -> tuple[str, ...]:
    """The languages that have a file."""
    names = sorted(entry.name for entry in _FOLDER.iterdir())
    stems = [name.removesuffix(".toml") for name in names if name.endswith(".toml")]
    return tuple(sorted((s for s in stems if s != _NAMES), key=lambda s: (s != "en", s)))


@cache
def lexicon(chosen: tuple[str, ...] = ()) -> Lexicon:
    """The lexicon of *chosen* languages, of all when none is named. Names and quotes belong to every language."""
    there = languages()
    unknown = sorted(set(chosen) - set(there))
    if unknown:
        raise ConfigError(f"parsing.language names {unknown[0]!r}, there are {', '.join(there)}")
    every: dict[tuple[str, ...], dict[str, Phrase]] = {}
    thousands: dict[str, frozenset[str]] = {}
    sayings: dict[str, set[str]] = {}
    for language in chosen or there:
        content = _toml(language)
        thousands[language] = frozenset(content.get("numbers", {}).get("thousands", []))
        for key, texts in content.get("every", {}).items():
            sayings.setdefault(key, set()).update(" ".join(words_of(text)) for text in texts)
        for phrase in _phrases(language, content.get("words", {})):
            every.setdefault(phrase.words, {}).setdefault(language, phrase)
    for plain in [_unaccented(p) for those in every.values() for p in those.values()]:
        if plain is not None and plain.words not in every:
            every[plain.words] = {plain.language: plain}
    phrases = {words: next(iter(those.values())) for words, those in every.items()}
    unspaced = {"".join(p.words): p for p in phrases.values() if _UNSPACED.match(p.words[0])}
    names = _toml(_NAMES)
    coins: dict[str, str] = {_key(name): coin for name, coin in names["coins"].items()}
    coin_heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, coin in coins.items():
        head, *tail = name.split(" ")
        if tail:
            coin_heads.setdefault(head, []).append(((head, *tail), coin))
    unspaced_coins = [name for name in coins if _UNSPACED.match(name)]
    heads = _by_first_word(p for p in phrases.values() if not _UNSPACED.match(p.words[0]))
    return Lexicon(
        heads=heads,
        alone={head: p for head, those in heads.items() for p in those if len(p.words) == 1},
        longer={head: found for head, those in heads.items() if (found := _by_second_word(those))},
        starts=frozenset((*heads, *coins, *coin_heads)),
        unspaced=unspaced,
        unspaced_longest=max(map(len, (*unspaced, *unspaced_coins)), default=0),
        coins=coins,
        not_crypto=not_crypto(),
        stable=frozenset(names["other"]["stable"]),
        word_coins=frozenset(names["other"]["word_coins"]),
        signs={sign: Meaning(key) for key, those in names["signs"].items() for sign in those},
        thousands=thousands,
        every_trade=EveryTrade(**{key: frozenset(those) for key, those in sayings.items()}),
        coin_heads={head: tuple(those) for head, those in coin_heads.items()},
        joins=frozenset(names["other"]["joins"]),
        shared={
            " ".join(words): tuple(those.values())
            for words, those in every.items()
            if len(those) > 1
        },
    )


@cache
def not_crypto() -> frozenset[str]:
    """Names of what is no coin, in whatever language; there with the first lexicon, so that no post waits for it."""
    return frozenset(_toml(_NAMES)["other"]["not_crypto"])


def _toml(stem: str) -> dict[str, Any]:
    text = _FOLDER.joinpath(f"{stem}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


_UNACCENTED_MIN: Final = 5
_STROKES: Final = str.maketrans("đøł", "dol")


def _unaccented(phrase: Phrase) -> Phrase | None:
    """`diem vao` for `điểm vào`: many type without accents. Short words would meet those of other languages."""
    joined = "".join(phrase.words)
    if joined.isascii() or len(joined) < _UNACCENTED_MIN:
        return None
    words = tuple(
        "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
        for word in (w.translate(_STROKES) for w in phrase.words)
    )
    return replace(phrase, words=words) if all(word.isascii() for word in words) else None


def _phrases(language: str, words: Mapping[str, Sequence[str]]) -> list[Phrase]:
    found = []
    for key, texts in words.items():
        try:
            meaning = Meaning(key)
        except ValueError:
            raise ConfigError(f"vocabulary {language}: unknown meaning {key!r}") from None
        found += [Phrase(words_of(text), meaning, language) for text in texts]
    return found


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in WORD.findall(normalise(text).clean))


def _key(name: str) -> str:
    return " ".join(words_of(name)) or name.lower()


def _by_first_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    heads: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        heads.setdefault(phrase.words[0], []).append(phrase)
    return {
        head: tuple(sorted(those, key=lambda p: -len(p.words))) for head, those in heads.items()
    }


def _by_second_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    seconds: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for second in phrase.words[1:2]:
            seconds.setdefault(second, []).append(phrase)
    return {second: tuple(those) for second, those in seconds.items()}
