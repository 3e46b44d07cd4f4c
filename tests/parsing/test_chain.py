from dataclasses import dataclass
from typing import cast

import pytest

from parsing.posts import brief, post
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Reading, Unclear
from tgbitget.parsing.chain import PARSER_SECONDS_MAX, TEXT_LENGTH_MAX, Chain


@dataclass
class Says:
    """Answers what it is told to, or raises it."""

    answer: object
    asked: int = 0

    def read(self, post: Post, /) -> Reading:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        return cast(Reading, self.answer)


def test_not_a_signal_asks_the_next_and_unclear_ends() -> None:
    first, second, third = Says(NotASignal()), Says(Unclear(reason="stale")), Says(NotASignal())
    reading = Chain([("a", first), ("b", second), ("c", third)]).read(post("x"))
    assert brief(reading) == "unclear stale"
    assert [first.asked, second.asked, third.asked] == [1, 1, 0]


def test_nobody_knowing_a_post_is_no_signal_and_keeps_the_reason_that_was_given() -> None:
    reading = Chain([("a", Says(NotASignal(why="a poll"))), ("b", Says(NotASignal()))]).read(
        post("x")
    )
    assert reading == NotASignal(why="a poll")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(ZeroDivisionError("by me"), "raised ZeroDivisionError: by me", id="raises"),
        pytest.param(RecursionError(), "raised RecursionError", id="recurses"),
        pytest.param(None, "answered with NoneType", id="answers nothing"),
        pytest.param({"kind": "open"}, "answered with dict", id="answers JSON"),
    ],
)
def test_a_parser_that_fails_is_unclear_and_named(answer: object, said: str) -> None:
    after = Says(NotASignal())
    reading = Chain([("foreign", Says(answer)), ("ours", after)]).read(post("x"))
    assert isinstance(reading, Unclear)
    assert (reading.reason, reading.parser) == ("parser_failed", "foreign")
    assert said in reading.detail
    assert after.asked == 0


def test_an_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        Chain([("a", Says(KeyboardInterrupt()))]).read(post("x"))


@pytest.mark.parametrize(
    ("took", "expected"),
    [
        pytest.param(PARSER_SECONDS_MAX, "none", id="just quick enough"),
        pytest.param(PARSER_SECONDS_MAX * 2, "unclear parser_failed", id="too slow"),
    ],
)
def test_with_a_stopwatch_a_slow_parser_fails(took: float, expected: str) -> None:
    ticks = iter([0.0, took])
    slow = Chain([("slow", Says(NotASignal()))], seconds=lambda: next(ticks))
    assert brief(slow.read(post("x"))) == expected


def test_a_text_that_is_longer_than_telegrams_is_not_looked_at() -> None:
    parser = Says(NotASignal())
    reading = Chain([("a", parser)]).read(post("x" * (TEXT_LENGTH_MAX + 1)))
    assert brief(reading) == "unclear too_long"
    assert parser.asked == 0
