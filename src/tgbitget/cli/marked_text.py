"""A post as it was written, each field's words marked: by colour, and by a line with a name under them."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from tgbitget.cli.reasons import field_words
from tgbitget.model.reading import Span
from tgbitget.parsing.lacking import AGAINST

QUIET: Final = "bright_black"
_STYLES: Final = {
    "symbol": "bold cyan",
    "side": "bold",
    "entry": "blue",
    "take_profits": "green",
    "stop_loss": "red",
    "leverage": "magenta",
    "margin_mode": "magenta",
    "action": "bold yellow",
    AGAINST: "yellow",
}
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_SELECTORS: Final = "\ufe0e\ufe0f"  # ask for another drawing of the same sign, of another width
_LINE_MIN: Final = 20
_GAP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """Cells of one shown line."""

    start: int
    end: int
    name: str
    style: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A shown line: what each character of the post became, from *offset* on; some become nothing."""

    offset: int
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def end(self) -> int:
        return self.offset + len(self.pieces)

    @property
    def is_right_to_left(self) -> bool:
        return any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in self.text)

    def before(self, at: int) -> str:
        """What is shown left of the post's character *at*."""
        return "".join(self.pieces[: max(0, at - self.offset)])


def style_of(field: str) -> str:
    return _STYLES.get(field, "bold")


def name_of(span: Span) -> str:
    """What is written under the words: what they order or tell of, the rest by its field."""
    if span.field in ("action", AGAINST):
        return span.rule.removeprefix("tells of ")
    return field_words(span.field)


def legend(spans: Iterable[Span]) -> Text:
    """Each kind of mark once, in its colour."""
    kinds = {name_of(span): style_of(span.field) for span in spans}
    line = Text()
    for at, (name, style) in enumerate(kinds.items()):
        line.append(", " if at else "", style=QUIET)
        line.append(name, style=style)
    return line


def marked(text: str, spans: Sequence[Span], *, width: int) -> Iterator[Text]:
    """Lines of at most *width* cells; under those with words of a field, what these are."""
    for line in _lines(text, max(width, _LINE_MIN)):
        here = [span for span in spans if span.start < line.end and span.end > line.offset]
        shown = Text(line.text)
        for span in here:
            place = len(line.before(span.start)), len(line.before(span.end))
            shown.stylize(style_of(span.field), *place)
        yield shown
        if line.is_right_to_left:
            yield from _beside(text, here)
        else:
            yield from _below([_mark(span, line) for span in here])


def _lines(text: str, width: int) -> Iterator[_Line]:
    """Nothing that a terminal obeys is left; a long line is broken, at a space where there is one."""
    offset = 0
    for written in text.split("\n"):
        pieces = tuple(_shown(char) for char in written)
        start = 0
        for end in _breaks(pieces, width):
            yield _Line(offset + start, pieces[start:end])
            start = end
        offset += len(written) + 1


def _breaks(pieces: Sequence[str], width: int) -> Iterator[int]:
    """Where lines of *width* cells end."""
    start, cells, space = 0, 0, 0
    for at, piece in enumerate(pieces):
        cells += cell_len(piece)
        if cells > width:
            start = space if space > start else at
            yield start
            cells = sum(map(cell_len, pieces[start : at + 1]))
        if piece == " ":
            space = at + 1
    yield len(pieces)


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if char == "\t" or kind in ("Zs", "Zl", "Zp"):
        return " "
    return "" if kind in _INVISIBLE or char in _SELECTORS else char


def _mark(span: Span, line: _Line) -> _Mark:
    start, end = cell_len(line.before(span.start)), cell_len(line.before(span.end))
    return _Mark(start=start, end=end, name=name_of(span), style=style_of(span.field))


def _below(marks: Sequence[_Mark]) -> Iterator[Text]:
    """Lines under the words and their names; overlapping words get lines of their own."""
    rest = [mark for mark in marks if mark.end > mark.start]
    while rest:
        layer: list[_Mark] = []
        later: list[_Mark] = []
        for mark in rest:
            is_free = not layer or layer[-1].end < mark.start
            (layer if is_free else later).append(mark)
        yield from _layer(layer)
        rest = later


def _layer(marks: Sequence[_Mark]) -> Iterator[Text]:
    """A name stands behind its line where there is room, else in a row below; of a run the last is named."""
    runs = [m for m, after in zip(marks, [*marks[1:], None], strict=True) if _ends_run(m, after)]
    rows: list[list[tuple[int, str, str]]] = [
        [(m.start, "─" * (m.end - m.start), m.style) for m in marks]
    ]
    for mark in reversed(runs):
        following = [m.start for m in marks if m.start >= mark.end]
        room = min(following, default=None)
        if room is None or mark.end + 1 + len(mark.name) + _GAP <= room:
            rows[0].append((mark.end + 1, mark.name, mark.style))
        else:
            _put_below(rows, mark)
    yield from (_row(row) for row in rows)


def _ends_run(mark: _Mark, after: _Mark | None) -> bool:
    return after is None or after.name != mark.name


def _put_below(rows: list[list[tuple[int, str, str]]], mark: _Mark) -> None:
    """In the first row where it runs into nothing; what it passes on its way down stays connected."""
    end = mark.start + len(mark.name)
    at = 1
    while at < len(rows) and any(start <= end + 1 for start, _, _ in rows[at]):
        at += 1
    if at == len(rows):
        rows.append([])
    for passed in rows[1:at]:
        passed.append((mark.start, "│", mark.style))
    rows[at].append((mark.start, mark.name, mark.style))


def _row(pieces: Iterable[tuple[int, str, str]]) -> Text:
    line, cell = Text(), 0
    for start, piece, style in sorted(pieces):
        line.append(" " * (start - cell))
        line.append(piece, style=style)
        cell = max(start, cell) + len(piece)
    return line


def _beside(text: str, spans: Sequence[Span]) -> Iterator[Text]:
    """A terminal turns such a line round, so that nothing could stand under its words: they are said again."""
    if not spans:
        return
    line = Text("  ")
    for at, span in enumerate(spans):
        line.append(", " if at else "", style=QUIET)
        line.append(f"{name_of(span)} ", style=style_of(span.field))
        line.append("".join(_shown(char) for char in text[span.start : span.end]))
    yield line
