"""What is stored comes back as it was: JSON and rows."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tgbitget.errors import JournalError
from tgbitget.journal.codec import columns, dump, from_row, load, to_row, utc_stamp
from tgbitget.model.intent import Intent, Level
from tgbitget.model.money import Percent, Price
from tgbitget.model.order import Fill, Placement
from tgbitget.model.plan import Leg, OrderPlan
from tgbitget.model.post import Cursor, Deletion, Post
from tgbitget.model.reading import Reading
from tgbitget.model.trade import Trade

from . import strategies as any_


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        pytest.param(Reading, any_.readings, id="readings"),
        pytest.param(Intent, any_.intents, id="intents"),
        pytest.param(OrderPlan, any_.plans(), id="plans"),
        pytest.param(Leg, any_.legs(), id="legs"),
        pytest.param(Post, any_.posts(), id="posts"),
        pytest.param(Placement, any_.placements, id="placements"),
        pytest.param(Fill, any_.fills, id="fills"),
        pytest.param(Trade, any_.trades, id="trades"),
        pytest.param(Cursor, any_.cursors, id="cursors"),
    ],
)
# A plan is large, and a crowded machine slow: neither is a fault of what is drawn.
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(data=st.data())
def test_a_value_comes_back_from_json_as_it_was(
    hint: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    value = data.draw(values)
    text = dump(value)
    assert text.isascii()
    assert load(hint, text) == value
    # Written as `json` writes, to the byte: older files and newer ones do not differ.
    assert json.dumps(json.loads(text), separators=(",", ":")) == text


@pytest.fixture(scope="module")
def memory() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param(Post, any_.posts(), id="posts"),
        pytest.param(Leg, any_.legs(), id="legs"),
        pytest.param(Fill, any_.fills, id="fills"),
        pytest.param(Trade, any_.trades, id="trades"),
        pytest.param(Cursor, any_.cursors, id="cursors"),
        pytest.param(Deletion, any_.deletions, id="deletions"),
    ],
)
# A plan is large, and a crowded machine slow: neither is a fault of what is drawn.
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(data=st.data())
def test_a_value_comes_back_from_a_row_of_sqlite_as_it_was(
    memory: sqlite3.Connection, kind: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    value = data.draw(values)
    row = to_row(value)
    marks = ", ".join(f"? AS {name}" for name in columns(kind))
    stored = memory.execute(f"SELECT {marks}", tuple(row.values())).fetchone()
    assert from_row(kind, stored) == value


def test_amounts_are_stored_as_plain_digits() -> None:
    row = to_row(Percent(value=Decimal("5.70E+4")))
    assert row == {"value": "57000"}


def test_times_are_stored_in_utc_and_sort_as_text() -> None:
    whole = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
    assert utc_stamp(whole) == "2026-01-31T12:00:00.000000Z"
    assert utc_stamp(whole) < utc_stamp(whole.replace(microsecond=1))


@pytest.mark.parametrize(
    ("level", "text"),
    [
        pytest.param(Price(Decimal("57000")), '"57000"', id="a price"),
        pytest.param(Percent(value=Decimal(-5)), '{"@":"Percent","value":"-5"}', id="a distance"),
    ],
)
def test_members_of_a_union_are_told_apart(level: Level, text: str) -> None:
    assert dump(level) == text
    assert load(Level, text) == level


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no JSON"),
        pytest.param('{"@":"Deletion"}', id="another kind"),
        pytest.param('{"@":"Cursor","channel":"1","pts":1}', id="a field is missing"),
        pytest.param(
            '{"@":"Cursor","channel":"1","pts":1,"message_id":2,"more":3}', id="a field more"
        ),
        pytest.param(
            '{"@":"Cursor","channel":"1","pts":"1","message_id":2}', id="text for a number"
        ),
        pytest.param("[]", id="a list"),
    ],
)
def test_what_is_not_what_we_wrote_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(JournalError, match="a stored Cursor cannot be read") as refusal:
        load(Cursor, text)
    assert "\n" not in str(refusal.value)


def test_a_number_is_no_amount() -> None:
    fill = '{"@":"Percent","value":5.1}'
    assert json.loads(fill)["value"] == 5.1
    with pytest.raises(JournalError, match="an amount is text"):
        load(Percent, fill)
