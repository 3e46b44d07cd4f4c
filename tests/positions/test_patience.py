"""Questions of the watch that nobody answers: the next look comes all the same."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import led, plan
from tgbitget.errors import VenueUnreachable
from tgbitget.positions.patience import Patience
from tgbitget.simulators.bitget import BitgetSimulator, Then

D = Decimal
USUAL = 5.0


async def never() -> None:
    await asyncio.Event().wait()


async def waited(patience: Patience) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(VenueUnreachable, match=r"no answer for \d s"):
        await patience.ask(never())
    return round(loop.time() - began)


async def test_a_bitget_that_is_slow_is_given_more_time_until_it_answers() -> None:
    patience, given = Patience(), []
    for _ in range(4):
        given.append(await waited(patience))
        patience.note(has_learnt=False)
    assert given == [2, 4, 8, 8]
    for _ in range(2):
        patience.note(has_learnt=True)
    assert await waited(patience) == 2


def test_a_look_that_learnt_nothing_is_repeated_soon_and_then_less_and_less() -> None:
    patience = Patience()
    assert patience.pause(USUAL) == USUAL
    pauses = []
    for _ in range(6):
        patience.note(has_learnt=False)
        pauses.append(patience.pause(USUAL))
    assert pauses == [0.5, 1, 2, 4, USUAL, USUAL]
    patience.note(has_learnt=True)
    assert patience.pause(USUAL) == USUAL


@pytest.mark.usefixtures("watchful")
@pytest.mark.parametrize(
    ("endpoint", "times"), [("all-position", 1), ("orders-pending", 1), ("accounts", 4)]
)
async def test_a_question_that_hangs_keeps_no_stop_away(
    bitget: BitgetSimulator, tmp_path: Path, endpoint: str, times: int
) -> None:
    async with led(bitget, tmp_path) as trade:
        await trade.opens(plan(user_id=trade.user_id))
        await trade.until(lambda: len(trade.sol.targets) == 2)
        asked = len(bitget.requests)
        bitget.faults.next(endpoint, then=Then.HANG, times=times)
        await trade.until(lambda: endpoint in [r.endpoint for r in bitget.requests[asked:]])
        bitget.faults.pushes.silent = True
        bitget.by_hand.drop_stops("SOLUSDT")
        await trade.until(
            lambda: [p.trigger for p in trade.sol.plans if p.kind.stops_loss] == [D(95)], within=3.5
        )
