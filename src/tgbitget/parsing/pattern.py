"""The user's own expressions, from `parsing.patterns`, run by google-re2: linear time whatever the expression.

An expression is searched in the normalised post (see `text`) and speaks through named groups: `symbol`, `side`, `entry`,
`entry2`, `stop`, `targets` or `tp1` … `tp20`, `leverage`, `margin`, `quote`, `amount`; for follow-ups `kind` (close, cancel,
update) and `fraction`. It is checked when the parser is made. An expression without an `entry` group enters at market.
"""

from typing import Any, Final

import re2

from tgbitget.errors import ConfigError
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Reading
from tgbitget.parsing.parser import Parser
from tgbitget.parsing.registry import parser
from tgbitget.parsing.slots import TARGETS, reading_of
from tgbitget.parsing.text import normalise
from tgbitget.profile import Profile

PARSER: Final = "pattern"

GROUPS: Final = (
    "symbol",
    "quote",
    "side",
    "entry",
    "entry2",
    "stop",
    "targets",
    "leverage",
    "margin",
    "amount",
    "kind",
    "fraction",
)
_PROGRAM_BYTES_MAX: Final = 4 << 20
"""What one compiled expression may take: a counted repetition of repetitions is refused, not built."""


class Pattern:
    def __init__(self, patterns: tuple[Any, ...]) -> None:
        self._patterns = patterns

    def read(self, post: Post, /) -> Reading:
        text = normalise(post.text)
        for pattern in self._patterns:
            found = pattern.search(text.clean)
            if found is not None:
                return reading_of(found, text, parser=PARSER)
        return NotASignal(parser=PARSER)


@parser(PARSER)
def make(profile: Profile, /) -> Parser:
    """The reader for the profile's own expressions; one that cannot be used raises, named by its place."""
    written = profile.parsing.patterns
    if not written:
        raise ConfigError(f"profile {profile.name}: the parser 'pattern' needs parsing.patterns")
    return Pattern(
        tuple(
            _compiled(one, f"profile {profile.name}: parsing.patterns[{at}]")
            for at, one in enumerate(written)
        )
    )


def _compiled(written: str, place: str) -> Any:
    options = re2.Options()
    options.max_mem = _PROGRAM_BYTES_MAX
    options.log_errors = False
    try:
        pattern = re2.compile(written, options)
    except re2.error as e:
        what = e.args[0] if e.args else e
        text = what.decode(errors="replace") if isinstance(what, bytes) else str(what)
        raise ConfigError(f"{place}: {text}, in {written!r}") from e
    groups = set(pattern.groupindex)
    unknown = sorted(groups - set(GROUPS) - set(TARGETS))
    if unknown:
        raise ConfigError(
            f"{place}: unknown group {unknown[0]!r}, known are {', '.join(GROUPS)}, tp1 … tp20"
        )
    if "symbol" not in groups and "kind" not in groups:
        raise ConfigError(f"{place}: an expression needs the group 'symbol', in {written!r}")
    return pattern
