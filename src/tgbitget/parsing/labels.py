"""Words on the walk through a form: which open a block, which belong to the open one, which end it."""

from collections.abc import Mapping
from typing import Final

from tgbitget.parsing import numbering
from tgbitget.parsing.form import NARRATIVE, Block
from tgbitget.parsing.lexemes import LINE, MARK, NAME
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Token, Unit
from tgbitget.parsing.walk import HEADERS, LEVELS, NEUTRAL, SIDES, Walk

_WEAK: Final = frozenset({Meaning.OTHER, Meaning.DIRECTION, Meaning.NAME})
_LABELS: Final = LEVELS | _WEAK | {Meaning.PRICE, Meaning.LEVERAGE}
_PLAIN: Final = frozenset({Meaning.FILLER, Meaning.NEW})
_NAMING: Final = frozenset({Meaning.NAME, Meaning.DIRECTION})
_QUIET: Final = NEUTRAL | {Meaning.CROSS, Meaning.ISOLATED}
_PRICED: Final = LEVELS | {Meaning.OTHER}
_ALONE: Final = frozenset({Meaning.ENTRY, Meaning.STOP, Meaning.PRICE, Meaning.LEVERAGE})
_TRADED: Final = frozenset({Meaning.BUY, Meaning.SELL})
_AT_MARKET: Final = Meaning.AT_MARKET
_ENTRY: Final = Meaning.ENTRY
_MOVE: Final = Meaning.MOVE
_NOW: Final = Meaning.NOW
_PRICE: Final = Meaning.PRICE
_TARGET: Final = Meaning.TARGET
_TARGET_COUNTED: Final = Meaning.TARGET_COUNTED
_STOP_ORDERS: Final = {
    Meaning.BUY_STOP: (Meaning.BUY, Meaning.ABOVE),
    Meaning.SELL_STOP: (Meaning.SELL, Meaning.BELOW),
}
_SCALES: Final[Mapping[Meaning, int]] = {Meaning.THOUSAND: 1_000, Meaning.TEN_THOUSAND: 10_000}
_MEASURES: Final = _SCALES.keys() | {Meaning.NO_PRICE}


def take_word(walk: Walk, token: Token) -> None:
    line, meaning = walk.line, token.meaning
    line.words += 1
    walk.is_line_start = False
    if meaning is None or meaning in _PLAIN:
        line.plain_words += 1
        walk.pass_plain_word()
        return
    line.meanings.add(meaning)
    walk.sheet.meanings.add(meaning)
    if meaning in NARRATIVE and line.narrated_at is None:
        line.narrated_at = token.start
    if meaning in _STOP_ORDERS:
        _stop_order(walk, token, meaning)
        return
    if meaning in SIDES:
        walk.sheet.sides.append((meaning, token, walk.line_number))
    _meant(walk, token, meaning)


def _meant(walk: Walk, token: Token, meaning: Meaning) -> None:
    block = walk.block
    if meaning in _LABELS:
        _label(walk, token, meaning)
    elif meaning in _MEASURES:
        _rescale(walk, meaning)
    elif meaning is _TARGET_COUNTED:
        _counted(walk, token)
    elif meaning is _AT_MARKET and numbering.value_follows(walk.tokens, walk.at, marks_only=True):
        walk.open(token, Meaning.ENTRY).seen.add(Meaning.NOW)
    elif meaning in HEADERS:
        _header(walk, token, meaning)
    elif block is not None:
        block.seen.add(meaning)
        if meaning not in _QUIET:
            walk.pass_plain_word()


def _stop_order(walk: Walk, token: Token, meaning: Meaning) -> None:
    """`Buy stop 66000`: a side and a trigger in one."""
    side, trigger = _STOP_ORDERS[meaning]
    walk.sheet.sides.append((side, token, walk.line_number))
    walk.open(token, side).seen.add(trigger)


def _rescale(walk: Walk, meaning: Meaning) -> None:
    """`10.3 万`, `600 points`: the word behind a number says what it is."""
    if walk.last is None:
        return
    if meaning is Meaning.NO_PRICE:
        walk.last.unit = Unit.OTHER
    else:
        walk.last.scale *= _SCALES[meaning]
    walk.last = None


def _counted(walk: Walk, token: Token) -> None:
    """`T1: 66000`."""
    after = walk.next()
    if after is not None and after.is_glued and numbering.is_count(after):
        _label(walk, token, Meaning.TARGET)
    else:
        walk.pass_plain_word()


def _label(walk: Walk, token: Token, meaning: Meaning) -> None:
    if meaning in _NAMING and not _is_labelling(walk):
        walk.pass_plain_word()
        return
    block = walk.block
    if block is not None and not _opens(walk, block, meaning):
        return
    if (walk.is_list_line and meaning not in LEVELS) or (walk.depth and meaning in _WEAK):
        return
    is_moved = meaning is _ENTRY and _MOVE in walk.sheet.meanings
    if is_moved and _word_before(walk) is _MOVE:
        walk.sheet.moves_entry = True
    _ordinal(walk, walk.open(token, meaning))


def _is_labelling(walk: Walk) -> bool:
    """`Position: LONG` is a label, `close the position` is not."""
    after = walk.next()
    return after is not None and (
        (after.kind is MARK and after.word in ":-=(")
        or after.kind in (NAME, LINE)
        or after.meaning in HEADERS
    )


def _opens(walk: Walk, block: Block, meaning: Meaning) -> bool:
    """Does a label begin something new, or is it a word of the open block?"""
    if meaning is _PRICE:
        is_header = block.label in SIDES or block.label is Meaning.CLOSE
        if block.label in _PRICED or (is_header and not block.figures):
            return False  # "Buy price: 0.5", "Exit price: 0.6"
    is_repeated = block.label is meaning and not block.figures and block.line == walk.line_number
    return not is_repeated  # "Stop Loss - overall stoploss at …"


def _word_before(walk: Walk) -> Meaning | None:
    at = walk.at - 2
    while at >= 0 and walk.tokens[at].meaning in (Meaning.FILLER, Meaning.AROUND):
        at -= 1
    return walk.tokens[at].meaning if at >= 0 else None


def _header(walk: Walk, token: Token, meaning: Meaning) -> None:
    block = walk.block
    if walk.is_list_line:
        return
    if block is not None:
        if block.label in _ALONE:
            block.seen.add(meaning)
            return
        if block.label is _TARGET and (
            walk.depth or block.is_numbered or meaning in (Meaning.NOW, Meaning.CLOSE)
        ):
            return
        if meaning is _NOW and block.label in HEADERS and not block.figures:
            block.seen.add(meaning)
            return
        if walk.depth and block.figures:
            return
    is_now = block is not None and block.label is _NOW and not block.figures
    opened = walk.open(token, meaning)
    if is_now and meaning in SIDES:
        opened.seen.add(_NOW)  # "CMP long", as "long CMP"
    if meaning in _TRADED:
        _ordinal(walk, opened)  # "Buy 1: 5.2"


def _ordinal(walk: Walk, block: Block) -> None:
    """Takes the number of a label (`TP 1:`, `Target #2`, `Entry 1 -`) away from its values."""
    at = numbering.behind_marks(walk.tokens, walk.at)
    if at >= len(walk.tokens):
        return
    token = walk.tokens[at]
    id_number = numbering.id_number(token)
    if id_number is not None:
        block.ordinal, walk.at = id_number, at + 1
    elif numbering.is_count(token) and _counts(walk, block, token, at):
        block.ordinal, walk.at = int(token.word), at + 1


def _counts(walk: Walk, block: Block, token: Token, at: int) -> bool:
    after = walk.tokens[at + 1] if at + 1 < len(walk.tokens) else None
    if token.is_glued or numbering.is_marked(after):
        return True
    if block.label in walk.numbered:
        return numbering.value_follows(walk.tokens, at + 1)
    if token.word != "1" or block.label not in LEVELS:
        return False
    counts = numbering.counts_alone(walk.tokens, at)
    block.is_garbled = counts is None
    walk.sheet.has_garbled = walk.sheet.has_garbled or block.is_garbled
    return counts is True
