from datetime import UTC, datetime

import pytest

from tgbitget.model.trading_hours import is_open, windows

FRIDAY_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "is_allowed"),
    [
        pytest.param("08:00-20:00", True, id="every day"),
        pytest.param("mon-fri 08:00-20:00", True, id="working days"),
        pytest.param("sat-mon 08:00-20:00", False, id="over the week's end"),
        pytest.param("fri-mon 08:00-20:00", True, id="from friday on"),
        pytest.param("fri", True, id="a whole day"),
        pytest.param("sat, sun", False, id="two other days"),
        pytest.param("12:00-12:01", True, id="from its first minute"),
        pytest.param("11:00-12:00", False, id="to its last minute"),
        pytest.param("22:00-13:00", True, id="over midnight, since yesterday"),
        pytest.param("fri 22:00-13:00", False, id="over midnight, from tonight"),
        pytest.param("thu 22:00-13:00", True, id="over midnight, of yesterday"),
        pytest.param("sun 22:00-13:00, FRI 12:00-24:00", True, id="one of several"),
    ],
)
def test_hours_hold_in_utc(hours: str, is_allowed: bool) -> None:
    assert is_open(hours, FRIDAY_NOON) is is_allowed


@pytest.mark.parametrize(
    "hours", ["", "8-20", "friday", "08:00", "08:60-09:00", "25:00-26:00", ","]
)
def test_what_is_no_window_is_refused_by_name(hours: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        windows(hours)


def test_a_list_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 20 windows, was 30"):
        windows(",".join(["mon"] * 30))
