"""Does a follow-up mean each trade of its channel? Only where it says so: "all trades", never "all" alone."""

from collections.abc import Iterable, Sequence
from typing import Final

from tgbitget.parsing.clauses import Clause
from tgbitget.parsing.lexicon import EveryTrade, Meaning
from tgbitget.parsing.tokens import Kind, Token

_ALL: Final = Meaning.ALL
_CHOOSING: Final = frozenset({Meaning.PROFIT, Meaning.RESULT, Meaning.HIT, Meaning.NOT, Meaning.IF, Meaning.REST, Meaning.PART, Meaning.HALF})  # fmt: skip
"""`all trades in profit`: some of them, and we would have to choose."""


def means_every(clauses: Iterable[Clause], said: EveryTrade, *, is_reply: bool) -> bool:
    things = said.trades if is_reply else said.trades | said.orders
    return any(
        _says_so(clause.tokens, said, things) for clause in clauses if _ALL in clause.meanings
    )


def leaves_some_out(clauses: Iterable[Clause], said: EveryTrade) -> bool:
    """`close all trades except BTC`: what is named is what stays."""
    return any(
        token.meaning is _ALL and any(other.word in said.but for other in clause.tokens[at:])
        for clause in clauses
        if _ALL in clause.meanings
        for at, token in enumerate(clause.tokens)
    )


def _says_so(tokens: Sequence[Token], said: EveryTrade, things: frozenset[str]) -> bool:
    for at, token in enumerate(tokens):
        if token.meaning is not _ALL or token.word not in said.all:
            continue
        for index in range(at + 1, len(tokens)):
            if tokens[index].word in things:
                others = (*tokens[:at], *tokens[index + 1 :])
                return all(_changes_nothing(other, said) for other in others)
            if not _may_stand_between(tokens[index], said):
                break
    return False


def _may_stand_between(token: Token, said: EveryTrade) -> bool:
    is_side = token.meaning in (Meaning.LONG, Meaning.SHORT)
    return is_side or token.kind is Kind.NAME or token.word in said.beside


def _changes_nothing(token: Token, said: EveryTrade) -> bool:
    """A word that we do not know may choose among them: `all losing trades`."""
    if token.word in said.beside or token.kind is not Kind.WORD:
        return True
    return token.meaning is not None and token.meaning not in _CHOOSING
