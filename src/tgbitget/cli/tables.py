"""Rows as a table on a terminal, as tab-separated text in a pipe, or as JSON lines."""

# ruff: noqa: PLC0415 -- what a command needs is imported when it runs: --help stays light

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tgbitget.cli.words import harmless

Row = Mapping[str, Any]


def print_rows(rows: Iterable[Row], columns: Mapping[str, str], *, as_json: bool) -> None:
    """*columns* maps a row's key to its heading; JSON lines hold every key there is."""
    if as_json:
        for row in rows:
            print_json(row)
        return
    cells = [[_cell(row.get(key)) for key in columns] for row in rows]
    if sys.stdout.isatty():
        _print_table(list(columns.values()), cells)
    else:
        for line in cells:
            print("\t".join(line))


def print_json(row: Row) -> None:
    print(json.dumps(row, default=str))


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Label and value, the values below each other."""
    known = list(pairs)
    width = max((len(label) for label, _ in known), default=0)
    for label, value in known:
        print(f"{label:<{width}}  {value}".rstrip())


def _print_table(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading, column in zip(headings, zip(*cells, strict=True), strict=False):
        is_number = all(_is_number(cell) for cell in column if cell)
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    if cells:
        Console(highlight=False).print(table)
    else:
        print("nothing there")


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


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()
