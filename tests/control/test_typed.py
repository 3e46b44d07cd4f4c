"""What is a command, and what is a note of the owner's own."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.control.typed import Misspelt, Typed, Word, typed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("/pause", Typed(word=Word.PAUSE), id="pause"),
        pytest.param(" /Resume \n", Typed(word=Word.RESUME), id="capitals and blanks"),
        pytest.param("/close BTC", Typed(word=Word.CLOSE, what="BTC"), id="one"),
        pytest.param("/close -1001/7", Typed(word=Word.CLOSE, what="-1001/7"), id="a signal"),
        pytest.param(
            "/close btc 25 %",
            Typed(word=Word.CLOSE, what="btc", fraction=Decimal("0.25")),
            id="a part",
        ),
        pytest.param("/close BTC 100%", Typed(word=Word.CLOSE, what="BTC"), id="all of one"),
        pytest.param("/close ALL", Typed(word=Word.CLOSE), id="all"),
    ],
)
def test_is_read_as(text: str, read: Typed) -> None:
    assert typed(text) == read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("close BTC", id="no slash"),
        pytest.param("note: /close all", id="not at the beginning"),
        pytest.param("/close all\nTarget 2 reached", id="more than a line"),
        pytest.param("/etc/hosts", id="a path"),
        pytest.param("//pause", id="two slashes"),
        pytest.param("/ pause", id="a blank behind it"),
        pytest.param("/сlose all", id="a letter of another alphabet"),
        pytest.param("\u202e/pause", id="a direction mark"),
    ],
)
def test_is_no_command(text: str) -> None:
    assert typed(text) is None


@pytest.mark.parametrize(
    "text",
    ["/closeall", "/pause now", "/close", "/close BTC half", "/close BTC 0%", "/close all 50%"],
)
def test_is_not_guessed(text: str) -> None:
    assert isinstance(typed(text), Misspelt)


@given(text=st.text(max_size=80))
def test_nothing_but_one_line_with_a_slash_first_is_a_command(text: str) -> None:
    read = typed(text)
    assert read is None or (text.strip().startswith("/") and "\n" not in text.strip())


@given(what=st.from_regex(r"[A-Za-z0-9/-]{1,12}", fullmatch=True), percent=st.integers(0, 120))
def test_a_part_is_never_more_than_was_typed(what: str, percent: int) -> None:
    read = typed(f"/close {what} {percent}%")
    if what.lower() == "all" or not 0 < percent <= 100:
        assert isinstance(read, Misspelt)
        return
    assert isinstance(read, Typed)
    assert (read.word, read.what) == (Word.CLOSE, what)
    assert read.fraction == (None if percent == 100 else Decimal(percent) / 100)
