from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.simulators.telegram.box import Box
from tgbitget.simulators.telegram.message import Change, Kind, Message

NOW = datetime(2026, 1, 1, tzinfo=UTC)

steps = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete"]), st.integers(0, 9)), max_size=60
)


def filled(plan: list[tuple[str, int]]) -> Box:
    box = Box()
    for step, n in plan:
        standing = [message.id for message in box.messages]
        if step == "add" or not standing:
            box.add(Message(id=box.last_id + 1, date=NOW))
        elif step == "edit":
            box.replace(Message(id=standing[n % len(standing)], date=NOW, text="new"), NOW)
        else:
            box.remove(standing[: n + 1], NOW)
    return box


def all_changes(box: Box, limit: int) -> list[Change]:
    """As a client reads them: difference after difference."""
    found: list[Change] = []
    pts, final = 1, False
    while not final:
        difference = box.since(pts, limit)
        found += difference.changes
        pts, final = difference.pts, difference.final
    return found


@given(plan=steps, limit=st.integers(1, 20))
def test_differences_of_any_size_add_up_to_the_box(plan: list[tuple[str, int]], limit: int) -> None:
    box = filled(plan)
    standing: set[int] = set()
    pts = 1
    for change in all_changes(box, limit):
        assert change.pts == pts + change.pts_count
        pts = change.pts
        if change.kind is Kind.NEW:
            standing.update(change.ids)
        elif change.kind is Kind.DELETED:
            standing.difference_update(change.ids)
    assert pts == box.pts
    assert standing == {message.id for message in box.messages}


@given(plan=steps, start=st.integers(-5, 70), end=st.integers(-5, 70))
def test_positions_count_from_the_oldest(plan: list[tuple[str, int]], start: int, end: int) -> None:
    box = filled(plan)
    ids = [message.id for message in box.messages]
    expected = ids[max(start, 0) : max(end, 0)][::-1]
    assert [message.id for message in box.between(start, end)] == expected


def test_ids_only_rise() -> None:
    box = filled([("add", 0), ("add", 0)])
    with pytest.raises(ValueError, match="after 2 came 2"):
        box.add(Message(id=2, date=NOW))


def test_what_is_not_there_cannot_be_edited() -> None:
    with pytest.raises(LookupError, match="No message 7"):
        Box().replace(Message(id=7, date=NOW), NOW)


def test_deleting_what_is_not_there_changes_nothing() -> None:
    box = filled([("add", 0)])
    assert box.remove([7], NOW) is None
    assert box.pts == 2


def test_the_last_change_of_a_message_is_found() -> None:
    box = filled([("add", 0), ("edit", 0), ("add", 0)])
    assert box.change_of(1).kind is Kind.EDITED
    with pytest.raises(LookupError, match="No message 9"):
        box.change_of(9)
