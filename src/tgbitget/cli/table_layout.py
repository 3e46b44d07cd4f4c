"""A table for a terminal of some width: no cell is cut or broken. What finds no room in its column stands below its row.

Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from rich.cells import cell_len

GAP = 2
INDENT = 4
ROOM_MIN = 10
"""A column that would be narrower is no column any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column from top to bottom."""

    heading: str
    cells: tuple[str, ...]
    is_number: bool = False

    @property
    def width(self) -> int:
        return max(cell_len(text) for text in (self.heading, *self.cells))


@dataclass(slots=True, kw_only=True)
class _Layout:
    """`room` of each column that is shown as one; `below` those whose cells all stand below their rows."""

    room: dict[int, int]
    below: list[int] = field(default_factory=list)

    @property
    def width(self) -> int:
        return sum(self.room.values()) + GAP * (len(self.room) - 1)


def table_lines(
    columns: Sequence[Column], *, width: int, giving_way: Sequence[int] = ()
) -> Iterator[str]:
    """The heading first. Columns in *giving_way* do so first and in that order, then words from the widest on, the
    first column last of all and never altogether."""
    layout = _laid_out(columns, width, giving_way)
    yield _line(columns, layout, [column.heading for column in columns])
    for row in zip(*(column.cells for column in columns), strict=True):
        yield _line(columns, layout, row)
        rest = [*(i for i in layout.room if not _fits(row[i], layout.room[i])), *layout.below]
        yield from _below([row[i] for i in sorted(rest) if row[i]], width)


def _laid_out(columns: Sequence[Column], width: int, giving_way: Sequence[int]) -> _Layout:
    layout = _Layout(room={i: column.width for i, column in enumerate(columns)})
    words = [i for i in range(1, len(columns)) if not columns[i].is_number]
    widest = sorted(words, key=lambda i: -columns[i].width)
    for i in dict.fromkeys((*giving_way, *widest)):
        if layout.width <= width:
            break
        room = width - layout.width + layout.room[i]
        if room >= max(ROOM_MIN, cell_len(columns[i].heading)) and _mostly_fits(columns[i], room):
            layout.room[i] = room
        elif len(layout.room) > 1:
            del layout.room[i]
            layout.below.append(i)
    return layout


def _mostly_fits(column: Column, room: int) -> bool:
    return 2 * sum(_fits(cell, room) for cell in column.cells) >= len(column.cells)


def _fits(cell: str, room: int) -> bool:
    return cell_len(cell) <= room


def _line(columns: Sequence[Column], layout: _Layout, row: Sequence[str]) -> str:
    parts = []
    for i, room in layout.room.items():
        cell = row[i] if _fits(row[i], room) else ""
        blank = " " * (room - cell_len(cell))
        parts.append(blank + cell if columns[i].is_number else cell + blank)
    return (" " * GAP).join(parts).rstrip()


def _below(cells: Sequence[str], width: int) -> Iterator[str]:
    """Side by side where they fit, else each from a line of its own on."""
    blank, room = " " * INDENT, max(width - INDENT, ROOM_MIN)
    together = (" " * GAP).join(cells)
    if _fits(together, room):
        yield from [blank + together] if together else []
        return
    for cell in cells:
        yield from (blank + line for line in wrap(cell, room))
