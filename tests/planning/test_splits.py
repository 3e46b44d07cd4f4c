from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.planning.splits import Split, hand_over, shares_percent, split_whole, weights

NAMES = ("even", "one", "two", "three", "fifty-first", "skip-first", "decreasing", "increasing")
any_given = st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=20).map(tuple)
any_split: st.SearchStrategy[Split] = st.sampled_from(NAMES) | any_given
any_parts = st.integers(1, 20)


@pytest.mark.parametrize(
    ("split", "parts", "shares"),
    [
        pytest.param("even", 1, "100", id="even, one"),
        pytest.param("even", 3, "33.33 33.34 33.33", id="even, three"),
        pytest.param("even", 4, "25 25 25 25", id="even, four"),
        pytest.param("one", 3, "100 0 0", id="all on the first"),
        pytest.param("two", 3, "50 50 0", id="two of three"),
        pytest.param("two", 1, "100", id="two of one"),
        pytest.param("three", 4, "33.33 33.34 33.33 0", id="three of four"),
        pytest.param("fifty-first", 3, "50 25 25", id="fifty first"),
        pytest.param("fifty-first", 1, "100", id="fifty first, one"),
        pytest.param("skip-first", 3, "0 50 50", id="skip first"),
        pytest.param("skip-first", 1, "100", id="skip first, one"),
        pytest.param("decreasing", 4, "53.33 26.67 13.33 6.67", id="decreasing"),
        pytest.param("increasing", 4, "6.67 13.33 26.67 53.33", id="increasing"),
        pytest.param("increasing", 2, "33.33 66.67", id="increasing, two"),
        pytest.param((Decimal(50), Decimal(30), Decimal(20)), 3, "50 30 20", id="given"),
        pytest.param(
            (Decimal(50), Decimal(30), Decimal(20)), 2, "62.5 37.5", id="fewer than given"
        ),
        pytest.param((Decimal(60), Decimal(40)), 3, "60 40 0", id="more than given"),
    ],
)
def test_a_split_shares_a_hundred_percent(split: Split, parts: int, shares: str) -> None:
    assert shares_percent(weights(split, parts)) == tuple(map(Decimal, shares.split()))


def test_a_split_that_nobody_named_is_an_error() -> None:
    with pytest.raises(ValueError, match="halves"):
        weights("halves", 2)


@given(any_split, any_parts)
def test_shares_always_add_up_to_a_hundred(split: Split, parts: int) -> None:
    shares = shares_percent(weights(split, parts))
    assert len(shares) == parts
    assert sum(shares) == 100
    assert min(shares) >= 0


@given(any_split, any_parts, st.integers(0, 10**9))
def test_no_lot_is_lost_and_no_part_is_a_lot_off(split: Split, parts: int, total: int) -> None:
    of = weights(split, parts)
    counts = split_whole(total, of)
    assert sum(counts) == total
    assert all(abs(count - weight * total) < 1 for count, weight in zip(counts, of, strict=True))
    assert all(count == 0 for count, weight in zip(counts, of, strict=True) if not weight)


@given(any_split, st.integers(2, 20), st.data())
def test_what_is_handed_over_stays_in_the_family(
    split: Split, parts: int, data: st.DataObject
) -> None:
    of = weights(split, parts)
    index = data.draw(st.integers(0, parts - 1))
    after = hand_over(of, index)
    assert len(after) == parts - 1
    assert sum(after, Fraction(0)) == 1


def test_a_part_goes_to_the_neighbour_that_has_less() -> None:
    half, third, sixth = Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)
    assert hand_over((half, sixth, third), 1) == (half, half)
    assert hand_over((third, sixth, half), 1) == (half, half)
    assert hand_over((third, third, third), 1) == (2 * third, third)
    assert hand_over((half, third, sixth), 2) == (half, half)
