"""Labels and the values that belong to them: a post as a form.

One walk over the tokens. A label opens a block; numbers go to the open block until a line ends it. What is certainly no
price (percent, times, hours, ids, list numbers, remarks in parentheses) is told apart here by its shape alone. Nothing is
decided yet about commas, sides or sense.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.tokens import Kind, Token, Unit

_M = Meaning
LABELS: Final = frozenset(
    {_M.ENTRY, _M.PRICE, _M.TARGET, _M.STOP, _M.LEVERAGE, _M.OTHER, _M.DIRECTION, _M.NAME}
)
HEADERS: Final = frozenset({_M.LONG, _M.SHORT, _M.BUY, _M.SELL, _M.NOW, _M.CLOSE})
"""Words that stand before prices without being labels: `LONG 36705-36200`."""

FIGURES_MAX: Final = 60
"""Numbers looked at in one block; a post with more is no signal."""

WORDS_BEFORE_VALUE_MAX: Final = 3
"""Words that may stand between a label and its value (`Stop Loss Use Only Below`); after more it is prose."""

_LIST_NUMBER_MAX = 20
_LISTED = frozenset({Meaning.ENTRY, Meaning.TARGET, Meaning.BUY, Meaning.SELL, Meaning.CLOSE})
_OTHER_LABELS = frozenset(
    {Meaning.ENTRY, Meaning.TARGET, Meaning.STOP, Meaning.LEVERAGE, Meaning.OTHER}
)
_RANGE_WIDTH_MAX = 5
_LOOK_AHEAD = 40
_NUMBERING_MARKS = frozenset(").:=°")
_RANGE_MARKS = frozenset("-~_/&→")
_NEUTRAL = frozenset(
    {_M.TO, _M.AROUND, _M.LIMIT, _M.ZONE, _M.NOW, _M.ABOVE, _M.BELOW, _M.TERM, _M.AT_MARKET}
)


@dataclass(slots=True, kw_only=True)
class Figure:
    """A number of a block. `raw` as written; `scale` is what a `k` or `万` behind it multiplies by."""

    raw: str
    unit: Unit
    start: int
    end: int
    line: int
    scale: int = 1
    is_ticked: bool = False


@dataclass(slots=True, kw_only=True)
class Block:
    """One label with its numbers. `joins` are the marks and words between them, `ordinal` the number of the label."""

    label: Meaning
    start: int
    end: int
    line: int
    language: str = ""
    ordinal: int | None = None
    figures: list[Figure] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    seen: set[Meaning] = field(default_factory=set)
    is_label: bool = True  # false where a coin's name opened it
    is_numbered: bool = False
    is_paused: bool = False
    words: int = 0  # plain ones between the label and its first value
    is_garbled: bool = False

    @property
    def prices(self) -> list[Figure]:
        return [f for f in self.figures if f.unit in (Unit.NONE, Unit.THOUSANDS)]


@dataclass(slots=True, kw_only=True)
class Line:
    """What a line holds, for telling a headline from prose."""

    words: int = 0
    plain_words: int = 0
    figures: int = 0
    meanings: set[Meaning] = field(default_factory=set)
    names: list[Token] = field(default_factory=list)
    orphans: list[Figure] = field(default_factory=list)
    ticks: int = 0
    is_listed: bool = False

    @property
    def is_unclaimed(self) -> bool:
        """Nothing but numbers, or the entry of a list, that no label took: what it means is not known."""
        return bool(self.orphans) and (self.words == 0 or self.is_listed)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The filled form of one post."""

    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    names: list[tuple[Name, Token, int]] = field(default_factory=list)
    labelled: list[tuple[Name, Token, int]] = field(default_factory=list)  # "Coin: …"
    sides: list[tuple[Meaning, Token, int]] = field(default_factory=list)
    leverages: list[tuple[Figure, bool]] = field(default_factory=list)
    meanings: dict[Meaning, list[tuple[Token, int]]] = field(default_factory=dict)

    def filled(self, *labels: Meaning) -> list[Block]:
        return [b for b in self.blocks if b.label in labels and b.figures]

    def has(self, *meanings: Meaning) -> bool:
        return any(m in self.meanings for m in meanings)

    moves_entry: bool = False  # "move the entry to …"

    @property
    def opening_meanings(self) -> set[Meaning]:
        """What the first line with words says."""
        return next((line.meanings for line in self.lines if line.words), set())

    @property
    def languages(self) -> set[str]:
        return {b.language for b in self.blocks if b.language}


def read_form(tokens: Sequence[Token]) -> Sheet:
    return _Walk(tokens).walk()


class _Walk:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._sheet = Sheet(lines=[Line()])
        self._block: Block | None = None
        self._depth = 0
        self._at = 0
        self._at_line_start = True
        self._is_list_line = False
        self._last: Figure | None = None
        self._counts: dict[Meaning, int] = {}
        self._numbered = _numbered_labels(tokens)

    @property
    def _line(self) -> Line:
        return self._sheet.lines[-1]

    @property
    def _line_number(self) -> int:
        return len(self._sheet.lines) - 1

    def walk(self) -> Sheet:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.meaning is Meaning.FOOTER:
                break
            self._at += 1
            match token.kind:
                case Kind.LINE:
                    self._end_line()
                case Kind.NUMBER:
                    self._number(token)
                case Kind.NAME:
                    self._name(token)
                case Kind.WORD:
                    self._word(token)
                case Kind.TICK:
                    self._tick()
                case Kind.MARK:
                    self._mark(token)
        self._end_line()
        return self._sheet

    # lines

    def _end_line(self) -> None:
        self._depth = 0
        self._give_orphan_to_stop()
        block = self._block
        if block is not None:
            block.is_paused = False
            block.words = 0
            if (block.figures and not self._continues(block)) or (
                not block.figures and not self._waits(block)
            ):
                self._block = None
        self._sheet.lines.append(Line())
        self._at_line_start = True
        self._is_list_line = False

    def _waits(self, block: Block) -> bool:
        """A label without a value keeps waiting for the next line, unless that brings other words."""
        if block.label is Meaning.CLOSE:
            return False
        if block.label in (Meaning.NAME, Meaning.DIRECTION):
            return True
        if block.label is Meaning.LEVERAGE and any(
            f.line == self._line_number for f, _ in self._sheet.leverages
        ):
            return False
        ahead = self._ahead()
        return bool(ahead) and (
            ahead[0].kind is Kind.NUMBER
            or ahead[0].meaning in _NEUTRAL
            or self._is_list_number(ahead)
        )

    def _continues(self, block: Block) -> bool:
        """Does the next line go on with the list of *block*?"""
        ahead = self._ahead()
        if not ahead or block.label not in _LISTED:
            return False
        if ahead[0].kind is Kind.NUMBER:
            return not any(token.meaning in _OTHER_LABELS for token in self._ahead(asides=False))
        return block.label is Meaning.TARGET and ahead[0].meaning is Meaning.TERM

    def _ahead(self, *, asides: bool = True) -> list[Token]:
        """The next line's first tokens but marks, blank lines skipped; *asides*: also those in parentheses."""
        found: list[Token] = []
        depth = 0
        for token in self._tokens[self._at : self._at + _LOOK_AHEAD]:
            if token.kind is Kind.LINE and found:
                break
            if token.kind is Kind.MARK:
                depth += (token.word in "([") - (token.word in ")]" and depth > 0)
            elif token.kind in (Kind.NUMBER, Kind.WORD, Kind.NAME) and (asides or not depth):
                found.append(token)
        return found

    def _is_list_number(self, ahead: Sequence[Token]) -> bool:
        return ahead[0].kind is Kind.NUMBER

    def _give_orphan_to_stop(self) -> None:
        """`0.06$ can be stop`: the value stands before its label."""
        block, line = self._block, self._line
        if block is None or block.label is not Meaning.STOP or block.figures:
            return
        if block.line == self._line_number and len(line.orphans) == 1 and line.figures == 1:
            block.figures.append(line.orphans.pop())

    # words

    def _word(self, token: Token) -> None:
        line, meaning = self._line, token.meaning
        line.words += 1
        if meaning is None or meaning is Meaning.FILLER:
            line.plain_words += 1
            self._plain_word(token)
        else:
            line.meanings.add(meaning)
            self._sheet.meanings.setdefault(meaning, []).append((token, self._line_number))
            self._meant(token, meaning)
        self._at_line_start = False

    def _plain_word(self, token: Token) -> None:
        block = self._block
        if block is None:
            return
        if token.is_glued and self._previous_is_number():
            block.is_garbled = block.is_garbled or token.meaning is None
        if block.figures and block.figures[-1].line == self._line_number:
            block.is_paused = True
        elif block.label in HEADERS or block.label is Meaning.NAME:
            self._block = None
        else:
            block.words += 1
            block.is_paused = block.words > WORDS_BEFORE_VALUE_MAX

    def _previous_is_number(self) -> bool:
        before = self._tokens[self._at - 2] if self._at >= 2 else None
        return before is not None and before.kind is Kind.NUMBER and before.unit is Unit.GARBLED

    def _meant(self, token: Token, meaning: Meaning) -> None:
        block = self._block
        if meaning in (Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL):
            self._sheet.sides.append((meaning, token, self._line_number))
        if meaning in (Meaning.THOUSAND, Meaning.TEN_THOUSAND, Meaning.NO_PRICE):
            self._rescale(meaning)
        elif meaning in LABELS:
            self._label(token, meaning)
        elif meaning is Meaning.AT_MARKET and self._value_follows(self._at, marks_only=True):
            self._open(token, Meaning.ENTRY)
            assert self._block is not None
            self._block.seen.add(Meaning.NOW)
        elif meaning in HEADERS:
            self._header(token, meaning)
        elif block is not None:
            block.seen.add(meaning)
            if meaning in _NEUTRAL:
                if block.figures and meaning is Meaning.TO:
                    block.joins.append("to")
            elif meaning not in (Meaning.CROSS, Meaning.ISOLATED):
                self._plain_word(token)

    def _rescale(self, meaning: Meaning) -> None:
        """`10.3 万`, `600 points`: the word behind a number says what it is."""
        last = self._last
        if last is None:
            return
        if meaning is Meaning.NO_PRICE:
            last.unit = Unit.OTHER
        else:
            last.scale *= 1000 if meaning is Meaning.THOUSAND else 10_000
        self._last = None

    def _is_labelling(self, token: Token, meaning: Meaning) -> bool:
        """`Position: LONG` is a label, `close the position` is not."""
        if meaning not in (Meaning.NAME, Meaning.DIRECTION):
            return True
        after = self._tokens[self._at] if self._at < len(self._tokens) else None
        return after is not None and (
            (after.kind is Kind.MARK and after.word in ":-=(")
            or after.kind in (Kind.NAME, Kind.LINE)
            or after.meaning in HEADERS
        )

    def _label(self, token: Token, meaning: Meaning) -> None:
        if not self._is_labelling(token, meaning):
            self._plain_word(token)
            return
        if self._is_list_line and meaning not in (Meaning.TARGET, Meaning.STOP, Meaning.ENTRY):
            return
        if self._depth and meaning in (Meaning.OTHER, Meaning.NAME, Meaning.DIRECTION):
            return
        block = self._block
        if (
            meaning is Meaning.PRICE
            and block is not None
            and block.label in (Meaning.TARGET, Meaning.STOP, Meaning.ENTRY, Meaning.OTHER)
        ):
            return
        if (
            meaning in (Meaning.OTHER, Meaning.DIRECTION, Meaning.NAME)
            and block is not None
            and block.figures
            and block.line == self._line_number
            and block.label in (Meaning.LEVERAGE,)
        ):
            block.is_paused = True
            return
        if (
            block is not None
            and block.label is meaning
            and not block.figures
            and block.line == self._line_number
        ):
            block.end = token.end  # "Stop Loss - overall stoploss at …"
            return
        if meaning is Meaning.ENTRY and self._before_is(Meaning.MOVE):
            self._sheet.moves_entry = True
        self._open(token, meaning)
        self._ordinal()

    def _before_is(self, meaning: Meaning) -> bool:
        """The word before this one."""
        at = self._at - 2
        while at >= 0 and self._tokens[at].meaning in (Meaning.FILLER, Meaning.AROUND):
            at -= 1
        return at >= 0 and self._tokens[at].meaning is meaning

    def _header(self, token: Token, meaning: Meaning) -> None:
        block = self._block
        if block is not None and block.label in (
            Meaning.ENTRY,
            Meaning.STOP,
            Meaning.PRICE,
            Meaning.DIRECTION,
            Meaning.LEVERAGE,
        ):
            block.seen.add(meaning)
            if block.label is not Meaning.DIRECTION:
                return
        if (
            block is not None
            and block.label is Meaning.TARGET
            and (self._depth or block.is_numbered or meaning in (Meaning.NOW, Meaning.CLOSE))
        ):
            return
        if (
            block is not None
            and block.label in HEADERS
            and not block.figures
            and meaning in (Meaning.NOW,)
        ):
            block.seen.add(meaning)
            return
        if (self._depth and block is not None and block.figures) or self._is_list_line:
            return
        self._open(token, meaning)

    def _open(self, token: Token, label: Meaning) -> None:
        self._block = Block(
            label=label,
            start=token.start,
            end=token.end,
            line=self._line_number,
            language=token.language,
            is_label=token.kind is Kind.WORD,
        )
        self._sheet.blocks.append(self._block)
        self._counts[label] = self._counts.get(label, 0) + 1

    def _ordinal(self) -> None:
        """Takes the number of a label (`TP 1:`, `Target #2`, `Entry 1 -`) away from its values."""
        block = self._block
        assert block is not None
        at = self._at
        while (
            at < len(self._tokens)
            and self._tokens[at].kind is Kind.MARK
            and self._tokens[at].word in "#("
        ):
            at += 1
        if at >= len(self._tokens):
            return
        token = self._tokens[at]
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        if (
            token.unit is Unit.OTHER
            and token.word.lstrip("# ").isdigit()
            and token.word.startswith("#")
        ):
            block.ordinal, self._at = int(token.word.lstrip("# ")[:3]), at + 1
            return
        if not _is_list_integer(token):
            return
        is_marked = after is not None and after.kind is Kind.MARK and after.word in _NUMBERING_MARKS
        if token.is_glued or is_marked or (block.label in self._numbered):
            if not self._value_follows(at + 1) and not is_marked and not token.is_glued:
                return
            block.ordinal, self._at = int(token.word), at + 1

    def _value_follows(self, at: int, *, marks_only: bool = False) -> bool:
        for token in self._tokens[at : at + 12]:
            if token.kind is Kind.LINE:
                return False
            if token.kind is Kind.NUMBER or token.meaning in (Meaning.NOW, Meaning.AT_MARKET):
                return True
            if marks_only and token.kind is not Kind.MARK:
                return False
        return False

    # numbers

    def _number(self, token: Token) -> None:
        line = self._line
        starts_line = self._at_line_start
        self._at_line_start = False
        if starts_line and self._takes_list_number(token):
            return
        figure = Figure(
            raw=token.word,
            unit=token.unit,
            start=token.start,
            end=token.end,
            line=self._line_number,
        )
        self._last = figure
        if token.unit is Unit.TIMES:
            self._times(figure)
            return
        if token.unit is Unit.OTHER:
            return
        if token.unit is not Unit.PERCENT:
            line.figures += 1
        if not self._accepts(figure):
            if token.unit in (Unit.NONE, Unit.THOUSANDS) and not self._is_aside():
                line.orphans.append(figure)
            return
        assert self._block is not None
        self._block.figures.append(figure)

    def _takes_list_number(self, token: Token) -> bool:
        """`1) 0.88`, `2: 0.9`, `4  0.0026`, an empty `3)`: the number of a list, not a price."""
        block = self._block
        if not _is_list_integer(token):
            return False
        after = self._tokens[self._at] if self._at < len(self._tokens) else None
        marked = after is not None and after.kind is Kind.MARK and after.word in _NUMBERING_MARKS
        expected = 1 + (len({f.line for f in block.figures}) if block is not None else 0)
        if marked and (after is None or after.word == ")" or int(token.word) <= expected + 1):
            self._is_list_line = self._line.is_listed = True
            if block is not None:
                block.is_numbered = True
            return True
        if block is None or int(token.word) != expected or not self._value_follows(self._at):
            return False
        is_listed = block.is_numbered or (
            after is not None
            and after.kind is not Kind.MARK
            and expected == 1
            and _next_line_starts(self._tokens, self._at, 2)
        )
        if is_listed or (
            after is not None and after.word == "-" and _next_line_starts(self._tokens, self._at, 2)
        ):
            block.is_numbered = True
            return True
        return False

    def _times(self, figure: Figure) -> None:
        block = self._block
        before = self._tokens[self._at - 2] if self._at >= 2 else None
        if (
            block is not None
            and block.figures
            and before is not None
            and before.word in _RANGE_MARKS
        ):
            if block.figures[-1].end == before.start:  # "(5-10x)": the 5 is no price
                block.figures.pop()
        self._sheet.leverages.append(
            (figure, block is not None and block.label is Meaning.LEVERAGE)
        )

    def _accepts(self, figure: Figure) -> bool:
        block = self._block
        if (
            block is None
            or block.is_paused
            or self._is_aside()
            or len(block.figures) >= FIGURES_MAX
        ):
            return False
        if block.label is Meaning.NOW and not block.figures and self._is_bound_to(block, figure):
            block.is_garbled = True  # "CMP-3720": from here to there, or there?
        if block.label is Meaning.LEVERAGE:
            if figure.unit is Unit.NONE:
                self._sheet.leverages.append((figure, True))
            return False
        if figure.unit is Unit.GARBLED:
            block.is_garbled = True
            return False
        if block.figures and block.figures[-1].line == figure.line:
            if figure.unit is Unit.PERCENT and self._touches(block.figures[-1].end, figure.start):
                block.figures.pop()  # "5-10%": the 5 is no price either
        if block.figures and block.figures[-1].line == figure.line:
            block.joins.append(self._join(block.figures[-1].end, figure.start))
        return True

    def _is_bound_to(self, block: Block, figure: Figure) -> bool:
        between = [t for t in self._tokens if block.end <= t.start < figure.start]
        return len(between) == 1 and between[0].word == "-" and figure.start - block.end == 1

    def _touches(self, start: int, end: int) -> bool:
        between = [t for t in self._tokens if start <= t.start < end]
        return (
            len(between) == 1
            and (between[0].word in _RANGE_MARKS or between[0].meaning is Meaning.TO)
            and end - start <= _RANGE_WIDTH_MAX
            and (end - start < 3 or between[0].meaning is Meaning.TO)
        )

    def _join(self, start: int, end: int) -> str:
        between = [t.word for t in self._tokens if start <= t.start < end]
        for word in between:
            if word in _RANGE_MARKS:
                return word
        return "," if "," in between else " ".join(between)

    def _is_aside(self) -> bool:
        """In parentheses behind a value or a headline: a percent, a ratio, a remark."""
        block = self._block
        return self._depth > 0 and (
            block is None
            or block.label in HEADERS
            or block.label is Meaning.NAME
            or any(f.line == self._line_number for f in block.figures)
        )

    # the rest

    def _name(self, token: Token) -> None:
        assert token.name is not None
        self._at_line_start = False
        self._line.words += 1
        self._line.names.append(token)
        self._sheet.names.append((token.name, token, self._line_number))
        block = self._block
        if block is not None and block.label is Meaning.NAME and block.is_label:
            self._sheet.labelled.append((token.name, token, self._line_number))
        if (
            block is not None
            and block.label in (Meaning.ENTRY, Meaning.TARGET, Meaning.STOP)
            and not block.figures
        ):
            return
        if block is not None and block.label in HEADERS and not block.figures:
            return
        if block is None or block.label in (Meaning.NAME, Meaning.DIRECTION):
            self._open(token, Meaning.NAME)
            return
        if block.figures:
            block.is_paused = True

    def _tick(self) -> None:
        self._line.ticks += 1
        block = self._block
        if block is not None and block.figures and block.figures[-1].line == self._line_number:
            block.figures[-1].is_ticked = True

    def _mark(self, token: Token) -> None:
        if token.word in "([{":
            self._depth += 1
        elif token.word in ")]}":
            self._depth = max(0, self._depth - 1)


def _is_list_integer(token: Token) -> bool:
    return (
        token.kind is Kind.NUMBER
        and token.unit is Unit.NONE
        and token.word.isdigit()
        and len(token.word) <= 2
        and 0 < int(token.word) <= _LIST_NUMBER_MAX
        and token.word[0] != "0"
    )


def _next_line_starts(tokens: Sequence[Token], at: int, number: int) -> bool:
    """Does the next line that is not blank begin with *number*?"""
    passed = False
    for token in tokens[at : at + 40]:
        if token.kind is Kind.LINE:
            passed = True
        elif passed and token.kind is Kind.NUMBER:
            return token.word == str(number) or token.word.startswith(f"{number} ")
        elif passed and token.kind is not Kind.MARK:
            return False
    return False


def _numbered_labels(tokens: Sequence[Token]) -> frozenset[Meaning]:
    """Labels that occur with 1 and with 2 behind them: those numbers count labels, they are no prices."""
    seen: dict[Meaning, set[str]] = {}
    for token, after in zip(tokens, tokens[1:], strict=False):
        if token.meaning in LABELS and after.kind is Kind.NUMBER:
            first = after.word.partition(" ")[0]
            if first.isdigit():
                seen.setdefault(token.meaning, set()).add(first)
    return frozenset(m for m, numbers in seen.items() if {"1", "2"} <= numbers)
