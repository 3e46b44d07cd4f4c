"""Rows as a table on a terminal, as tab-separated text in a pipe, or as JSON lines."""

import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from tgbitget.cli.words import harmless

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = Mapping[str, Any]

_FORMULA = frozenset("=+-@")  # how a cell begins that a spreadsheet runs
_PLAIN = re.compile(r"[+-]?[\d.]+(?:/\d+| [A-Z0-9]+)?|@\w+|-")


def print_rows(
    rows: Iterable[Row],
    columns: Mapping[str, str],
    *,
    as_json: bool,
    wrapping: Sequence[str] = (),
) -> None:
    """*columns* maps a row's key to its heading; JSON lines hold every key there is.

    On a narrow terminal the columns in *wrapping* give way first, in their order.
    """
    if as_json:
        for row in rows:
            print_json(row)
        return
    cells = [[_cell(row.get(key)) for key in columns] for row in rows]
    if sys.stdout.isatty():
        _print_table(columns, cells, wrapping)
    else:
        for line in cells:
            print("\t".join(map(_no_formula, line)))


def print_json(row: Row) -> None:
    print(json.dumps(row, default=str))


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Label and value, the values below each other; on a terminal a long one goes on there, not below its label."""
    known = list(pairs)
    width = max((len(label) for label, _ in known), default=0)
    room = shutil.get_terminal_size().columns - width - 2 if sys.stdout.isatty() else None
    for label, value in known:
        whole = [value] if room is None else _wrapped(value, max(room, width))
        print(f"{label:<{width}}  {whole[0] if whole else ''}".rstrip())
        for line in whole[1:]:
            print(f"{'':<{width}}  {line}")


def _wrapped(text: str, width: int) -> list[str]:
    """Ids and names whole."""
    return wrap(text, width, break_long_words=False, break_on_hyphens=False)


def print_drawn(drawn: "Iterable[RenderableType]", *, to_stderr: bool = False) -> None:
    """What Rich draws, on a terminal in colours, in a pipe as plain lines without blanks at their ends."""
    from rich.console import Console

    console = Console(highlight=False, stderr=to_stderr)
    if console.is_terminal:
        for part in drawn:
            console.print(part)
        return
    with console.capture() as captured:
        for part in drawn:
            console.print(part)
    lines = "\n".join(line.rstrip() for line in captured.get().splitlines())
    print(lines, file=sys.stderr if to_stderr else sys.stdout)


def _print_table(
    columns: Mapping[str, str], cells: Sequence[Sequence[str]], wrapping: Sequence[str]
) -> None:
    from rich.console import Console
    from rich.text import Text

    from tgbitget.cli.table_layout import Column, table_lines

    if not cells:
        print("nothing there")
        return
    drawn = [
        Column(
            heading=heading,
            cells=tuple(column),
            is_number=all(_is_number(cell) for cell in column if cell),
        )
        for heading, column in zip(columns.values(), zip(*cells, strict=True), strict=True)
    ]
    keys = list(columns)
    console = Console(highlight=False)
    giving_way = [keys.index(key) for key in wrapping]
    heading, *lines = table_lines(drawn, width=console.width, giving_way=giving_way)
    console.print(Text(heading, style="bright_black"), soft_wrap=True)
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_cell(item) for item in value)
        case _:
            return harmless(str(value))


def _no_formula(cell: str) -> str:
    """A spreadsheet must not run what a post says; numbers, ids and names are left alone."""
    return f"'{cell}" if cell[:1] in _FORMULA and not _PLAIN.fullmatch(cell) else cell


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()
