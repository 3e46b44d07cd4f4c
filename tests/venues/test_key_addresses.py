"""Which lists of addresses bind a key, and which let nearly everyone in."""

import pytest

from tgbitget.venues.key_addresses import bound_to


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        pytest.param("198.51.100.7", ("198.51.100.7",), id="one address"),
        pytest.param(
            "198.51.100.7, 2001:db8::7",
            ("198.51.100.7", "2001:db8::7"),
            id="one of each kind",
        ),
        pytest.param("198.51.100.0/24", ("198.51.100.0/24",), id="a block"),
        pytest.param("127.0.0.1", ("127.0.0.1",), id="this machine"),
    ],
)
def test_a_short_list_binds(told: str, listed: tuple[str, ...]) -> None:
    assert bound_to(told) == listed


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("", id="none"),
        pytest.param("0.0.0.0/32", id="the v4 address that means any"),
        pytest.param("::", id="the v6 address that means any"),
        pytest.param("0.0.0.0/1,128.0.0.0/1", id="two halves of everything"),
        pytest.param("128.0.0.0/1", id="half of everything"),
        pytest.param("::/1, 8000::/1", id="two halves of v6"),
        pytest.param("2000::/3", id="all of v6 that is routed"),
        pytest.param("::ffff:0:0/96", id="all of v4, written as v6"),
        pytest.param("::ffff:0.0.0.0", id="any v4, written as v6"),
        pytest.param("198.51.100.7,0.0.0.0/0", id="one, and everything beside it"),
        pytest.param("*", id="a star"),
        pytest.param("198.51.100.7 *.*.*.*", id="one, and what cannot be read"),
    ],
)
def test_a_list_that_lets_nearly_everyone_in_is_none(told: str) -> None:
    assert bound_to(told) == ()


@pytest.mark.parametrize("told", [None, 7, ["198.51.100.7"]], ids=str)
def test_what_is_no_text_is_not_told(told: object) -> None:
    assert bound_to(told) is None
