from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tgbitget.clock import FakeClock
from tgbitget.errors import JournalError
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.event import Event, Warned
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.position import Account
from tgbitget.model.trade import Situation, Trade, TradeState, Usage
from tgbitget.positions.halting import Halting, Watched
from tgbitget.positions.losses import Losses
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits

ACCOUNT = Account(user_id="u", equity=Decimal(980), available=Decimal(0), is_hedged=False)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOST = Trade(
    signal=SignalId("-1001/7"),
    channel=ChannelId("-1001"),
    symbol="SOL/USDT:USDT",
    side=Side.LONG,
    state=TradeState.CLOSED,
    notional=Notional(Decimal(120)),
    realised=Decimal(-12),
    closed_at=NOON,
)


@dataclass
class Book:
    losses: Losses
    clock: FakeClock
    realised: Decimal = Decimal(0)
    ended: tuple[Trade, ...] = ()

    def situation(self, symbol: str, channels: Collection[ChannelId]) -> Situation:
        today = Usage(realised_today=self.realised if channels else Decimal(0), ended=self.ended)
        return Situation(
            now=self.clock.now(),
            quote=None,
            account=ACCOUNT if symbol.endswith("/USDT:USDT") else None,
            realised_today=self.realised,
            halts=self.losses.halts,
            of_profile=today,
        )


@dataclass
class Life:
    """One run of a listener over the journal in *folder*."""

    journal: SqliteJournal
    clock: FakeClock
    book: Book = field(init=False)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = Book(Losses(self.journal, self.clock), self.clock)

    def halting(self, limits: dict[str, Any], **account: Any) -> Halting:
        profile = Profile.model_validate(
            {"telegram": {"channels": ["@vip"]}, "limits": limits, "name": "vip"}
        )
        return Halting(
            self.book,
            watched=[Watched(profile=profile, channels=[ChannelId("-1001")])],
            limits=AccountLimits(**account),
            clock=self.clock,
            publish=self.told.append,
        )

    @property
    def halted(self) -> list[str]:
        return [halt.scope for halt in self.book.losses.halts]


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    clock = FakeClock(NOON)
    journal = SqliteJournal(tmp_path / "db", clock=clock)
    await journal.open()
    yield Life(journal, clock)
    await journal.close()


async def test_a_loss_halts_until_midnight_though_it_is_won_back(life: Life) -> None:
    halting = life.halting({"daily_loss_halt": "midnight"})
    life.book.realised = Decimal(-99)
    await halting.look()
    assert life.halted == []
    life.book.realised = Decimal(-100)
    await halting.look()
    life.book.realised = Decimal(20)
    await halting.look()
    assert life.halted == ["vip"]
    assert life.told == [
        Warned(
            text="profile vip takes no new entries until midnight UTC: "
            "100 USDT lost since midnight UTC, 100 allowed",
            is_urgent=True,
        )
    ]
    life.clock.advance(timedelta(hours=12).total_seconds())
    assert life.halted == []


async def test_a_halt_by_hand_survives_a_restart_and_ends_with_resume(life: Life) -> None:
    limits = {"daily_loss_halt": "resume"}
    life.book.realised = Decimal(-100)
    await life.halting(limits).look()
    life.clock.advance(timedelta(days=3).total_seconds())
    again = replace(life)
    again.halting(limits)
    assert again.halted == ["vip"]
    await life.journal.set_paused(False)
    assert again.halted == []
    await life.journal.close()
    await life.journal.open()
    after = replace(life)
    after.halting(limits)
    assert after.halted == []


async def test_a_share_of_the_equity_is_one_of_the_account_that_is_traded(life: Life) -> None:
    share = {"daily_loss_percent_max": 2, "daily_loss_halt": "midnight"}
    life.book.realised = Decimal(-20)
    await life.halting(share).look()
    assert life.halted == ["vip"]


async def test_without_the_key_a_loss_is_no_halt(life: Life) -> None:
    life.book.realised = Decimal(-500)
    await life.halting({}).look()
    assert life.halted == []


async def test_the_account_halts_beside_the_profile(life: Life) -> None:
    halting = life.halting({}, daily_loss_quote_max=50, daily_loss_halt="midnight")
    life.book.realised = Decimal(-50)
    await halting.look()
    assert life.halted == [""]


async def test_a_halt_that_cannot_be_written_holds(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(life.journal, "set_flag", full)
    life.book.realised = Decimal(-100)
    await life.halting({"daily_loss_halt": "resume"}).look()
    assert life.halted == ["vip"]


async def test_what_losses_hold_back_is_told_in_a_sentence_each(life: Life) -> None:
    limits = {"daily_loss_quote_max": 10, "losing_streak_max": 1, "loss_cooldown_minutes_min": 30}
    halting = life.halting(limits)
    assert halting.holding() == ()
    assert not halting.holds_all()
    life.book.realised = Decimal(-12)
    life.book.ended = (LOST,)
    assert halting.holds_all()
    told = halting.holding()
    assert [one.partition(":")[0] for one in told] == [
        "daily_loss_quote_max",
        "loss_cooldown_minutes_min",
        "losing_streak_max",
    ]
    assert all(one.endswith("profile vip") for one in told)
