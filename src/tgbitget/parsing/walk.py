"""A walk over the tokens of a post: where it is, and what it has found so far."""

from collections.abc import Sequence
from typing import Final

from tgbitget.parsing import numbering
from tgbitget.parsing.form import Block, Figure, Line, Sheet
from tgbitget.parsing.lexemes import WORD
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Token

WORDS_BEFORE_VALUE_MAX: Final = 3
"""Words that may stand between a label and its value (`Stop Loss Use Only Below`); after more it is prose."""
LEVELS: Final = frozenset({Meaning.ENTRY, Meaning.TARGET, Meaning.STOP})
SIDES: Final = frozenset({Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL})
HEADERS: Final = SIDES | {Meaning.NOW, Meaning.CLOSE}
"""Words that stand before prices without being labels: `LONG 36705-36200`."""
_HEADS: Final = HEADERS | {Meaning.NAME}
_AROUND: Final = Meaning.AROUND
NEUTRAL: Final = frozenset(
    {
        Meaning.TO,
        Meaning.AROUND,
        Meaning.LIMIT,
        Meaning.ZONE,
        Meaning.NOW,
        Meaning.ABOVE,
        Meaning.BELOW,
        Meaning.TERM,
        Meaning.AT_MARKET,
    }
)


class Walk:
    """Knows the open block, to which numbers go, and the line; `fields`, `labels` and `figures` take it on."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.numbered = numbering.counted(tokens)
        self.line = Line()
        self.line_number = 0
        self.sheet = Sheet(lines=[self.line])
        self.block: Block | None = None
        self.last: Figure | None = None
        self.at = 0  # behind the token in hand
        self.depth = 0  # of parentheses
        self.is_line_start = True
        self.is_list_line = False

    def next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def open(self, token: Token, label: Meaning) -> Block:
        self.block = Block(
            label=label,
            start=token.start,
            end=token.end,
            line=self.line_number,
            language=token.language,
            is_label=token.kind is WORD,
        )
        self.sheet.blocks.append(self.block)
        self.sheet.labels.add(label)
        return self.block

    def pass_plain_word(self) -> None:
        block = self.block
        if block is None:
            return
        if block.has_figure_on(self.line_number):
            block.is_paused = True
        elif block.label in _HEADS:
            after = self.next()
            if after is None or after.meaning is not _AROUND:  # "buying it here at 1.31"
                self.block = None
        else:
            block.words += 1
            block.is_paused = block.words > WORDS_BEFORE_VALUE_MAX

    def is_aside(self) -> bool:
        """In parentheses behind a value or a headline: a percent, a ratio, a remark."""
        block = self.block
        return self.depth > 0 and (
            block is None or block.label in _HEADS or block.has_figure_on(self.line_number)
        )
