from datetime import UTC, datetime
from decimal import Decimal

from tgbitget.clock import FakeClock
from tgbitget.markets.minute import SAMPLES_MAX, MinuteHistory
from tgbitget.markets.prices import PriceBook
from tgbitget.model.money import Price
from tgbitget.model.trade import Quote

BTC = "BTC/USDT:USDT"


def quotes(price: str) -> dict[str, Quote]:
    return {BTC: Quote(price=Price(Decimal(price)), age_seconds=0)}


def test_lowest_and_highest_are_those_of_the_last_minute() -> None:
    history = MinuteHistory()
    for second, price in ((0, "90"), (10, "100"), (50, "104"), (61, "102")):
        history.note(quotes(price), at=second)
    assert history.extremes(BTC, at=61) == (Decimal(100), Decimal(104))
    assert history.extremes(BTC, at=60) == (Decimal(90), Decimal(104))
    assert history.extremes(BTC, at=111) is None
    assert history.extremes("ETH/USDT:USDT", at=61) is None


def test_one_sight_says_nothing_of_a_move() -> None:
    history = MinuteHistory()
    history.note(quotes("100"), at=0)
    assert history.extremes(BTC, at=1) is None


def test_a_source_that_answers_all_the_time_fills_no_memory() -> None:
    history = MinuteHistory()
    for tenth in range(3000):
        history.note(quotes(str(100 + tenth)), at=tenth / 10)
    assert len(history._samples) == SAMPLES_MAX
    low, high = history.extremes(BTC, at=300) or (Price(Decimal(0)), Price(Decimal(0)))
    assert high - low > 500


def test_the_price_book_tells_the_move_with_the_quote() -> None:
    clock = FakeClock(datetime(2026, 11, 20, tzinfo=UTC))
    book = PriceBook(clock)
    book.update(quotes("100"))
    first = book.quote(BTC)
    assert first is not None
    assert first.minute_low is None
    clock.advance(3)
    book.update(quotes("110"))
    then = book.quote(BTC)
    assert then is not None
    assert (then.minute_low, then.minute_high) == (Decimal(100), Decimal(110))
