"""A post as clauses, and whether what a clause says is meant: conditions, denials, plans, diaries, lessons and questions are not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Kind, Token

_ENDS: Final = frozenset(".!?;|‼❗⁉❓")
QUESTIONS: Final = frozenset("?❓⁉")
_NOT_MEANT: Final = (Meaning.IF, Meaning.FUTURE, Meaning.PAST, Meaning.SAMPLE)
_DENIAL_REACH: Final = 3
_PASSED_OVER: Final = frozenset({Meaning.FILLER, Meaning.AROUND})


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens between two ends, marks left out but for those that join numbers."""

    tokens: tuple[Token, ...]
    is_question: bool = False

    def has(self, *meanings: Meaning) -> bool:
        return any(token.meaning in meanings for token in self.tokens)

    @property
    def is_meant(self) -> bool:
        return not self.is_question and not self.has(*_NOT_MEANT)

    def is_denied(self, at: int) -> bool:
        """`don't close`: a denial just before."""
        return any(t.meaning is Meaning.NOT for t in self.tokens[max(0, at - _DENIAL_REACH) : at])

    def at(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def next_of_weight(self, index: int) -> int:
        """The first index from *index* on whose token is not passed over."""
        while index < len(self.tokens) and self.tokens[index].meaning in _PASSED_OVER:
            index += 1
        return index


def clauses(tokens: Iterable[Token]) -> Iterator[Clause]:
    current: list[Token] = []
    for token in tokens:
        if token.kind is Kind.LINE or (token.kind is Kind.MARK and token.word in _ENDS):
            if current:
                yield Clause(tuple(current), is_question=token.word in QUESTIONS)
            current = []
        elif token.kind is not Kind.TICK and (token.kind is not Kind.MARK or token.word in "+/,->"):
            current.append(token)
    if current:
        yield Clause(tuple(current))


def unknown_words(tokens: Sequence[Token]) -> int:
    """Words that the lexicon does not know: how much of a post is talk. Single letters are initials and tags."""
    return sum(
        1
        for t in tokens
        if t.kind is Kind.WORD and t.meaning is None and (len(t.word) > 1 or not t.word.isascii())
    )


def words(tokens: Sequence[Token]) -> int:
    return sum(1 for t in tokens if t.kind in (Kind.WORD, Kind.NAME))
