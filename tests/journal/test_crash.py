"""What has returned is there after a crash, whole; what has not is there whole or not at all."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.order import Placed, Rejected, Unknown
from tgbitget.model.plan import Outcome
from tgbitget.model.trade import TradeState

from . import samples
from . import strategies as any_
from .samples import CHANNEL, SIGNAL

_ENTRY = samples.oid("entry-1")
recordings = st.one_of(
    st.tuples(st.just("decide"), any_.decisions()),
    st.tuples(st.just("leg"), st.integers(0, 3)),
    st.tuples(
        st.just("placement"),
        st.sampled_from(
            [
                Unknown(client_oid=_ENTRY, reason="timed out"),
                Rejected(client_oid=_ENTRY, reason="no margin", code="40762"),
                Placed(client_oid=_ENTRY, venue_order_id=VenueOrderId("9")),
            ]
        ),
    ),
    st.tuples(st.just("fill"), any_.fills),
    st.tuples(st.just("trade"), st.sampled_from(TradeState)),
    st.tuples(st.just("cursor"), st.integers(0, 99)),
    st.tuples(st.just("notice"), any_.texts),
    st.tuples(st.just("pause"), st.booleans()),
)


async def _record(journal: SqliteJournal, what: str, value: Any) -> None:
    match what:
        case "decide":
            await journal.decide(value)
        case "leg":
            await journal.add_legs(SIGNAL, [samples.leg("stop", replacement=value)])
        case "placement":
            await journal.record_placement(SIGNAL, value)
        case "fill":
            await journal.record_fill(SIGNAL, value)
        case "trade":
            await journal.record_trade(samples.trade(state=value), cause="test")
        case "cursor":
            await journal.move_cursor(samples.cursor(value))
        case "notice":
            await journal.record_notice(SIGNAL, 1, value)
        case "pause":
            await journal.set_paused(value)
        case _:
            raise AssertionError(what)


def _all(journal: SqliteJournal, asked: list[tuple[str, Any]]) -> list[object]:
    """Everything that the journal answers about *asked*."""
    decisions = [value for what, value in asked if what == "decide"]
    since = min([samples.NOON, *(d.decided_at for d in decisions)])
    return [
        sorted(journal.recent_decisions(since), key=lambda d: (d.signal, d.post.revision)),
        [journal.latest_post(d.post.channel, d.post.message_id) for d in decisions],
        journal.open_trades(),
        journal.ended_trades(samples.NOON),
        journal.cursor(CHANNEL),
        journal.notice(SIGNAL),
        journal.is_paused(),
    ]


@settings(max_examples=25, deadline=None)
@given(asked=st.lists(recordings, max_size=12))
def test_whatever_was_recorded_is_there_after_the_process_is_gone(
    asked: list[tuple[str, Any]],
) -> None:
    async def run(folder: Path) -> None:
        path, crashed = folder / "journal.db", folder / "crashed.db"
        journal = SqliteJournal(path)
        await journal.open()
        await journal.decide(samples.planned(), trade=samples.trade())
        for what, value in asked:
            await _record(journal, what, value)
        # The files as a process leaves them that is gone from one moment to the next: nothing was closed.
        shutil.copy(path, crashed)
        shutil.copy(f"{path}-wal", f"{crashed}-wal")
        before = _all(journal, asked)
        await journal.close()

        revived = SqliteJournal(crashed)
        await revived.open()
        after = _all(revived, asked)
        await revived.close()
        assert after == before
        firsts = {(d.signal, d.post.revision): d for what, d in reversed(asked) if what == "decide"}
        planned = [
            d for d in firsts.values() if d.outcome is Outcome.PLANNED and d.signal != SIGNAL
        ]
        told = before[0]
        assert isinstance(told, list)
        assert all(decision in told for decision in planned)

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


_WRITER = """
import asyncio, sys
from pathlib import Path
from journal import samples
from tgbitget.journal.sqlite import SqliteJournal

async def main() -> None:
    journal = SqliteJournal(Path(sys.argv[1]))
    await journal.open()
    for message_id in range(int(sys.argv[2]), 100_000):
        await journal.decide(
            samples.planned(message_id), cursor=samples.cursor(message_id), trade=samples.trade(message_id)
        )
        sys.stdout.write(f"{message_id}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


@pytest.mark.parametrize("kills", [5])
def test_killed_between_decisions_it_has_all_that_it_acknowledged_and_none_half(
    path: Path, kills: int
) -> None:
    acknowledged = 0
    for kill in range(kills):
        with subprocess.Popen(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", _WRITER, str(path), str(acknowledged + 1)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            for _ in range(7 + 11 * kill):
                acknowledged = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            # What it said before the kill and we had not read yet was acknowledged too.
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split("\n")[:-1])])
        asyncio.run(_check(path, acknowledged))


async def _check(path: Path, acknowledged: int) -> None:
    journal = SqliteJournal(path)
    await journal.open()
    found = journal.open_trades()
    ids = [int(each.trade.signal.split("/")[1]) for each in found]
    # One more may have been committed and not yet said.
    assert ids in (list(range(1, acknowledged + 1)), list(range(1, acknowledged + 2)))
    for message_id, each in zip(ids, found, strict=True):
        assert each.plan == samples.plan(message_id)
        assert each.legs == samples.plan(message_id).entries
        assert journal.latest_post(CHANNEL, message_id) == samples.post(message_id)
    assert journal.cursor(CHANNEL) == samples.cursor(ids[-1])
    assert len(journal.recent_decisions(samples.NOON)) == len(ids)
    await journal.close()
