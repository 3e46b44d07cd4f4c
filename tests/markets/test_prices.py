import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tgbitget.clock import FakeClock
from tgbitget.errors import VenueThrottled, VenueUnreachable
from tgbitget.markets import prices
from tgbitget.markets.prices import BACKOFF_SECONDS_MAX, STALE_AFTER_SECONDS, PriceBook
from tgbitget.model.money import Price
from tgbitget.model.trade import Quote

BTC = "BTC/USDT:USDT"


def quotes(price: str) -> Mapping[str, Quote]:
    return {BTC: Quote(price=Price(Decimal(price)), age_seconds=0.0)}


@dataclass
class Source:
    """Answers with `answer`, or raises it."""

    answer: Mapping[str, Quote] | Exception
    asked: list[float] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime(2026, 11, 20, tzinfo=UTC)))

    async def fetch(self) -> Mapping[str, Quote]:
        self.asked.append(self.clock.monotonic())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@asynccontextmanager
async def running(source: Source) -> AsyncIterator[PriceBook]:
    book = PriceBook(source.clock)
    task = asyncio.create_task(book.run(source.fetch, on_freshness=source.told.append))
    await settled(source)
    yield book
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def settled(source: Source) -> None:
    """Until the poller sleeps again: all that can happen at this moment has happened."""
    for _ in range(20):
        await asyncio.sleep(0)


async def pass_time(
    source: Source, seconds: float, until: Callable[[], bool] = lambda: False
) -> None:
    for _ in range(int(seconds * 4)):
        source.clock.advance(0.25)
        await settled(source)
        if until():
            return


def test_nothing_is_known_before_the_first_answer() -> None:
    book = PriceBook(FakeClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert book.quote(BTC) is None
    assert book.age_seconds is None
    assert not book.is_fresh


def test_a_price_is_as_old_as_the_last_answer() -> None:
    clock = FakeClock(datetime(2026, 11, 20, tzinfo=UTC))
    book = PriceBook(clock)
    book.update(quotes("57000"))
    clock.advance(3.5)
    quote = book.quote(BTC)
    assert quote == Quote(price=Price(Decimal(57000)), age_seconds=3.5)
    assert book.quote("NO/SUCH:ONE") is None


def test_a_market_that_the_source_no_longer_has_is_no_longer_known() -> None:
    book = PriceBook(FakeClock(datetime(2026, 11, 20, tzinfo=UTC)))
    book.update(quotes("57000"))
    book.update({"ETH/USDT:USDT": quotes("1")[BTC]})
    assert book.quote(BTC) is None


async def test_the_source_is_asked_again_and_again() -> None:
    source = Source(quotes("57000"))
    async with running(source) as book:
        source.answer = quotes("57100")
        await pass_time(source, 2.0)
        quote = book.quote(BTC)
        assert quote is not None
        assert quote.price == 57100
        assert source.asked == [0.0, 2.0]
        assert source.told == [True]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(VenueUnreachable("no answer"), id="unreachable"),
        pytest.param(VenueThrottled("too fast"), id="throttled"),
        pytest.param({}, id="an empty answer"),
    ],
)
async def test_a_failing_source_is_told_as_stale_and_asked_on(
    failure: Mapping[str, Quote] | Exception,
) -> None:
    source = Source(quotes("57000"))
    async with running(source) as book:
        source.answer = failure
        await pass_time(source, 20.0, until=lambda: source.told == [True, False])
        assert source.told == [True, False]
        assert not book.is_fresh
        assert STALE_AFTER_SECONDS < source.clock.monotonic() <= STALE_AFTER_SECONDS + 0.25
        quote = book.quote(BTC)
        assert quote is not None
        assert quote.age_seconds == source.clock.monotonic()
        source.answer = quotes("58000")
        await pass_time(source, BACKOFF_SECONDS_MAX)
        assert source.told == [True, False, True]
        assert book.is_fresh


async def test_a_source_that_stays_away_is_asked_less_and_less() -> None:
    source = Source(VenueUnreachable("no answer"))
    async with running(source):
        await pass_time(source, 61.0)
        pauses = [b - a for a, b in zip(source.asked, source.asked[1:], strict=False)]
        assert pauses == [2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
        assert source.told == []


async def test_a_source_that_throttles_is_left_alone_for_as_long_as_it_says() -> None:
    source = Source(VenueThrottled("too fast", retry_after_seconds=7.0))
    async with running(source):
        await pass_time(source, 8.0)
        assert source.asked == [0.0, 7.0]


async def test_a_source_that_never_answers_is_given_up_and_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prices, "ANSWER_SECONDS_MAX", 0.01)
    source = Source(quotes("57000"))
    asked = asyncio.Event()

    async def hang_once() -> Mapping[str, Quote]:
        if not asked.is_set():
            asked.set()
            await asyncio.Event().wait()
        return await source.fetch()

    book = PriceBook(source.clock)
    task = asyncio.create_task(book.run(hang_once, on_freshness=source.told.append))
    await asked.wait()
    async with asyncio.timeout(10):
        while not source.told:
            source.clock.advance(0.5)
            await asyncio.sleep(0.005)
    assert book.is_fresh
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
