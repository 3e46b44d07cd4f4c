"""Decisions that are remembered, and those that are not any more."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tgbitget.journal.recent import RecentDecisions
from tgbitget.model.plan import Decision

from . import samples
from .samples import NOON

MINUTE = timedelta(minutes=1)


class File:
    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.reads = 0

    def since(self, moment: datetime) -> Iterable[Decision]:
        self.reads += 1
        return [one for one in self.decisions if one.decided_at >= moment]


def decided(n: int) -> Decision:
    """One a minute."""
    return replace(samples.planned(n), decided_at=NOON + n * MINUTE)


def test_days_of_decisions_are_not_kept_where_an_hour_is_asked_for() -> None:
    file = File()
    recent = RecentDecisions(file.since)
    for n in range(1, 3 * 24 * 60):
        file.decisions.append(decided(n))
        recent.add(file.decisions[-1])
        asked = NOON + (n - 60) * MINUTE
        if n % 7 == 0:
            assert recent.since(asked) == tuple(file.since(asked))
    assert len(recent._kept) <= 60 + 10 + 7


def test_an_earlier_time_is_read_from_the_file_again() -> None:
    file = File()
    file.decisions = [decided(n) for n in range(60)]
    recent = RecentDecisions(file.since)
    assert len(recent.since(NOON + 50 * MINUTE)) == 10
    assert len(recent.since(NOON)) == 60
    assert file.reads == 2
