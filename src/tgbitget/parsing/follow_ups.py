"""Posts that change a trade: close, cancel, move the stop, new targets."""

from collections.abc import Sequence

from tgbitget.model.reading import Read, Unclear
from tgbitget.parsing.lexicon import Lexicon
from tgbitget.parsing.tokens import Token


def read_follow_up(
    tokens: Sequence[Token], lexicon: Lexicon, *, is_reply: bool
) -> Read | Unclear | None:
    return None
