"""A post as clauses, and whether what a clause says is meant: conditions, denials, plans, diaries, lessons and questions are not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tgbitget.parsing.lexemes import LINE, MARK, NAME, TICK, WORD
from tgbitget.parsing.lexicon import Meaning
from tgbitget.parsing.tokens import Token

_ENDS: Final = frozenset(".!?;|‼❗⁉❓")
QUESTIONS: Final = frozenset("?❓⁉")
_NOT_MEANT: Final = frozenset({Meaning.IF, Meaning.FUTURE, Meaning.PAST, Meaning.SAMPLE})
_NOT: Final = Meaning.NOT
_DENIAL_REACH: Final = 3
_PASSED_OVER: Final = frozenset({Meaning.FILLER, Meaning.AROUND})


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens between two ends, marks left out but for those that join numbers; and what they mean."""

    tokens: tuple[Token, ...]
    meanings: frozenset[Meaning | None]
    is_question: bool = False

    @classmethod
    def of(cls, tokens: Sequence[Token], *, is_question: bool = False) -> "Clause":
        meanings = frozenset([token.meaning for token in tokens])
        return cls(tuple(tokens), meanings, is_question)

    def has(self, *meanings: Meaning) -> bool:
        return not self.meanings.isdisjoint(meanings)

    @property
    def is_meant(self) -> bool:
        return not self.is_question and self.meanings.isdisjoint(_NOT_MEANT)

    def is_denied(self, at: int) -> bool:
        """`don't close`: a denial just before."""
        return _NOT in self.meanings and any(
            t.meaning is _NOT for t in self.tokens[max(0, at - _DENIAL_REACH) : at]
        )

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
        kind = token.kind
        if kind is LINE or (kind is MARK and token.word in _ENDS):
            if current:
                yield Clause.of(current, is_question=token.word in QUESTIONS)
            current = []
        elif kind is not TICK and (kind is not MARK or token.word in "+/,->"):
            current.append(token)
    if current:
        yield Clause.of(current)


def unknown_words(tokens: Sequence[Token]) -> int:
    """Words that the lexicon does not know: how much of a post is talk. Single letters are initials and tags."""
    return sum(
        1
        for t in tokens
        if t.meaning is None and t.kind is WORD and (len(t.word) > 1 or not t.word.isascii())
    )


def words(tokens: Sequence[Token]) -> int:
    return sum(1 for t in tokens if t.kind is WORD or t.kind is NAME)
