"""Posts that change a trade: close all or a part, cancel what waits, move the stop, set new targets.

A follow-up is an instruction, or a choice of the trader told in any tense ("closed manually"). What the market did (a stop
or target hit, an entry filled) is news: the orders at the venue have done it already. Conditions, plans and questions are
no instructions either.
"""

from collections.abc import Sequence
from typing import Final

from tgbitget.model.reading import Read, Unclear
from tgbitget.parsing.clauses import clauses, unknown_words, words
from tgbitget.parsing.closing import gather_cancel, gather_close
from tgbitget.parsing.every import leaves_some_out, means_every
from tgbitget.parsing.lexemes import TICK
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.moving import gather_stop, gather_targets
from tgbitget.parsing.orders import PARSER, Orders, reading_of
from tgbitget.parsing.tokens import Token

WORDS_MAX: Final = 45
"""An instruction is short; a longer text that holds one explains, teaches or reports."""
_TICKS_MAX: Final = 1
_LEVELS: Final = frozenset({Meaning.STOP, Meaning.TARGET})
_REPORTS: Final = frozenset(
    {Meaning.HIT, Meaning.RESULT, Meaning.PROFIT, Meaning.TERM, Meaning.SAMPLE}
)
"""In a post with one of these a bare `TP: 1.2` is what happened, not what to do."""
ORDERING: Final = frozenset(
    {
        Meaning.CLOSE, Meaning.CLOSED, Meaning.TAKE, Meaning.TARGET, Meaning.CANCEL, Meaning.VOID,
        Meaning.STOP, Meaning.BREAKEVEN, Meaning.RISK_FREE,
    }
)  # fmt: skip
"""What orders are gathered from: without a word of these a clause orders nothing."""


def read_follow_up(
    tokens: Sequence[Token], lexicon: Lexicon, *, is_reply: bool
) -> Read | Unclear | None:
    """None when the post orders nothing. Targets without a verb are new targets in a reply, elsewhere a forecast."""
    meanings = {token.meaning for token in tokens}
    if ORDERING.isdisjoint(meanings):
        return None
    ticks = [token.kind for token in tokens].count(TICK)
    is_long = len(tokens) > WORDS_MAX and words(tokens) > WORDS_MAX
    if Meaning.TALK in meanings or ticks > _TICKS_MAX or is_long:
        return None
    orders = Orders(is_report=Meaning.RESULT in meanings)
    is_bare = not ticks and not meanings.isdisjoint(_LEVELS) and _is_bare(tokens, meanings)
    for clause in clauses(tokens):
        if not ORDERING.isdisjoint(clause.meanings) and (
            clause.is_meant or Meaning.VOID in clause.meanings
        ):
            noted = len(orders.spans)
            gather_close(clause, orders)
            gather_cancel(clause, orders)
            gather_stop(clause, orders, lexicon, is_bare=is_bare)
            gather_targets(clause, orders, lexicon, is_bare=is_bare and is_reply)
            if len(orders.spans) > noted:
                orders.clauses.append(clause)
    if orders.are_any:
        if leaves_some_out(orders.clauses, lexicon.every_trade):
            orders.fault = "ambiguous_trade"
        orders.is_all = means_every(orders.clauses, lexicon.every_trade, is_reply=is_reply)
        return reading_of(orders, tokens, lexicon)
    return Unclear(reason=orders.fault, parser=PARSER) if orders.fault else None


def _is_bare(tokens: Sequence[Token], meanings: set[Meaning | None]) -> bool:
    """Nothing but labels and their values: `SL : 53.590`. With ticks, results or talk they tell what happened."""
    return _REPORTS.isdisjoint(meanings) and not unknown_words(tokens)
