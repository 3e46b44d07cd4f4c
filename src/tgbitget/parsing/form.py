"""What a form is made of: blocks of a label with its numbers, lines, and the sheet that holds them."""

from dataclasses import dataclass, field
from typing import Final

from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.tokens import Token, Unit

LABEL_WORDS_MAX: Final = 3
_PRICES: Final = frozenset({Unit.NONE, Unit.THOUSANDS})
_ENDED: Final = frozenset({Meaning.HIT, Meaning.CLOSED, Meaning.CANCEL, Meaning.VOID})
STATUS: Final = _ENDED | {Meaning.PROFIT}
"""Without a word of these no line is a status."""
NARRATIVE: Final = frozenset({Meaning.IF, Meaning.FUTURE, Meaning.PLAN})
_REMARKS: Final = frozenset(
    {Meaning.IF, Meaning.PLAN, Meaning.FUTURE, Meaning.MOVE, Meaning.CLOSE, Meaning.TAKE}
)


@dataclass(slots=True, kw_only=True)
class Figure:
    """A number of a block. `raw` as written; `scale` is what a `k` or `万` behind it multiplies by."""

    raw: str
    unit: Unit
    start: int
    end: int
    line: int
    at: int  # its place among the tokens
    scale: int = 1
    is_ticked: bool = False

    @property
    def is_price(self) -> bool:
        """By its shape."""
        return self.unit in _PRICES


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

    def has_figure_on(self, line: int) -> bool:
        return bool(self.figures) and self.figures[-1].line == line

    @property
    def prices(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.unit in _PRICES]


@dataclass(slots=True, kw_only=True)
class Line:
    """What a line holds, for telling a headline from prose."""

    words: int = 0
    plain_words: int = 0
    figures: int = 0
    meanings: set[Meaning] = field(default_factory=set)
    names: list[Token] = field(default_factory=list)
    orphans: list[Figure] = field(default_factory=list)
    is_listed: bool = False
    is_ticked: bool = False  # before its first number
    narrated_at: int | None = None  # where a condition or a plan begins
    is_question: bool = False
    has_share: bool = False  # a percent, or a multiple of the risk

    @property
    def is_result(self) -> bool:
        """`Result: +2%`, `PnL: 120`: the trade is over."""
        has_amount = self.has_share or self.figures > 0
        return Meaning.RESULT in self.meanings and self.is_form and has_amount

    @property
    def is_status(self) -> bool:
        """`TP1 hit`, `Profit: 20%`, `Cancelled`: what became of the trade. With a condition it is a remark about it."""
        if not self.is_form or self.meanings & _REMARKS:
            return False
        is_profit = Meaning.PROFIT in self.meanings and self.has_share
        return is_profit or bool(self.meanings & _ENDED)

    @property
    def is_form(self) -> bool:
        """Words as few as a label has, not prose."""
        return self.plain_words <= LABEL_WORDS_MAX

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
    meanings: set[Meaning] = field(default_factory=set)
    labels: set[Meaning] = field(default_factory=set)  # of the blocks
    moves_entry: bool = False  # "move the entry to …"
    has_ticks: bool = False
    has_garbled: bool = False
    has_orphans: bool = False
    has_questions: bool = False

    def of(self, *labels: Meaning) -> list[Block]:
        if self.labels.isdisjoint(labels):
            return []
        return [block for block in self.blocks if block.label in labels]

    def filled(self, *labels: Meaning) -> list[Block]:
        return [block for block in self.of(*labels) if block.figures]

    def has(self, *meanings: Meaning) -> bool:
        return not self.meanings.isdisjoint(meanings)

    @property
    def opening_meanings(self) -> set[Meaning]:
        """What the first line with words says."""
        for line in self.lines:
            if line.words:
                return line.meanings
        return set()

    @property
    def languages(self) -> set[str]:
        return {block.language for block in self.blocks if block.language}
