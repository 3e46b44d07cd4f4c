"""What the journal says of money after a restart: what was realised when, and whose the fills of ended trades were."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tgbitget.clock import FakeClock
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.intent import Side
from tgbitget.model.trade import TradeState

from . import samples
from .samples import NOON, SIGNAL


async def test_what_was_realised_at_a_moment_is_what_was_last_recorded_before_it(
    journal: SqliteJournal, clock: FakeClock
) -> None:
    await journal.decide(samples.planned(), trade=samples.trade())
    for realised in ("5", "7"):
        clock.advance(3600)
        await journal.record_trade(
            replace(samples.trade(), realised=Decimal(realised)), cause="target reached"
        )
    moments = {hours: NOON + timedelta(hours=hours) for hours in (0, 1, 1.5, 9)}
    found = {h: journal.realised_before(SIGNAL, moment) for h, moment in moments.items()}
    assert found == {0: 0, 1: 0, 1.5: Decimal(5), 9: Decimal(7)}


async def test_fills_of_ended_trades_come_with_the_side_of_their_trade(
    journal: SqliteJournal,
) -> None:
    for message_id, state in ((7, TradeState.CLOSED), (8, TradeState.OPEN)):
        await journal.decide(samples.planned(message_id), trade=samples.trade(message_id))
        await journal.record_fill(samples.trade(message_id).signal, samples.fill(str(message_id)))
        await journal.record_trade(samples.trade(message_id, state), cause="done")
    fill = samples.fill("7")
    assert journal.fills_of_ended(fill.symbol, NOON) == ((Side.LONG, fill),)
    assert journal.fills_of_ended(fill.symbol, fill.at + timedelta(seconds=1)) == ()
    assert journal.fills_of_ended("ETH/USDT:USDT", NOON) == ()
