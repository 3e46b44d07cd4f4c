"""The promises of `promises.py`, for posts of every shape; `many_posts` asks them of a million."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing.many_posts import post_of
from parsing.promises import broken, numbers_of
from parsing.spoiling import WAYS
from parsing.writing import SHAPES

SEED = 20
EACH = 300
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_every_post_keeps_every_promise(part: int) -> None:
    for number in range(part * EACH, (part + 1) * EACH):
        text, parents = post_of(SEED, number)
        assert broken(text, *parents) is None, (number, text)


@given(
    shape=st.sampled_from(list(SHAPES)),
    ways=st.lists(st.sampled_from(WAYS), max_size=4),
    rng=st.randoms(use_true_random=False),
)
@settings(max_examples=150)
def test_no_way_of_spoiling_a_post_breaks_a_promise(
    shape: Callable[[Random], str], ways: list[Callable[[str, Random], str]], rng: Random
) -> None:
    text = shape(rng)
    for way in ways:
        text = way(text, rng) if text else text
    assert broken(text[:4_096]) is None, text


def test_the_same_number_is_the_same_post() -> None:
    assert post_of(3, 4) == post_of(3, 4)
    assert len({post_of(3, number)[0] for number in range(50)}) > 45


def test_spoilt_posts_are_no_longer_than_posts_may_be() -> None:
    assert all(len(post_of(5, number)[0]) <= 4_096 for number in range(300))


@pytest.mark.parametrize(
    ("clean", "number", "is_there"),
    [
        pytest.param("65,000", "65000", True, id="joined"),
        pytest.param("65,000", "65", True, id="parted"),
        pytest.param("10.3 万", "103000", True, id="a unit word"),
        pytest.param("97k2", "97200", True, id="a k within"),
        pytest.param("65 and 000", "65000", False, id="digits that do not stand together"),
        pytest.param("65000", "6500", False, id="a digit less"),
        pytest.param("65000", "650000", False, id="a digit more"),
    ],
)
def test_what_numbers_a_text_holds(clean: str, number: str, is_there: bool) -> None:
    assert (number in {f"{found.normalize():f}" for found in numbers_of(clean)}) is is_there
