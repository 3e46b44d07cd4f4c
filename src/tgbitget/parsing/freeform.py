"""Posts as people write them: set-ups by label or in one line, follow-ups, and all the rest, which is not a signal."""

from dataclasses import replace
from typing import Final

from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.parsing.chain import TEXT_LENGTH_MAX
from tgbitget.parsing.fields import read_form
from tgbitget.parsing.follow_ups import read_follow_up
from tgbitget.parsing.lexicon import Lexicon, lexicon
from tgbitget.parsing.opening import may_open
from tgbitget.parsing.parser import Parser
from tgbitget.parsing.registry import parser
from tgbitget.parsing.setups import PARSER, amended, is_amendment, read_setup
from tgbitget.parsing.subjects import name_anywhere, with_bare_names
from tgbitget.parsing.talk import Talk
from tgbitget.parsing.text import Text, normalise, placed
from tgbitget.parsing.tokens import tokenise
from tgbitget.profile import Profile

_PARENTS_MAX = 10
_TALK: Final = NotASignal(parser=PARSER)


class Freeform:
    """Reads by the words of `vocabulary/`; the profile's `parsing.language` narrows them."""

    def __init__(self, words: Lexicon) -> None:
        self._lexicon = words
        self._talk = Talk(words)

    def read(self, post: Post, /) -> Reading:
        text = normalise(post.text[:TEXT_LENGTH_MAX])
        if self._talk.is_all_of(text.clean):
            return _TALK
        return self._read(post, text)

    def _read(self, post: Post, text: Text) -> Reading:
        tokens = with_bare_names(tokenise(text.clean, self._lexicon))
        meanings = {token.meaning for token in tokens}
        if may_open(tokens, meanings):
            sheet = read_form(tokens)
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
        return _TALK if follow_up is None else _placed(follow_up, text)

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
    if text.clean == text.original and parent_symbol is None:
        return reading
    spans = placed(reading.spans, text)
    if isinstance(reading, Unclear):
        return replace(reading, spans=spans)
    return replace(reading, spans=spans, parent_symbol=parent_symbol)
