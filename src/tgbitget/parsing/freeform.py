"""Posts as people write them: set-ups by label or in one line, follow-ups, and all the rest, which is not a signal."""

import re
from dataclasses import replace
from typing import Final

from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.parsing.chain import TEXT_LENGTH_MAX
from tgbitget.parsing.fields import read_form
from tgbitget.parsing.follow_ups import read_follow_up
from tgbitget.parsing.lexicon import Lexicon, Meaning, lexicon
from tgbitget.parsing.parser import Parser
from tgbitget.parsing.registry import parser
from tgbitget.parsing.setups import PARSER, amended, is_amendment, read_setup
from tgbitget.parsing.subjects import name_anywhere, with_bare_names
from tgbitget.parsing.text import Text, normalise, placed
from tgbitget.parsing.tokens import Token, tokenise
from tgbitget.profile import Profile

_PARENTS_MAX = 10
_DIGIT: Final = re.compile(r"\d")
_MARKET_WORDS: Final = (Meaning.AT_MARKET, Meaning.NOW)
_ACTING: Final = frozenset(
    {
        # Entry, target or stop of a set-up: it needs two of them, or an entry said outright.
        Meaning.ENTRY, Meaning.AT_MARKET, Meaning.BUY, Meaning.SELL, Meaning.BUY_STOP, Meaning.SELL_STOP,
        Meaning.TARGET, Meaning.TARGET_COUNTED, Meaning.STOP, Meaning.CLOSE,
        # What a follow-up orders.
        Meaning.CLOSED, Meaning.TAKE, Meaning.CANCEL, Meaning.VOID, Meaning.BREAKEVEN, Meaning.RISK_FREE,
    }
)  # fmt: skip
"""Without a word of these a post neither opens a trade nor changes one, whatever else it says."""


class Freeform:
    """Reads by the words of `vocabulary/`; the profile's `parsing.language` narrows them."""

    def __init__(self, words: Lexicon) -> None:
        self._lexicon = words

    def read(self, post: Post, /) -> Reading:
        text = normalise(post.text[:TEXT_LENGTH_MAX])
        tokens = tokenise(text.clean, self._lexicon)
        if _ACTING.isdisjoint([token.meaning for token in tokens]):
            return NotASignal(parser=PARSER)
        return self._read(post, text, with_bare_names(tokens))

    def _read(self, post: Post, text: Text, tokens: list[Token]) -> Reading:
        sheet = read_form(tokens)
        if _DIGIT.search(text.clean) or sheet.has(*_MARKET_WORDS):
            setup = read_setup(sheet, self._lexicon)
            if isinstance(setup, Read) and is_amendment(sheet):
                setup = amended(setup)
            if setup is not None:
                return _placed(setup, text)
        follow_up = read_follow_up(
            tokens, self._lexicon, is_reply=post.reply_to is not None or bool(post.parents)
        )
        if isinstance(follow_up, Read):
            symbol = None if follow_up.intent.symbol else self._parents_symbol(post)
            return _placed(follow_up, text, parent_symbol=symbol)
        return follow_up or NotASignal(parser=PARSER)

    def _parents_symbol(self, post: Post) -> str | None:
        """The coin that the posts it answers are about, nearest first."""
        for parent in post.parents[:_PARENTS_MAX]:
            clean = normalise(parent.text[:TEXT_LENGTH_MAX]).clean
            name = name_anywhere(with_bare_names(tokenise(clean, self._lexicon)))
            if name is not None:
                return name.base
        return None


@parser("freeform")
def make(profile: Profile, /) -> Parser:
    """The reader for everything written by hand, in the profile's languages."""
    return Freeform(lexicon(tuple(profile.parsing.language)))


def _placed(
    reading: Read | Unclear, text: Text, *, parent_symbol: str | None = None
) -> Read | Unclear:
    """The same reading with its spans in the characters that were posted."""
    spans = placed(reading.spans, text)
    if isinstance(reading, Unclear):
        return replace(reading, spans=spans)
    return replace(reading, spans=spans, parent_symbol=parent_symbol)
