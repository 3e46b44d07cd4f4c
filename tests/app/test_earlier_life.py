"""What a listener takes over from the one before it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from positions.trades import CHANNEL, START, D
from tgbitget.app.earlier_life import lead_on
from tgbitget.clock import FakeClock
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.trade import Trade, TradeState
from tgbitget.positions.today import Today


def ended(message_id: int, realised: str) -> Trade:
    return Trade(
        signal=SignalId(f"{CHANNEL}/{message_id}"),
        channel=CHANNEL,
        symbol="BTC/USDT:USDT",
        side=Side.LONG,
        state=TradeState.CLOSED,
        notional=Notional(D("100")),
        realised=D(realised),
    )


@dataclass
class Journal:
    """Two trades that ended: one yesterday, and one today that had won 5 before midnight."""

    asked: list[datetime] = field(default_factory=list)

    def ended_trades(self, _since: datetime, **_: object) -> tuple[tuple[datetime, Trade], ...]:
        return (
            (START - timedelta(days=1), ended(1, "-70")),
            (START - timedelta(hours=1), ended(2, "2")),
        )

    def ended_in_full(self, _since: datetime, **_: object) -> tuple[()]:
        return ()

    def realised_before(self, _signal: SignalId, moment: datetime) -> Decimal:
        self.asked.append(moment)
        return D("5")


def test_after_a_restart_the_day_s_loss_is_what_was_lost_since_midnight() -> None:
    clock = FakeClock(START)
    today = Today(clock)
    keeper = SimpleNamespace(
        losses=SimpleNamespace(since=START - timedelta(days=30)),
        remember=today.remember,
        await_bills=lambda _: None,
    )
    journal = Journal()
    desk = SimpleNamespace(clock=clock, journal=journal, user_id="u")
    lead_on(cast("Any", desk), cast("Any", keeper), (), cast("Any", None), ())
    assert today.realised([]) == D("-3")
    assert journal.asked == [START.replace(hour=0)]
