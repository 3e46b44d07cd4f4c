"""Which posts were missed and caught up on: by their numbers an entry is known to be ours to cancel."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tgbitget.app.withdrawing import BEYOND_LAST, NUMBERS_MAX, Absence
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.plan import Decision
from tgbitget.model.post import Cursor
from tgbitget.model.trade import Trade, TradeState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VIP = ChannelId("-100")
TRADE = Trade(
    signal=SignalId("-100/3"),
    channel=VIP,
    symbol="BTC/USDT:USDT",
    side=Side.LONG,
    state=TradeState.CLOSED,
    notional=Notional(Decimal(100)),
)


class Journal:
    """Of a HOME that has traded one channel."""

    def __init__(self, *, is_fresh: bool = False) -> None:
        self._is_fresh = is_fresh
        self.reads_to(7, pts=10)

    def reads_to(self, message_id: int, *, pts: int) -> None:
        self._cursor = Cursor(channel=VIP, pts=pts, message_id=message_id)

    def cursor(self, channel: ChannelId) -> Cursor | None:
        return self._cursor if channel == VIP else None

    def recent_decisions(self, since: datetime) -> tuple[Decision, ...]:
        return ()

    def open_trades(self) -> tuple[OpenTrade, ...]:
        return ()

    def ended_trades(self, since: datetime) -> tuple[tuple[datetime, Trade], ...]:
        return () if self._is_fresh else ((since, TRADE),)


def numbers(absence: Absence) -> list[int]:
    return [int(signal.rpartition("/")[2]) for signal in absence.signals()]


@pytest.mark.parametrize(
    ("to", "pts", "expected"),
    [
        pytest.param(7, 10, [], id="nothing was read"),
        pytest.param(7, 12, range(8, 8 + BEYOND_LAST), id="the newest may have been deleted"),
        pytest.param(9, 12, range(8, 10 + BEYOND_LAST), id="posts since then"),
        pytest.param(
            90_000,
            99_000,
            range(90_001 + BEYOND_LAST - NUMBERS_MAX, 90_001 + BEYOND_LAST),
            id="too many: the newest",
        ),
    ],
)
def test_the_posts_of_our_absence_are_those_after_the_cursor_that_we_began_with(
    to: int, pts: int, expected: list[int] | range
) -> None:
    journal = Journal()
    absence = Absence(journal, since=NOW)
    journal.reads_to(to, pts=pts)
    assert sorted(numbers(absence)) == list(expected)
    assert all(signal.startswith("-100/") for signal in absence.signals())


def test_a_database_that_has_traded_nothing_missed_nothing() -> None:
    journal = Journal(is_fresh=True)
    absence = Absence(journal, since=NOW)
    journal.reads_to(9, pts=12)
    assert numbers(absence) == []
