"""Labels and the values that belong to them: a post as a form.

One walk over the tokens. A label opens a block; numbers go to the open block until a line ends it. What is certainly no
price (percent, times, hours, ids, list numbers, remarks in parentheses) is told apart here by its shape alone. Nothing is
decided yet about commas, sides or sense.
"""

from collections.abc import Sequence
from typing import Final

from tgbitget.parsing import numbering
from tgbitget.parsing.clauses import QUESTIONS
from tgbitget.parsing.figures import take_number
from tgbitget.parsing.form import Block, Line, Sheet
from tgbitget.parsing.labels import take_word
from tgbitget.parsing.lexemes import LINE, MARK, NUMBER
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Kind, Token
from tgbitget.parsing.walk import LEVELS, NEUTRAL, Walk

VALUE_BEFORE_LABEL_MAX: Final = 10
"""Characters between a value and the label that follows it (`0.06$ can be stop`)."""
_LISTED: Final = frozenset(
    {Meaning.ENTRY, Meaning.TARGET, Meaning.BUY, Meaning.SELL, Meaning.CLOSE}
)
_TARGETS: Final = frozenset({Meaning.TARGET, Meaning.SELL, Meaning.CLOSE})
_BOX: Final = "☑"
"""A tick that begins a line as any bullet does."""
_OTHER_LEVELS: Final = LEVELS | {Meaning.LEVERAGE, Meaning.OTHER}
_NAMING: Final = frozenset({Meaning.NAME, Meaning.DIRECTION})
_WAITING: Final = _NAMING | {Meaning.CLOSE}
_CLOSE: Final = Meaning.CLOSE
_FOOTER: Final = Meaning.FOOTER
_LEVERAGE: Final = Meaning.LEVERAGE
_NAMED: Final = Meaning.NAME
_STOP: Final = Meaning.STOP
_SAYING: Final = frozenset({Kind.NUMBER, Kind.WORD, Kind.NAME})


def read_form(tokens: Sequence[Token]) -> Sheet:
    walk = Walk(tokens)
    tokens = walk.tokens  # numbers unglued
    end = len(tokens)
    while walk.at < end:
        token = tokens[walk.at]
        if token.meaning is _FOOTER:
            break
        walk.at += 1
        _TAKERS[token.kind](walk, token)
    _end_line(walk)
    return walk.sheet


def _mark(walk: Walk, token: Token) -> None:
    word = token.word
    if word in "([{":
        walk.depth += 1
    elif word in ")]}":
        walk.depth = max(0, walk.depth - 1)
    elif word in QUESTIONS:
        walk.line.is_question = walk.sheet.has_questions = True


def _line(walk: Walk, _: Token) -> None:
    _end_line(walk)


def _end_line(walk: Walk) -> None:
    walk.depth = 0
    block = walk.block
    if block is not None:
        if block.label is _STOP and not block.figures:
            _give_orphan(walk, block)
        block.is_paused = False
        block.words = 0
        if not (_continues(walk, block) if block.figures else _waits(walk, block)):
            walk.block = None
    walk.line = Line()
    walk.line_number += 1
    walk.sheet.lines.append(walk.line)
    walk.last = None
    walk.is_line_start = True
    walk.is_list_line = False


def _waits(walk: Walk, block: Block) -> bool:
    """A label without a value keeps waiting for the next line, unless that brings other words."""
    if block.label in _WAITING:
        return block.label is not _CLOSE
    leverages = walk.sheet.leverages
    if block.label is _LEVERAGE and leverages and leverages[-1][0].line == walk.line_number:
        return False
    ahead = _ahead(walk)
    return ahead is not None and (ahead.kind is NUMBER or ahead.meaning in NEUTRAL)


def _continues(walk: Walk, block: Block) -> bool:
    """Does the next line go on with the list of *block*?"""
    if block.label not in _LISTED:
        return False
    if block.line == block.figures[-1].line and not (block.label in _TARGETS or block.is_numbered):
        return False  # `Entry 0.52`, and then bare numbers: entries, or targets?
    ahead = _ahead(walk)
    if ahead is None:
        return False
    if ahead.kind is NUMBER:
        return not _is_label_ahead(walk)
    return block.label is Meaning.TARGET and ahead.meaning is Meaning.TERM


def _ahead(walk: Walk) -> Token | None:
    """The first token of the next line that is not blank, marks passed over."""
    for token in walk.tokens[walk.at : walk.at + numbering.LOOK_AHEAD]:
        if token.kind in _SAYING:
            return token
    return None


def _is_label_ahead(walk: Walk) -> bool:
    """Is there a label of other levels in the next line that is not blank, outside of parentheses?"""
    is_begun, depth = False, 0
    for token in walk.tokens[walk.at : walk.at + numbering.LOOK_AHEAD]:
        if token.kind is LINE and is_begun:
            break
        if token.kind is MARK:
            depth = max(0, depth + (token.word in "([") - (token.word in ")]"))
        elif token.kind in _SAYING and not depth:
            is_begun = True
            if token.meaning in _OTHER_LEVELS:
                return True
    return False


def _give_orphan(walk: Walk, stop: Block) -> None:
    """`0.06$ can be stop`: the value stands before its label."""
    line = walk.line
    if stop.line != walk.line_number or len(line.orphans) != 1 or line.figures != 1:
        return
    if 0 < stop.start - line.orphans[0].end <= VALUE_BEFORE_LABEL_MAX:
        stop.figures.append(line.orphans.pop())


def _name(walk: Walk, token: Token) -> None:
    assert token.name is not None
    block, named = walk.block, (token.name, token, walk.line_number)
    walk.is_line_start = False
    walk.line.words += 1
    walk.line.names.append(token)
    walk.sheet.names.append(named)
    if block is not None and block.label is _NAMED and block.is_label:
        walk.sheet.labelled.append(named)
    if block is None or block.label in _NAMING:
        walk.open(token, _NAMED)
    elif block.figures:
        block.is_paused = True


def _tick(walk: Walk, token: Token) -> None:
    block = walk.block
    walk.sheet.has_ticks = True
    if block is not None and block.has_figure_on(walk.line_number):
        block.figures[-1].is_ticked = True
    elif not walk.line.figures and token.word != _BOX:
        walk.line.is_ticked = True


_TAKERS: Final = {
    Kind.WORD: take_word,
    Kind.MARK: _mark,
    Kind.NUMBER: take_number,
    Kind.NAME: _name,
    Kind.TICK: _tick,
    Kind.LINE: _line,
}
