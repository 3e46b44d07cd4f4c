"""Where the market is: as it was polled, or as a fill told since."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from positions.led import led, plan, profile
from tgbitget.model.money import Price
from tgbitget.model.trade import Quote
from tgbitget.positions.newest_price import Traded
from tgbitget.simulators.bitget import BitgetSimulator

D = Decimal
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def polled(price: str, age_seconds: float) -> Quote:
    return Quote(price=Price(D(price)), age_seconds=age_seconds)


async def test_breakeven_does_not_wait_for_a_poll_once_the_target_has_filled(
    bitget: BitgetSimulator, tmp_path: Path
) -> None:
    """What was polled last is older than the fill, and still below breakeven."""
    moves = profile(exits={"stop_moves": "breakeven"})
    async with led(bitget, tmp_path, quote=lambda _: polled("99", 2.0)) as trade:
        signal = await trade.opens(plan(user_id=trade.user_id), moves)
        await trade.until(lambda: len(trade.sol.targets) == 2)
        trade.moves("105")
        await trade.until(lambda: (trade.stop_told(signal) or 0) > D(100), within=2.0)


@pytest.mark.parametrize(
    ("asked_after", "quote", "price"),
    [
        pytest.param(1.0, polled("99", 2.0), "105", id="the poll is older"),
        pytest.param(3.0, polled("99", 2.0), "99", id="the poll is newer"),
        pytest.param(1.0, polled("99", 1.0), "99", id="as old as each other"),
        pytest.param(1.0, None, None, id="no market: nobody polls"),
    ],
)
def test_the_newest_of_both_counts(
    asked_after: float, quote: Quote | None, price: str | None
) -> None:
    traded = Traded()
    traded.note(Price(D(105)), at=NOW, seen_at=NOW, now=50.0)
    newest = traded.newest(quote, now=50.0 + asked_after)
    assert (None if newest is None else str(newest.price)) == price


def test_a_fill_that_is_told_late_is_as_old_as_it_says() -> None:
    traded = Traded()
    traded.note(Price(D(105)), at=NOW - timedelta(seconds=30), seen_at=NOW, now=50.0)
    assert traded.newest(polled("99", 2.0), now=50.0) == polled("99", 2.0)


def test_an_older_fill_replaces_no_newer_one() -> None:
    traded = Traded()
    traded.note(Price(D(105)), at=NOW, seen_at=NOW, now=50.0)
    traded.note(Price(D(98)), at=NOW - timedelta(seconds=1), seen_at=NOW, now=50.0)
    newest = traded.newest(polled("99", 5.0), now=50.0)
    assert newest == Quote(price=Price(D(105)), age_seconds=0.0)
