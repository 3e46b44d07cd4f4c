"""Tables on terminals: nothing is cut, ids and numbers are never broken."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tgbitget.cli.table_layout import INDENT, Column, table_lines

ORDERS = (
    Column(heading="When", cells=("11-20 12:00:00", "11-20 12:00:04")),
    Column(heading="Signal", cells=("-1001500000001/2", "-1001500000001/3")),
    Column(heading="Order", cells=("sell trigger all of SOL/USDT once at 137.74", "buy market 1")),
    Column(heading="Filled", cells=("", "0.2"), is_number=True),
)


def lines(width: int, *, giving_way: tuple[int, ...] = (2,)) -> list[str]:
    return list(table_lines(ORDERS, width=width, giving_way=giving_way))


def test_where_all_has_room_each_row_is_one_line() -> None:
    assert lines(90) == [
        "When            Signal            Order                                        Filled",
        "11-20 12:00:00  -1001500000001/2  sell trigger all of SOL/USDT once at 137.74",
        "11-20 12:00:04  -1001500000001/3  buy market 1                                    0.2",
    ]


def test_what_has_no_room_in_its_column_stands_below_its_row() -> None:
    assert lines(70) == [
        "When            Signal            Order                         Filled",
        "11-20 12:00:00  -1001500000001/2",
        "    sell trigger all of SOL/USDT once at 137.74",
        "11-20 12:00:04  -1001500000001/3  buy market 1                     0.2",
    ]


def test_a_column_without_room_is_none_and_all_of_it_stands_below() -> None:
    assert lines(44) == [
        "When            Signal            Filled",
        "11-20 12:00:00  -1001500000001/2",
        "    sell trigger all of SOL/USDT once at",
        "    137.74",
        "11-20 12:00:04  -1001500000001/3     0.2",
        "    buy market 1",
    ]


def test_several_columns_stand_below_side_by_side() -> None:
    assert lines(30)[:3] == [
        "When            Filled",
        "11-20 12:00:00",
        "    -1001500000001/2",
    ]
    assert lines(67, giving_way=(1, 2))[1:3] == [
        "11-20 12:00:00  sell trigger all of SOL/USDT once at 137.74",
        "    -1001500000001/2",
    ]


words = st.text(st.characters(categories=("L", "N", "P")), max_size=30)


@given(
    table=st.integers(1, 5).flatmap(
        lambda n: st.lists(st.tuples(*[words] * n), min_size=1, max_size=5)
    ),
    width=st.integers(20, 90),
)
def test_every_cell_is_there_whole_whatever_the_width(
    table: list[tuple[str, ...]], width: int
) -> None:
    columns = [Column(heading="H", cells=cells) for cells in zip(*table, strict=True)]
    shown = list(table_lines(columns, width=width))
    joined = re.sub(rf"\n {{{INDENT}}}(?=\S)", "", "\n".join(shown))
    for row in table:
        for cell in row:
            assert cell in joined
