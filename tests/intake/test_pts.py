"""What follows on, what is known, what shows a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.intake.pts import HELD_MAX, Place, PtsLine, Pushed


def line_at(pts: int | None) -> PtsLine:
    line = PtsLine()
    if pts is not None:
        line.reach(pts)
    return line


@pytest.mark.parametrize(
    ("at", "pts", "count", "place"),
    [
        pytest.param(10, 11, 1, Place.NEXT, id="the next"),
        pytest.param(10, 13, 3, Place.NEXT, id="three deletions at once"),
        pytest.param(10, 10, 1, Place.KNOWN, id="the last again"),
        pytest.param(10, 7, 1, Place.KNOWN, id="an old one"),
        pytest.param(10, 10, 0, Place.KNOWN, id="read elsewhere"),
        pytest.param(10, 12, 1, Place.BEYOND_A_GAP, id="one is missing"),
        pytest.param(10, 11, 0, Place.BEYOND_A_GAP, id="read elsewhere, what we do not have"),
        pytest.param(10, 12, 3, Place.NEXT, id="overlaps what we have"),
        pytest.param(None, 5, 1, Place.BEYOND_A_GAP, id="nothing is known yet"),
    ],
)
def test_where_a_push_belongs(at: int | None, pts: int, count: int, place: Place) -> None:
    assert line_at(at).place_of(Pushed(pts=pts, count=count)) is place


@given(st.permutations(range(11, 31)), st.integers(0, 20))
def test_pushes_in_any_order_come_out_in_theirs(order: list[int], missing: int) -> None:
    line = line_at(10)
    taken = []
    for pts in order:
        pushed = Pushed(pts=pts, count=1)
        if pts == 10 + missing:
            continue
        if line.place_of(pushed) is Place.NEXT:
            line.reach(pts)
            taken.append(pts)
        else:
            line.hold(pushed)
        for held in line.following():
            line.reach(held.pts)
            taken.append(held.pts)
    end = 9 + missing if missing else 30
    assert taken == list(range(11, end + 1))
    assert [pushed.pts for pushed in line.release()] == list(range(end + 2, 31))


def test_what_is_held_is_bounded() -> None:
    line = line_at(1)
    assert all(line.hold(Pushed(pts=n + 10, count=1)) for n in range(HELD_MAX))
    assert not line.hold(Pushed(pts=5, count=1))


def test_it_never_goes_back() -> None:
    line = line_at(10)
    line.reach(7)
    assert line.pts == 10
