"""Numbers on the walk through a form: which belong to the open block, and which only count or remark."""

from collections.abc import Sequence
from typing import Final

from tgbitget.parsing import numbering
from tgbitget.parsing.form import Block, Figure
from tgbitget.parsing.lexemes import MARK
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Token, Unit
from tgbitget.parsing.walk import Walk

FIGURES_MAX: Final = 60
"""Numbers looked at in one block; a post with more is no signal."""
_RANGE_MARKS: Final = frozenset("-~_/&→")
_AT_ONCE: Final = frozenset({Meaning.NOW, Meaning.AT_MARKET})
_LEVERAGE: Final = Meaning.LEVERAGE
_TO: Final = Meaning.TO
_NO_UNIT: Final = Unit.NONE
_GARBLED: Final = Unit.GARBLED
_PERCENT: Final = Unit.PERCENT
_NOW_JOINS: Final = frozenset("-~/&+,")


def take_number(walk: Walk, token: Token) -> None:
    line, starts_line = walk.line, walk.is_line_start
    walk.is_line_start = False
    after = walk.next()
    is_closed = after is not None and after.word == ")"
    may_count = starts_line or (is_closed and _is_inner_count(walk, token))
    if may_count and _takes_list_number(walk, token):
        return
    raw = _without_count(walk, token) if is_closed else token.word
    figure = Figure(
        raw=raw,
        unit=token.unit,
        start=token.start,
        end=token.end - len(token.word) + len(raw) if raw != token.word else token.end,
        line=walk.line_number,
        at=walk.at - 1,
    )
    walk.last = figure
    if token.unit is _NO_UNIT:
        line.figures += 1
        _place(walk, figure)
    else:
        _with_unit(walk, figure)


def _with_unit(walk: Walk, figure: Figure) -> None:
    line, unit = walk.line, figure.unit
    line.has_share = line.has_share or unit in (Unit.PERCENT, Unit.OTHER)
    if unit is Unit.TIMES:
        _times(walk, figure)
    elif unit is not Unit.OTHER:
        if unit is Unit.PERCENT and line.orphans and _is_percent_of(walk, line.orphans[-1], figure):
            line.orphans.pop()
        line.figures += unit is not Unit.PERCENT
        _place(walk, figure)


def _place(walk: Walk, figure: Figure) -> None:
    block = walk.block
    is_aside = walk.depth > 0 and walk.is_aside()
    if block is None or block.is_paused or is_aside or len(block.figures) >= FIGURES_MAX:
        if not is_aside and figure.is_price:
            walk.line.orphans.append(figure)
            walk.sheet.has_orphans = True
    elif block.label is _LEVERAGE:
        if figure.unit is _NO_UNIT:
            walk.sheet.leverages.append((figure, True))
    elif figure.unit is _GARBLED:
        block.is_garbled = walk.sheet.has_garbled = True
    else:
        _accept(walk, block, figure)


def _accept(walk: Walk, block: Block, figure: Figure) -> None:
    if not block.figures and _is_bound_to_now(walk, figure):
        block.is_garbled = walk.sheet.has_garbled = (
            True  # "CMP-3720": from here to there, here and there, or there?
        )
    last = block.figures[-1] if block.has_figure_on(figure.line) else None
    if last is not None:
        between = walk.tokens[last.at + 1 : figure.at]
        if figure.unit is _PERCENT and _is_percent_of(walk, last, figure):
            block.figures.pop()  # "5-10%": the 5 is no price either
        else:
            block.joins.append(_join(between))
    block.figures.append(figure)


def _is_percent_of(walk: Walk, low: Figure, high: Figure) -> bool:
    return _is_range(walk.tokens[low.at + 1 : high.at]) and _is_percent_range(low, high)


def _takes_list_number(walk: Walk, token: Token) -> bool:
    """`1) 0.88`, `2: 0.9`, `4  0.0026`, an empty `3)`: the number of a list, not a price."""
    if not numbering.is_count(token):
        return False
    block, after, count = walk.block, walk.next(), int(token.word)
    expected = 1 + (len({f.line for f in block.figures}) if block is not None else 0)
    if (
        after is not None
        and numbering.is_marked(after)
        and (after.word == ")" or count <= expected + 1)
    ):
        walk.is_list_line = walk.line.is_listed = True
        if block is not None:
            block.is_numbered = True
        return True
    if block is None or count != expected or not numbering.value_follows(walk.tokens, walk.at):
        return False
    goes_on = expected == 1 and numbering.next_line_starts(walk.tokens, walk.at, 2)
    block.is_numbered = block.is_numbered or goes_on
    return block.is_numbered


def _is_inner_count(walk: Walk, token: Token) -> bool:
    """`Targets: 1) 0.9 2) 0.8`, all in one line."""
    block = walk.block
    return (
        block is not None
        and not walk.depth
        and numbering.is_closed(token, walk.next())
        and token.word == str(len(block.prices) + 1)
    )


def _without_count(walk: Walk, token: Token) -> str:
    """`1) 2.4752) 2.4`: the next number of the list is glued to the price before it."""
    block = walk.block
    if block is None or not block.is_numbered or walk.depth:
        return token.word
    return numbering.without_count(token, walk.next(), len(block.prices) + 2)


def _times(walk: Walk, figure: Figure) -> None:
    """`20x`: a leverage, wherever it stands."""
    block = walk.block
    if block is not None and block.figures:
        last = block.figures[-1]
        if last.end + 1 == figure.start and _is_range(walk.tokens[last.at + 1 : figure.at]):
            block.figures.pop()  # "(5-10x)": the 5 is no price
    is_labelled = block is not None and block.label is Meaning.LEVERAGE
    walk.sheet.leverages.append((figure, is_labelled))


def _is_bound_to_now(walk: Walk, figure: Figure) -> bool:
    if figure.at < 2:  # noqa: PLR2004 - a word and what joins it
        return False
    now, join = walk.tokens[figure.at - 2 : figure.at]
    is_joined = join.word in _NOW_JOINS or join.meaning is _TO
    return is_joined and now.meaning in _AT_ONCE


def _is_range(between: Sequence[Token]) -> bool:
    """One mark or word that makes a range of two numbers."""
    return len(between) == 1 and (between[0].word in _RANGE_MARKS or between[0].meaning is _TO)


def _is_percent_range(low: Figure, high: Figure) -> bool:
    """`5-10%` and `3 to 5%`; in `39265 - 20%` and `0.88-11.1%` the percent is a share of the amount."""
    is_small = (
        low.raw.isdigit() and high.raw.isdigit() and len(low.raw) <= len(high.raw) <= len("100")
    )
    return is_small and int(low.raw) < int(high.raw)


def _join(between: Sequence[Token]) -> str:
    """What stands between two numbers of a block: a range mark, `to`, a comma, or nothing."""
    marks = [t.word for t in between if t.kind is MARK]
    if len(marks) < len(between) and any(t.meaning is _TO for t in between):
        return "to"
    return next((mark for mark in marks if mark in _RANGE_MARKS), "," if "," in marks else "")
