"""Labels and the values that belong to them: a post as a form.

One walk over the tokens. A label opens a block; numbers go to the open block until a line ends it. What is certainly no
price (percent, times, hours, ids, list numbers, remarks in parentheses) is told apart here by its shape alone. Nothing is
decided yet about commas, sides or sense.
"""

from collections.abc import Sequence
from typing import Final

from tgbitget.parsing import numbering
from tgbitget.parsing.clauses import QUESTIONS
from tgbitget.parsing.form import Block, Figure, Line, Sheet
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Kind, Token, Unit

FIGURES_MAX: Final = 60
"""Numbers looked at in one block; a post with more is no signal."""

WORDS_BEFORE_VALUE_MAX: Final = 3
"""Words that may stand between a label and its value (`Stop Loss Use Only Below`); after more it is prose."""

VALUE_BEFORE_LABEL_MAX: Final = 10
"""Characters between a value and the label that follows it (`0.06$ can be stop`)."""

_M = Meaning
_LEVELS: Final = frozenset({_M.ENTRY, _M.TARGET, _M.STOP})
_SIDES: Final = frozenset({_M.LONG, _M.SHORT, _M.BUY, _M.SELL})
_WEAK: Final = frozenset({_M.OTHER, _M.DIRECTION, _M.NAME})
_LABELS: Final = _LEVELS | _WEAK | {_M.PRICE, _M.LEVERAGE}
_HEADERS: Final = _SIDES | {_M.NOW, _M.CLOSE}
"""Words that stand before prices without being labels: `LONG 36705-36200`."""
_LISTED: Final = frozenset({_M.ENTRY, _M.TARGET, _M.BUY, _M.SELL, _M.CLOSE})
_TARGETS: Final = frozenset({_M.TARGET, _M.SELL, _M.CLOSE})
_NARRATIVE: Final = frozenset({_M.IF, _M.FUTURE, _M.PLAN})
_BOX: Final = "☑"
"""A tick that begins a line as any bullet does."""
_RANGE_MARKS: Final = frozenset("-~_/&→")
_NOW_JOINS: Final = frozenset("-~/&+,")
_OTHER_LEVELS: Final = _LEVELS | {_M.LEVERAGE, _M.OTHER}
_SAYING: Final = frozenset({Kind.NUMBER, Kind.WORD, Kind.NAME})
_NEUTRAL: Final = frozenset(
    {_M.TO, _M.AROUND, _M.LIMIT, _M.ZONE, _M.NOW, _M.ABOVE, _M.BELOW, _M.TERM, _M.AT_MARKET}
)
_STOP_ORDERS: Final = {_M.BUY_STOP: (_M.BUY, _M.ABOVE), _M.SELL_STOP: (_M.SELL, _M.BELOW)}
_SCALES: Final = {_M.THOUSAND: 1_000, _M.TEN_THOUSAND: 10_000}


def read_form(tokens: Sequence[Token]) -> Sheet:
    return _Walk(tokens).walk()


class _Walk:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens = numbering.unglued(tokens)
        self._numbered = numbering.numbered_labels(tokens)
        self._line = Line()
        self._line_number = 0
        self._sheet = Sheet(lines=[self._line])
        self._block: Block | None = None
        self._last: Figure | None = None
        self._at = 0  # behind the token in hand
        self._depth = 0  # of parentheses
        self._is_line_start = True
        self._is_list_line = False

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def walk(self) -> Sheet:
        tokens, end = self._tokens, len(self._tokens)
        take = {
            Kind.WORD: self._word,
            Kind.MARK: self._mark,
            Kind.NUMBER: self._number,
            Kind.NAME: self._name,
            Kind.TICK: self._tick,
        }
        while self._at < end:
            token = tokens[self._at]
            if token.meaning is Meaning.FOOTER:
                break
            self._at += 1
            if token.kind is Kind.LINE:
                self._end_line()
            else:
                take[token.kind](token)
        self._end_line()
        return self._sheet

    def _mark(self, token: Token) -> None:
        word = token.word
        if word in "([{":
            self._depth += 1
        elif word in ")]}":
            self._depth = max(0, self._depth - 1)
        elif word in QUESTIONS:
            self._line.is_question = True

    # lines

    def _end_line(self) -> None:
        self._depth = 0
        self._give_orphan_to_stop()
        block = self._block
        if block is not None:
            block.is_paused = False
            block.words = 0
            if not (self._continues(block) if block.figures else self._waits(block)):
                self._block = None
        self._line = Line()
        self._line_number += 1
        self._sheet.lines.append(self._line)
        self._last = None
        self._is_line_start = True
        self._is_list_line = False

    def _waits(self, block: Block) -> bool:
        """A label without a value keeps waiting for the next line, unless that brings other words."""
        if block.label in (Meaning.CLOSE, Meaning.NAME, Meaning.DIRECTION):
            return block.label is not Meaning.CLOSE
        leverages = self._sheet.leverages
        if (
            block.label is Meaning.LEVERAGE
            and leverages
            and leverages[-1][0].line == self._line_number
        ):
            return False
        ahead = self._ahead()
        return ahead is not None and (ahead.kind is Kind.NUMBER or ahead.meaning in _NEUTRAL)

    def _continues(self, block: Block) -> bool:
        """Does the next line go on with the list of *block*?"""
        if block.label not in _LISTED:
            return False
        if block.line == block.figures[-1].line and not (
            block.label in _TARGETS or block.is_numbered
        ):
            return False  # `Entry 0.52`, and then bare numbers: entries, or targets?
        ahead = self._ahead()
        if ahead is None:
            return False
        if ahead.kind is Kind.NUMBER:
            return not self._is_label_ahead()
        return block.label is Meaning.TARGET and ahead.meaning is Meaning.TERM

    def _ahead(self) -> Token | None:
        """The first token of the next line that is not blank, marks passed over."""
        for token in self._tokens[self._at : self._at + numbering.LOOK_AHEAD]:
            if token.kind in _SAYING:
                return token
        return None

    def _is_label_ahead(self) -> bool:
        """Is there a label of other levels in the next line that is not blank, outside of parentheses?"""
        is_begun, depth = False, 0
        for token in self._tokens[self._at : self._at + numbering.LOOK_AHEAD]:
            if token.kind is Kind.LINE and is_begun:
                break
            if token.kind is Kind.MARK:
                depth = max(0, depth + (token.word in "([") - (token.word in ")]"))
            elif token.kind in _SAYING and not depth:
                is_begun = True
                if token.meaning in _OTHER_LEVELS:
                    return True
        return False

    def _give_orphan_to_stop(self) -> None:
        """`0.06$ can be stop`: the value stands before its label."""
        block, line = self._block, self._line
        if block is None or block.label is not Meaning.STOP or block.figures:
            return
        if block.line != self._line_number or len(line.orphans) != 1 or line.figures != 1:
            return
        if 0 < block.start - line.orphans[0].end <= VALUE_BEFORE_LABEL_MAX:
            block.figures.append(line.orphans.pop())

    # words

    def _word(self, token: Token) -> None:
        line, meaning = self._line, token.meaning
        line.words += 1
        self._is_line_start = False
        if meaning is None or meaning in (Meaning.FILLER, Meaning.NEW):
            line.plain_words += 1
            self._plain_word()
            return
        line.meanings.add(meaning)
        self._sheet.meanings.add(meaning)
        if meaning in _NARRATIVE and line.narrated_at is None:
            line.narrated_at = token.start
        if meaning in _STOP_ORDERS:
            self._stop_order(token, meaning)
            return
        if meaning in _SIDES:
            self._sheet.sides.append((meaning, token, self._line_number))
        self._meant(token, meaning)

    def _plain_word(self) -> None:
        block = self._block
        if block is None:
            return
        if block.has_figure_on(self._line_number):
            block.is_paused = True
        elif block.label in _HEADERS or block.label is Meaning.NAME:
            after = self._next()
            if after is None or after.meaning is not Meaning.AROUND:  # "buying it here at 1.31"
                self._block = None
        else:
            block.words += 1
            block.is_paused = block.words > WORDS_BEFORE_VALUE_MAX

    def _meant(self, token: Token, meaning: Meaning) -> None:
        block = self._block
        if meaning in _SCALES or meaning is Meaning.NO_PRICE:
            self._rescale(meaning)
        elif meaning in _LABELS:
            self._label(token, meaning)
        elif meaning is Meaning.TARGET_COUNTED:
            self._counted(token)
        elif meaning is Meaning.AT_MARKET and numbering.value_follows(
            self._tokens, self._at, marks_only=True
        ):
            self._open(token, Meaning.ENTRY).seen.add(Meaning.NOW)
        elif meaning in _HEADERS:
            self._header(token, meaning)
        elif block is not None:
            block.seen.add(meaning)
            if meaning not in _NEUTRAL and meaning not in (Meaning.CROSS, Meaning.ISOLATED):
                self._plain_word()

    def _stop_order(self, token: Token, meaning: Meaning) -> None:
        """`Buy stop 66000`: a side and a trigger in one."""
        side, trigger = _STOP_ORDERS[meaning]
        self._sheet.sides.append((side, token, self._line_number))
        self._open(token, side).seen.add(trigger)

    def _rescale(self, meaning: Meaning) -> None:
        """`10.3 万`, `600 points`: the word behind a number says what it is."""
        if self._last is None:
            return
        if meaning is Meaning.NO_PRICE:
            self._last.unit = Unit.OTHER
        else:
            self._last.scale *= _SCALES[meaning]
        self._last = None

    # labels

    def _counted(self, token: Token) -> None:
        """`T1: 66000`."""
        after = self._next()
        if after is not None and after.is_glued and numbering.is_count(after):
            self._label(token, Meaning.TARGET)
        else:
            self._plain_word()

    def _label(self, token: Token, meaning: Meaning) -> None:
        if not self._is_labelling(meaning):
            self._plain_word()
            return
        block = self._block
        if block is not None and not self._opens(block, meaning):
            return
        if (self._is_list_line and meaning not in _LEVELS) or (self._depth and meaning in _WEAK):
            return
        if meaning is Meaning.ENTRY and self._word_before() is Meaning.MOVE:
            self._sheet.moves_entry = True
        self._ordinal(self._open(token, meaning))

    def _is_labelling(self, meaning: Meaning) -> bool:
        """`Position: LONG` is a label, `close the position` is not."""
        after = self._next()
        return meaning not in (Meaning.NAME, Meaning.DIRECTION) or (
            after is not None
            and (
                (after.kind is Kind.MARK and after.word in ":-=(")
                or after.kind in (Kind.NAME, Kind.LINE)
                or after.meaning in _HEADERS
            )
        )

    def _opens(self, block: Block, meaning: Meaning) -> bool:
        """Does a label begin something new, or is it a word of the open block?"""
        if meaning is Meaning.PRICE and block.label in _LEVELS | {Meaning.OTHER}:
            return False
        is_header = block.label in _SIDES or block.label is Meaning.CLOSE
        if meaning is Meaning.PRICE and is_header and not block.figures:
            return False  # "Buy price: 0.5", "Exit price: 0.6"
        is_repeated = (
            block.label is meaning and not block.figures and block.line == self._line_number
        )
        return not is_repeated  # "Stop Loss - overall stoploss at …"

    def _word_before(self) -> Meaning | None:
        at = self._at - 2
        while at >= 0 and self._tokens[at].meaning in (Meaning.FILLER, Meaning.AROUND):
            at -= 1
        return self._tokens[at].meaning if at >= 0 else None

    def _header(self, token: Token, meaning: Meaning) -> None:
        block = self._block
        if self._is_list_line:
            return
        if block is not None:
            if block.label in (Meaning.ENTRY, Meaning.STOP, Meaning.PRICE, Meaning.LEVERAGE):
                block.seen.add(meaning)
                return
            if block.label is Meaning.TARGET and (
                self._depth or block.is_numbered or meaning in (Meaning.NOW, Meaning.CLOSE)
            ):
                return
            if block.label in _HEADERS and not block.figures and meaning is Meaning.NOW:
                block.seen.add(meaning)
                return
            if self._depth and block.figures:
                return
        is_now = block is not None and block.label is Meaning.NOW and not block.figures
        opened = self._open(token, meaning)
        if is_now and meaning in _SIDES:
            opened.seen.add(Meaning.NOW)  # "CMP long", as "long CMP"
        if meaning in (Meaning.BUY, Meaning.SELL):
            self._ordinal(opened)  # "Buy 1: 5.2"

    def _open(self, token: Token, label: Meaning) -> Block:
        self._block = Block(
            label=label,
            start=token.start,
            end=token.end,
            line=self._line_number,
            language=token.language,
            is_label=token.kind is Kind.WORD,
        )
        self._sheet.blocks.append(self._block)
        self._sheet.labels.add(label)
        return self._block

    def _ordinal(self, block: Block) -> None:
        """Takes the number of a label (`TP 1:`, `Target #2`, `Entry 1 -`) away from its values."""
        at = numbering.behind_marks(self._tokens, self._at)
        if at >= len(self._tokens):
            return
        token = self._tokens[at]
        id_number = numbering.id_number(token)
        if id_number is not None:
            block.ordinal, self._at = id_number, at + 1
        elif numbering.is_count(token) and self._counts(block, token, at):
            block.ordinal, self._at = int(token.word), at + 1

    def _counts(self, block: Block, token: Token, at: int) -> bool:
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        if token.is_glued or numbering.is_marked(after):
            return True
        if block.label in self._numbered:
            return numbering.value_follows(self._tokens, at + 1)
        if token.word != "1" or block.label not in _LEVELS:
            return False
        counts = numbering.counts_alone(self._tokens, at)
        block.is_garbled = counts is None
        return counts is True

    # numbers

    def _number(self, token: Token) -> None:
        line, starts_line = self._line, self._is_line_start
        self._is_line_start = False
        if (starts_line or self._is_inner_count(token)) and self._takes_list_number(token):
            return
        raw = self._without_count(token)
        figure = Figure(
            raw=raw,
            unit=token.unit,
            start=token.start,
            end=token.end - len(token.word) + len(raw) if raw != token.word else token.end,
            line=self._line_number,
            at=self._at - 1,
        )
        self._last = figure
        line.has_share = line.has_share or token.unit in (Unit.PERCENT, Unit.OTHER)
        if token.unit is Unit.TIMES:
            self._times(figure)
        elif token.unit is not Unit.OTHER:
            if (
                token.unit is Unit.PERCENT
                and line.orphans
                and self._is_percent_of(line.orphans[-1], figure)
            ):
                line.orphans.pop()
            line.figures += token.unit is not Unit.PERCENT
            self._place(figure)

    def _place(self, figure: Figure) -> None:
        block = self._block
        if (
            block is None
            or block.is_paused
            or self._is_aside()
            or len(block.figures) >= FIGURES_MAX
        ):
            if figure.is_price and not self._is_aside():
                self._line.orphans.append(figure)
        elif block.label is Meaning.LEVERAGE:
            if figure.unit is Unit.NONE:
                self._sheet.leverages.append((figure, True))
        elif figure.unit is Unit.GARBLED:
            block.is_garbled = True
        else:
            self._accept(block, figure)

    def _accept(self, block: Block, figure: Figure) -> None:
        if not block.figures and self._is_bound_to_now(figure):
            block.is_garbled = True  # "CMP-3720": from here to there, here and there, or there?
        last = block.figures[-1] if block.has_figure_on(figure.line) else None
        if last is not None:
            between = self._tokens[last.at + 1 : figure.at]
            if figure.unit is Unit.PERCENT and self._is_percent_of(last, figure):
                block.figures.pop()  # "5-10%": the 5 is no price either
            else:
                block.joins.append(_join(between))
        block.figures.append(figure)

    def _is_percent_of(self, low: Figure, high: Figure) -> bool:
        return _is_range(self._tokens[low.at + 1 : high.at]) and _is_percent_range(low, high)

    def _takes_list_number(self, token: Token) -> bool:
        """`1) 0.88`, `2: 0.9`, `4  0.0026`, an empty `3)`: the number of a list, not a price."""
        if not numbering.is_count(token):
            return False
        block, after, count = self._block, self._next(), int(token.word)
        expected = 1 + (len({f.line for f in block.figures}) if block is not None else 0)
        if (
            after is not None
            and numbering.is_marked(after)
            and (after.word == ")" or count <= expected + 1)
        ):
            self._is_list_line = self._line.is_listed = True
            if block is not None:
                block.is_numbered = True
            return True
        if (
            block is None
            or count != expected
            or not numbering.value_follows(self._tokens, self._at)
        ):
            return False
        goes_on = expected == 1 and numbering.next_line_starts(self._tokens, self._at, 2)
        block.is_numbered = block.is_numbered or goes_on
        return block.is_numbered

    def _is_inner_count(self, token: Token) -> bool:
        """`Targets: 1) 0.9 2) 0.8`, all in one line."""
        block = self._block
        return (
            block is not None
            and not self._depth
            and numbering.is_closed(token, self._next())
            and token.word == str(len(block.prices) + 1)
        )

    def _without_count(self, token: Token) -> str:
        """`1) 2.4752) 2.4`: the next number of the list is glued to the price before it."""
        block = self._block
        if block is None or not block.is_numbered or self._depth:
            return token.word
        return numbering.without_count(token, self._next(), len(block.prices) + 2)

    def _times(self, figure: Figure) -> None:
        """`20x`: a leverage, wherever it stands."""
        block = self._block
        if block is not None and block.figures:
            last = block.figures[-1]
            if last.end + 1 == figure.start and _is_range(self._tokens[last.at + 1 : figure.at]):
                block.figures.pop()  # "(5-10x)": the 5 is no price
        is_labelled = block is not None and block.label is Meaning.LEVERAGE
        self._sheet.leverages.append((figure, is_labelled))

    def _is_bound_to_now(self, figure: Figure) -> bool:
        if figure.at < 2:  # noqa: PLR2004 - a word and what joins it
            return False
        now, join = self._tokens[figure.at - 2 : figure.at]
        is_joined = join.word in _NOW_JOINS or join.meaning is Meaning.TO
        return is_joined and now.meaning in (Meaning.NOW, Meaning.AT_MARKET)

    def _is_aside(self) -> bool:
        """In parentheses behind a value or a headline: a percent, a ratio, a remark."""
        block = self._block
        return self._depth > 0 and (
            block is None
            or block.label in _HEADERS
            or block.label is Meaning.NAME
            or block.has_figure_on(self._line_number)
        )

    # the rest

    def _name(self, token: Token) -> None:
        assert token.name is not None
        block, named = self._block, (token.name, token, self._line_number)
        self._is_line_start = False
        self._line.words += 1
        self._line.names.append(token)
        self._sheet.names.append(named)
        if block is not None and block.label is Meaning.NAME and block.is_label:
            self._sheet.labelled.append(named)
        if block is None or block.label in (Meaning.NAME, Meaning.DIRECTION):
            self._open(token, Meaning.NAME)
        elif block.figures:
            block.is_paused = True

    def _tick(self, token: Token) -> None:
        block = self._block
        if block is not None and block.has_figure_on(self._line_number):
            block.figures[-1].is_ticked = True
        elif not self._line.figures and token.word != _BOX:
            self._line.is_ticked = True


def _is_range(between: Sequence[Token]) -> bool:
    """One mark or word that makes a range of two numbers."""
    return len(between) == 1 and (
        between[0].word in _RANGE_MARKS or between[0].meaning is Meaning.TO
    )


def _is_percent_range(low: Figure, high: Figure) -> bool:
    """`5-10%` and `3 to 5%`; in `39265 - 20%` and `0.88-11.1%` the percent is a share of the amount."""
    is_small = (
        low.raw.isdigit() and high.raw.isdigit() and len(low.raw) <= len(high.raw) <= len("100")
    )
    return is_small and int(low.raw) < int(high.raw)


def _join(between: Sequence[Token]) -> str:
    """What stands between two numbers of a block: a range mark, `to`, a comma, or nothing."""
    marks = [t.word for t in between if t.kind is Kind.MARK]
    if any(t.meaning is Meaning.TO for t in between):
        return "to"
    return next((mark for mark in marks if mark in _RANGE_MARKS), "," if "," in marks else "")
