from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from markets.samples import contract, pair
from tgbitget.clock import FakeClock
from tgbitget.errors import VenueThrottled, VenueUnreachable
from tgbitget.markets.cache import CachedMarkets, load, save
from tgbitget.markets.sync import Change, Changes, diff, sync
from tgbitget.model.market import Market

BTC, ETH, SPOT_BTC = contract("BTC"), contract("ETH"), pair("BTC")
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
KNOWN = CachedMarkets(markets=(BTC, SPOT_BTC), as_of=FRIDAY, source="snapshot in the package")


async def run(
    path: Path, answer: Sequence[Market] | Exception
) -> tuple[CachedMarkets, Changes, list[str]]:
    async def fetch() -> Sequence[Market]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    said: list[str] = []
    cached, changes = await sync(fetch, path, FakeClock(FRIDAY), said.append, known=KNOWN)
    return cached, changes, said


def test_nothing_changed_between_equal_lists() -> None:
    assert diff((BTC, SPOT_BTC), (SPOT_BTC, BTC)).is_empty


def test_what_was_added_changed_and_delisted() -> None:
    finer = replace(BTC, tick=Decimal("0.001"), active=False)
    assert diff((BTC, SPOT_BTC), (finer, ETH)) == Changes(
        added=(ETH,),
        changed=(
            Change(
                market=finer,
                fields=(("tick", BTC.tick, Decimal("0.001")), ("active", True, False)),
            ),
        ),
        delisted=(SPOT_BTC,),
    )


async def test_the_cache_becomes_what_the_venue_lists(tmp_path: Path) -> None:
    path = tmp_path / "markets.json"
    cached, changes, said = await run(path, (BTC, ETH, SPOT_BTC))
    assert changes.added == (ETH,)
    assert load(path, snapshot=KNOWN) == cached
    assert (cached.source, cached.as_of) == ("cache", FRIDAY)
    assert len(said) == 2
    assert "3 markets" in said[1]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(VenueUnreachable("no answer"), id="unreachable"),
        pytest.param(VenueThrottled("too fast"), id="throttled"),
        pytest.param((), id="an empty list"),
        pytest.param((SPOT_BTC,), id="half a list"),
    ],
)
async def test_without_a_whole_answer_the_cache_stays(
    tmp_path: Path, answer: Sequence[Market] | Exception
) -> None:
    path = tmp_path / "markets.json"
    save(path, KNOWN)
    before = path.read_bytes()
    with pytest.raises((VenueUnreachable, VenueThrottled)):
        await run(path, answer)
    assert path.read_bytes() == before
