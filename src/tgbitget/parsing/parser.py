"""Stage 2: what a parser promises."""

from typing import Protocol

from tgbitget.model.post import Post
from tgbitget.model.reading import Reading


class Parser(Protocol):
    """Reads one post. Pure, quick (well under 10 ms), no I/O, raises for no text whatever.

    `NotASignal` lets the next parser of the chain try; `Read` and `Unclear` end it.
    """

    def read(self, post: Post, /) -> Reading: ...
