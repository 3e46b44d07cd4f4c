"""Whom a post is about: which coin, and which way."""

from collections.abc import Iterator
from dataclasses import dataclass

from tgbitget.model.intent import Side
from tgbitget.parsing.fields import read_form
from tgbitget.parsing.form import Sheet
from tgbitget.parsing.lexemes import LINE, MARK, NUMBER, WORD
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.tokens import Kind, Token

_SIDES = {
    Meaning.LONG: Side.LONG,
    Meaning.SHORT: Side.SHORT,
    Meaning.BUY: Side.LONG,
    Meaning.SELL: Side.SHORT,
}
_HEADLINE = {
    Meaning.LONG,
    Meaning.SHORT,
    Meaning.BUY,
    Meaning.SELL,
    Meaning.SPOT,
    Meaning.NAME,
    Meaning.OBJECT,
    Meaning.ENTRY,
}
_OUTRIGHT = frozenset({Meaning.LONG, Meaning.SHORT})
_TRADED = frozenset({Meaning.BUY, Meaning.SELL})
_LABELLED, _HEADED, _IN_PROSE = 3, 2, 1
_LEVELS = (Meaning.ENTRY, Meaning.TARGET, Meaning.STOP)
_PROSE_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The coin a post is about, where it was written and by which rule it was taken."""

    name: Name
    start: int
    end: int
    rule: str


def direction(sheet: Sheet) -> tuple[Side | None, bool]:
    """The side that words say, and whether words contradict each other. LONG and SHORT outweigh buy and sell."""
    if len(sheet.sides) == 1:
        return _SIDES[sheet.sides[0][0]], False
    for pair in (_OUTRIGHT, _TRADED) if sheet.sides else ():
        weighed = [(_weight(sheet, line), _SIDES[m]) for m, _, line in sheet.sides if m in pair]
        if pair is _TRADED and _are_columns(sheet):
            return None, False
        if weighed:
            best = max(weight for weight, _ in weighed)
            sides = {side for weight, side in weighed if weight == best}
            return (sides.pop(), False) if len(sides) == 1 else (None, True)
    return None, False


def _are_columns(sheet: Sheet) -> bool:
    """`BUY: …` and `SELL: …` with prices each are labels, not directions."""
    return bool(sheet.filled(Meaning.BUY) and sheet.filled(Meaning.SELL))


def _weight(sheet: Sheet, line: int) -> int:
    """How much a direction word counts: labelled, in a headline, in prose."""
    there = sheet.lines[line]
    if Meaning.DIRECTION in there.meanings:
        return _LABELLED
    is_headline = (
        there.names or Meaning.ENTRY in there.meanings or there.plain_words <= _PROSE_WORDS
    )
    return _HEADED if is_headline else _IN_PROSE


def subject_of(sheet: Sheet) -> Subject | str:
    """The one coin of a setup, or the reason why there is none (`no_symbol`, `multi_signal`, `contradictory`)."""
    for rule, written in _ranks(sheet):
        if written:
            return _taken(sheet, written, rule)
    return "no_symbol"


def _taken(sheet: Sheet, written: "list[Named]", rule: str) -> Subject | str:
    """The one coin of *written*, names that are sure in the same way."""
    name, token, _ = written[0]
    if len(sheet.names) > 1:
        is_one = len({name.base for name, _, _ in written}) == 1
        names = written if is_one else _headlines(sheet, written)
        bases = {name.base for name, _, _ in names}
        if len(bases) > 1 or _has_another(sheet, bases):
            return "multi_signal"
        quotes = {name.quote for name, _, _ in names if name.quote}
        if len(quotes) > 1:
            return "contradictory"
        _, token, _ = names[0]
        name = Name(base=bases.pop(), quote=next(iter(quotes), None))
    return Subject(name=name, start=token.start, end=token.end, rule=rule)


def _has_another(sheet: Sheet, bases: set[str]) -> bool:
    """Does a headline with a direction and levels under it belong to another coin?"""
    others = {line for name, t, line in sheet.names if t.is_strong and name.base not in bases}
    if not others:
        return False
    last = max((block.line for block in sheet.filled(*_LEVELS)), default=0)
    return any(
        line < last
        and sheet.lines[line].meanings & _SIDES.keys()
        and not any(t.name is not None and t.name.base in bases for t in sheet.lines[line].names)
        for line in others
    )


Named = tuple[Name, Token, int]


def _ranks(sheet: Sheet) -> Iterator[tuple[str, list[Named]]]:
    """Names from the surest way of writing one to the least."""
    strong = [n for n in sheet.names if n[1].is_strong]
    yield "label", sheet.labelled
    yield "pair", [n for n in strong if n[0].quote]
    yield "$ticker", [n for n in strong if n[1].word[0] == "$"]
    beside = [n for n in sheet.names if not _SIDES.keys().isdisjoint(sheet.lines[n[2]].meanings)]
    yield "beside a side", beside
    yield "#ticker", [n for n in strong if n[1].word[0] == "#"]
    yield "coin", [n for n in sheet.names if not n[1].is_strong]


def _headlines(sheet: Sheet, names: list[Named]) -> list[Named]:
    """Of several coins those in a headline before the levels; the others are only mentioned, unless levels follow."""
    blocks = sheet.filled(*_LEVELS)
    first = min((block.line for block in blocks), default=len(sheet.lines))
    last = max((block.line for block in blocks), default=0)
    heads = [n for n in names if n[2] <= last and _is_headline(sheet, n[2])]
    before = [n for n in heads if n[2] <= first]
    return (heads if len(before) < len(heads) else before) or names


def _is_headline(sheet: Sheet, at: int) -> bool:
    line = sheet.lines[at]
    return bool(line.meanings & _HEADLINE) or line.plain_words <= _PROSE_WORDS


_BESIDE = frozenset(
    {
        Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL, Meaning.SPOT, Meaning.LIMIT, Meaning.ENTRY, Meaning.OBJECT,
        Meaning.CLOSE, Meaning.CLOSED, Meaning.CANCEL, Meaning.MOVE, Meaning.STOP, Meaning.PENDING,
    }
)  # fmt: skip
_NAME_LETTERS = range(2, 11)


def with_bare_names(tokens: list[Token]) -> list[Token]:
    """Unknown capitals beside a word of the trade are a coin's name (`PYTH` in `Short PYTH entry`), and so is
    `chr` in `long chr 0.25`.
    """
    out = list(tokens)
    is_shouted = not any(not t.is_upper and t.kind is WORD for t in tokens)
    beside = _SIDES.keys() | {Meaning.SPOT} if is_shouted else _BESIDE
    for at, token in enumerate(tokens):
        if token.meaning is not None or token.kind is not WORD:
            continue
        word = token.word
        if len(word) not in _NAME_LETTERS or not (word.isascii() and word.isalpha()):
            continue
        before = _beside(tokens, at, -1)
        is_sided = before is not None and before.meaning in _OUTRIGHT
        if not token.is_upper and not is_sided:
            continue
        after = _beside(tokens, at, 1)
        is_beside = (before is not None and before.meaning in beside) or (
            after is not None and after.meaning in beside
        )
        is_between = is_sided and after is not None and after.kind is NUMBER
        is_headed = (
            is_shouted
            and at > 0
            and tokens[at - 1].word == "-"
            and before is not None
            and before.meaning is Meaning.OBJECT
        )
        is_title = before is None and after is None and not any(t.kind is WORD for t in tokens[:at])
        if (token.is_upper and (is_beside or is_headed or is_title)) or is_between:
            out[at] = token._replace(kind=Kind.NAME, name=Name(base=word.upper()))
    return out


def _beside(tokens: list[Token], at: int, step: int) -> Token | None:
    """The neighbour on the same line, marks passed over."""
    at += step
    while 0 <= at < len(tokens) and tokens[at].kind is MARK:
        at += step
    if not 0 <= at < len(tokens) or tokens[at].kind is LINE:
        return None
    return tokens[at]


def name_anywhere(tokens: list[Token]) -> Name | None:
    """The coin a post is about, setup or not; None when it names none or several."""
    subject = subject_of(read_form(tokens))
    return None if isinstance(subject, str) else subject.name
