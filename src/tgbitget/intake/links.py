"""Where the links of a text lead: targets hidden behind words, and addresses written out."""

import re
from collections.abc import Iterable

LINKS_MAX = 50
"""More links than this are an advertisement, not a signal."""

_TELEGRAM = re.compile(
    r"(?<![\w.])(?:https?://)?(?:www\.)?(?:t|telegram)\.me/[\w+/?=&%.-]+", re.IGNORECASE
)


def links_of(text: str, marked: Iterable[str]) -> tuple[str, ...]:
    """Those that Telegram marked, then Telegram addresses that stand in the text unmarked; each once."""
    found = _TELEGRAM.findall(text) if ".me/" in text.lower() else ()
    written = (match.rstrip(".") for match in found)
    return tuple(dict.fromkeys((*marked, *written)))[:LINKS_MAX]
