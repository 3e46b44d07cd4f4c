from collections import Counter
from itertools import count

import pytest

from parsing.posts import post
from tgbitget.bench.hard_posts import HARD_POSTS
from tgbitget.bench.posts import SHARES, traffic
from tgbitget.bench.reading import measure, plain_parser
from tgbitget.bench.spread import Spread
from tgbitget.model.reading import NotASignal, Read
from tgbitget.parsing.chain import TEXT_LENGTH_MAX


def test_the_same_seed_writes_the_same_posts_and_another_others() -> None:
    assert traffic(50, seed=1) == traffic(50, seed=1)
    assert traffic(50, seed=1) != traffic(50, seed=2)


def test_a_days_traffic_has_its_shares() -> None:
    kinds = Counter(kind for kind, _ in traffic(5_000))
    assert sum(SHARES.values()) == 100
    for kind, share in SHARES.items():
        assert abs(kinds[kind] / 50 - share) < 3, kind


def test_talk_and_boasts_are_no_signals_and_most_others_are_read() -> None:
    parser = plain_parser()
    read: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for kind, text in traffic(1_000):
        reading = parser.read(post(text))
        kinds[kind] += 1
        read[kind] += isinstance(reading, Read)
        if kind in ("talk", "boast"):
            assert isinstance(reading, NotASignal), text
    assert read["set-up"] > kinds["set-up"] * 0.7
    assert read["follow-up"] > kinds["follow-up"] * 0.7


@pytest.mark.parametrize("name", HARD_POSTS)
def test_hard_posts_are_as_long_as_posts_may_be(name: str) -> None:
    assert 1_000 <= len(HARD_POSTS[name]) <= TEXT_LENGTH_MAX


def test_blocks_are_measured_and_told_against_the_floor() -> None:
    ticks = count()
    found = measure(count=100, blocks=3, stopwatch=lambda: float(next(ticks)))
    # This clock advances by one whenever it is asked: every stretch takes a second, ours and the floor's.
    assert (found.posts, found.blocks) == (100, 3)
    assert found.ratio == Spread(median=1, low=1, high=1)
    assert found.reading_us.median == found.floor_us.median == len(found.paces) / 100 * 1e6
    assert found.posts_a_second == pytest.approx(100 / len(found.paces))
    assert found.worst_usual_ms == found.worst_hard_ms == 1_000
    assert found.worst_hard in HARD_POSTS


def test_a_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="there were none"):
        Spread.of([])
