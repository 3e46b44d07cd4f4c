"""Telegram dates the post, Bitget the fill; neither knows the other's clock."""

from pathlib import Path

import pytest

from positions.led import D, led, plan
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.faults import Pushes

pytestmark = pytest.mark.usefixtures("watchful")


async def test_a_fill_that_is_dated_before_its_post_is_found_without_its_push(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    bitget.faults.pushes = Pushes(silent=True)
    async with led(bitget, tmp_path) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), age_seconds=-5)
        await trade.until(lambda: (told := trade.told(signal)) and told.amount == D("0.8"))
