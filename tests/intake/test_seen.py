"""Each revision once, the first wins; a stale one never comes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.intake.seen import Seen
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Arrival, Deletion, Post, Via

from .world import MemoryJournal

CHANNEL = ChannelId("-1001")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def post(
    id: int = 5, text: str = "a", edited_after: int | None = None, via: Via = Via.PUSH
) -> Post:
    edited = None if edited_after is None else NOON + timedelta(seconds=edited_after)
    return Post(channel=CHANNEL, message_id=id, date=NOON, text=text, via=via, edited=edited)


def deletion(id: int = 5) -> Deletion:
    return Deletion(channel=CHANNEL, message_id=id, date=NOON, via=Via.PUSH)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def seen(journal: MemoryJournal) -> Seen:
    return Seen(CHANNEL, journal, history_to=3)


def test_the_first_wins(seen: Seen) -> None:
    assert seen.admit(post(), as_of=10) == post()
    assert seen.admit(post(via=Via.POLL), as_of=10) is None


@pytest.mark.parametrize(
    ("later", "as_of", "revision"),
    [
        pytest.param(post(text="b", edited_after=9), 11, 1, id="an edit"),
        pytest.param(post(text="a", edited_after=9), 11, None, id="a reaction"),
        pytest.param(post(text="", edited_after=9), 11, 1, id="the words taken out"),
        pytest.param(post(text="b"), 9, None, id="the text before an edit, late"),
    ],
)
def test_a_revision_is_a_newer_text(
    seen: Seen, later: Post, as_of: int, revision: int | None
) -> None:
    seen.admit(post(), as_of=10)
    found = seen.admit(later, as_of=as_of)
    assert (found and found.revision) == revision


def test_an_edit_that_comes_first_is_the_post(seen: Seen) -> None:
    first = seen.admit(post(text="b", edited_after=4), as_of=12)
    assert first is not None
    assert first.revision == 0
    assert seen.admit(post(text="a"), as_of=11) is None


def test_edits_of_one_second_are_ordered_by_pts(seen: Seen) -> None:
    seen.admit(post(), as_of=10)
    second = seen.admit(post(text="c", edited_after=1), as_of=12)
    assert second is not None
    assert seen.admit(post(text="b", edited_after=1), as_of=11) is None
    third = seen.admit(post(text="d", edited_after=1), as_of=13)
    assert third is not None
    assert third.revision == 2


def test_the_journal_knows_what_memory_does_not(seen: Seen, journal: MemoryJournal) -> None:
    journal.record(Arrival(what=post()))
    assert seen.admit(post(), as_of=10) is None
    edited = seen.admit(post(text="b", edited_after=1), as_of=11)
    assert edited is not None
    assert edited.revision == 1


@pytest.mark.parametrize("id", [1, 3])
def test_what_is_older_than_following_is_not_ours(seen: Seen, id: int) -> None:
    assert seen.admit(post(id, edited_after=1), as_of=10) is None


def test_what_is_older_but_in_the_journal_is_ours(seen: Seen, journal: MemoryJournal) -> None:
    journal.record(Arrival(what=post(2)))
    assert seen.admit(post(2, "b", edited_after=1), as_of=10) is not None
    assert seen.admit_deletion(deletion(2))


def test_a_deletion_is_told_once_and_is_final(seen: Seen) -> None:
    seen.admit(post(), as_of=10)
    assert seen.admit_deletion(deletion())
    assert not seen.admit_deletion(deletion())
    assert seen.admit(post(text="b", edited_after=2), as_of=12) is None


def test_a_deletion_in_the_journal_is_final(seen: Seen, journal: MemoryJournal) -> None:
    journal.record(Arrival(what=post()))
    journal.record(Arrival(what=deletion()))
    assert not seen.admit_deletion(deletion())
    assert seen.admit(post(text="b", edited_after=2), as_of=12) is None


def test_what_was_deleted_before_it_was_seen_never_comes(seen: Seen) -> None:
    assert not seen.admit_deletion(deletion())
    assert seen.admit(post(), as_of=10) is None


@given(st.lists(st.integers(0, 7), max_size=30))
def test_versions_in_any_order_end_with_the_newest(order: list[int]) -> None:
    """Versions 0 to 7 of one post, two of them in each second."""
    versions = [
        (replace(post(text=str(n), edited_after=n // 2)) if n else post(text="0"), n)
        for n in range(8)
    ]
    seen = Seen(CHANNEL, MemoryJournal(), history_to=0)
    taken = [found for n in order if (found := seen.admit(versions[n][0], as_of=versions[n][1]))]
    assert [found.revision for found in taken] == list(range(len(taken)))
    assert [int(found.text) for found in taken] == sorted({int(found.text) for found in taken})
    assert not order or taken[-1].text == str(max(order))
