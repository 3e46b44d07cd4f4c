from decimal import Decimal

import pytest

from planning.samples import entry, intent, level, price, short
from tgbitget.model.intent import MarketKind, OpenPosition
from tgbitget.planning.safer import Changes, compare

LADDER = intent(entry("ladder", "57000", "56500", "56000"), leverage=Decimal(10))


def test_the_same_reading_changes_nothing() -> None:
    assert compare(intent(), intent()).is_empty


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param(intent(), intent(stop="56000"), Changes(stop=level("56000")), id="a nearer stop"),
        pytest.param(short(), short(stop="58000"), Changes(stop=level("58000")), id="a short's nearer stop"),
        pytest.param(intent(stop="5%"), intent(stop="3%"), Changes(stop=level("3%")), id="a nearer stop in percent"),
        pytest.param(intent(stop=None), intent(), Changes(stop=level("55800")), id="a stop where none was"),
        pytest.param(intent(), intent(targets=("60000",)), Changes(targets=(level("60000"),)), id="other targets"),
        pytest.param(intent(), intent(targets=()), Changes(targets=()), id="no targets any more"),
        pytest.param(LADDER, intent(entry("ladder", "57000", "56000"), leverage=Decimal(10)), Changes(dropped=(price("56500"),)), id="fewer entries"),
        pytest.param(LADDER, intent(entry("limit", "57000"), leverage=Decimal(10)), Changes(dropped=(price("56500"), price("56000"))), id="one entry left"),
        pytest.param(LADDER, intent(LADDER.entry, leverage=Decimal(5)), Changes(leverage=Decimal(5)), id="less leverage"),
    ],
)  # fmt: skip
def test_what_is_safer_may_be_changed(
    old: OpenPosition, new: OpenPosition, changes: Changes
) -> None:
    assert compare(old, new) == changes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(intent(), intent(stop="55000"), "a stop that is not nearer, 55000 for 55800", id="a farther stop"),
        pytest.param(short(), short(stop="59000"), "a stop that is not nearer, 59000 for 58200", id="a short's farther stop"),
        pytest.param(intent(), intent(stop="1%"), "a stop that is not nearer, 1% for 55800", id="a stop that cannot be compared"),
        pytest.param(intent(stop="3%"), intent(stop="55800"), "a stop that is not nearer, 55800 for 3%", id="nor the other way"),
        pytest.param(intent(), intent(stop=None), "the stop taken away", id="no stop"),
        pytest.param(intent(), intent(symbol="ETH"), "another symbol, ETH for BTC", id="another symbol"),
        pytest.param(intent(quote="USDT"), intent(quote="USDC"), "another symbol, BTC for BTC", id="another quote"),
        pytest.param(intent(), short(), "another side, short for long", id="another side"),
        pytest.param(intent(market=MarketKind.FUTURES), intent(market=MarketKind.SPOT), "another market, spot for futures", id="another market"),
        pytest.param(intent(), intent(entry("limit", "56900")), "other entries, limit 56900 for limit 57000", id="a moved entry"),
        pytest.param(intent(), intent(entry("market")), "other entries, market for limit 57000", id="another kind of entry"),
        pytest.param(intent(), intent(entry("ladder", "57000", "56000")), "other entries, ladder 57000 56000 for limit 57000", id="a new entry"),
        pytest.param(intent(entry("zone", "56000", "57000")), intent(entry("zone", "56500", "57000")), "other entries, zone 56500 57000 for zone 56000 57000", id="a narrower zone"),
        pytest.param(LADDER, intent(LADDER.entry, leverage=Decimal(20)), "other leverage, 20x for 10x", id="more leverage"),
        pytest.param(LADDER, intent(LADDER.entry), "other leverage, none for 10x", id="leverage taken away"),
    ],
)  # fmt: skip
def test_what_is_not_safer_is_refused_in_words(
    old: OpenPosition, new: OpenPosition, said: str
) -> None:
    assert compare(old, new) == Changes(refused=(said,))


def test_another_trade_changes_nothing_else_either() -> None:
    changes = compare(intent(), intent(symbol="ETH", stop="56000", targets=()))
    assert changes.stop is None
    assert changes.targets is None


def test_what_is_safer_goes_through_beside_what_is_not() -> None:
    changes = compare(intent(), intent(entry("limit", "56900"), stop="56000"))
    assert changes.stop == level("56000")
    assert len(changes.refused) == 1


@pytest.mark.parametrize(
    ("stands", "applies"), [("55900", True), ("56000", False), ("57000", False)]
)
def test_a_stop_that_has_moved_is_the_one_to_beat(stands: str, applies: bool) -> None:
    changes = compare(intent(), intent(stop="56000"), standing_stop=price(stands))
    assert (changes.stop == level("56000")) is applies


def test_an_edit_that_repeats_the_old_stop_says_nothing_about_a_moved_one() -> None:
    assert compare(intent(), intent(), standing_stop=price("57000")).is_empty
    assert compare(intent(), intent(stop="57000"), standing_stop=price("57000")).is_empty
