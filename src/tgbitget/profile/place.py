"""In which line of a TOML file a key stands. tomllib does not say."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}")
_KEY = re.compile(r"""\s*([\w.\-"' ]+?)\s*=""")
_QUOTES = ('"""', "'''")


def line_of(text: str, path: Sequence[int | str]) -> int | None:
    """The line, from 1, where *path* is set, or where the nearest section above it begins; None when neither is there.

    Positions in a list count as the list's own line. Good for files that tomllib accepted.
    """
    names = tuple(step for step in path if isinstance(step, str))
    lines: dict[tuple[str, ...], int] = {}
    for number, key in _keys(text):
        lines.setdefault(key, number)
    while names:
        if names in lines:
            return lines[names]
        names = names[:-1]
    return None


def _keys(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Every header and key with its line; a dotted key also names the tables it passes."""
    found: list[tuple[int, tuple[str, ...]]] = []
    section: tuple[str, ...] = ()
    open_quotes: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if open_quotes is None:
            if header := _HEADER.match(line):
                section = _names(header[1])
                found.append((number, section))
            elif key := _KEY.match(line):
                names = (*section, *_names(key[1]))
                found += [
                    (number, names[:depth]) for depth in range(len(section) + 1, len(names) + 1)
                ]
        open_quotes = _quotes_after(line, open_quotes)
    return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))


def _quotes_after(line: str, open_quotes: str | None) -> str | None:
    """Whether a multi-line string is open behind *line*, and with which quotes."""
    for quotes in _QUOTES:
        if open_quotes in (None, quotes) and line.count(quotes) % 2:
            return None if open_quotes else quotes
    return open_quotes
