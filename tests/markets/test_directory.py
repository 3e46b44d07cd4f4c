from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.samples import contract, listed, pair
from tgbitget.markets.directory import Ambiguous, Directory, Found, Resolution, UnknownName
from tgbitget.model.market import Market, Product

FUTURES, SPOT = Product.USDT_FUTURES, Product.SPOT
DIRECTORY = Directory(listed(), origin="snapshot of 2026-11-20")


def resolve(name: str, *, quote: str = "USDT", product: Product = FUTURES) -> Resolution:
    return DIRECTORY.resolve(name, quote=quote, product=product)


@pytest.mark.parametrize(
    ("name", "market_id", "multiplier"),
    [
        pytest.param("BTC", "BTCUSDT", "1", id="base"),
        pytest.param("btc", "BTCUSDT", "1", id="lower case"),
        pytest.param("BTCUSDT", "BTCUSDT", "1", id="market id"),
        pytest.param("$BTC", "BTCUSDT", "1", id="cashtag"),
        pytest.param("#btcusdt", "BTCUSDT", "1", id="hashtag"),
        pytest.param("BTC/USDT", "BTCUSDT", "1", id="slash"),
        pytest.param("BTC/USDT:USDT", "BTCUSDT", "1", id="unified symbol"),
        pytest.param("BTC/USD", "BTCUSDT", "1", id="dollars"),
        pytest.param("BTC-USDT-SWAP", "BTCUSDT", "1", id="swap suffix"),
        pytest.param("BTCUSDT_UMCBL", "BTCUSDT", "1", id="the venue's old suffix"),
        pytest.param("BTCUSDT.P", "BTCUSDT", "1", id="chart suffix"),
        pytest.param("BTCUSDTPERP", "BTCUSDT", "1", id="perp suffix"),
        pytest.param("BTC PERP", "BTCUSDT", "1", id="perp apart"),
        pytest.param("ＢＴＣ", "BTCUSDT", "1", id="full width"),
        pytest.param("B\u200bT\u200bC", "BTCUSDT", "1", id="invisible characters"),
        pytest.param("ВТС", "BTCUSDT", "1", id="Cyrillic look-alikes"),
        pytest.param("ΒΤC", "BTCUSDT", "1", id="Greek look-alikes"),
        pytest.param("XBT", "BTCUSDT", "1", id="another venue's name"),
        pytest.param("TON", "TONUSDT", "1", id="the venue's name"),
        pytest.param("TONCOIN", "TONUSDT", "1", id="the name that CCXT renames"),
        pytest.param("OMNI", "OMNIUSDT", "1", id="a base that CCXT writes in lower case"),
        pytest.param("1000BONK", "1000BONKUSDT", "1", id="prefixed as listed"),
        pytest.param("BONK", "1000BONKUSDT", "1000", id="one coin of a prefixed contract"),
        pytest.param("bonkusdt.p", "1000BONKUSDT", "1000", id="the same with quote and suffix"),
        pytest.param("1000PEPE", "PEPEUSDT", "0.001", id="prefix that this venue has not"),
        pytest.param("1MPEPE", "PEPEUSDT", "0.000001", id="a million, in a letter"),
        pytest.param("10000SATS", "1000SATSUSDT", "0.1", id="another count of a prefixed one"),
    ],
)
def test_a_name_finds_its_contract(name: str, market_id: str, multiplier: str) -> None:
    found = resolve(name)
    assert isinstance(found, Found)
    assert (found.market.id, found.multiplier) == (market_id, Decimal(multiplier))


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        pytest.param("SOLL", "unknown_symbol", "near: SOLUSDT", id="typing error"),
        pytest.param("NOSUCHCOIN", "unknown_symbol", "tgbitget markets sync", id="not listed"),
        pytest.param("", "unknown_symbol", "tgbitget markets sync", id="nothing"),
        pytest.param("USDT", "unknown_symbol", "tgbitget markets sync", id="the quote alone"),
        pytest.param("TUSD", "unknown_symbol", "tgbitget markets sync", id="a dollar coin"),
        pytest.param("🚀🚀", "unknown_symbol", "tgbitget markets sync", id="no letters"),
        pytest.param("龙虾", "unknown_symbol", "tgbitget markets sync", id="a nickname"),
        pytest.param("A" * 10_000, "unknown_symbol", "tgbitget markets sync", id="endless"),
    ],
)
def test_a_name_outside_the_list_says_what_to_do(name: str, code: str, said: str) -> None:
    unknown = resolve(name)
    assert isinstance(unknown, UnknownName)
    assert unknown.code == code
    assert said in unknown.sentence
    assert "snapshot of 2026-11-20" in unknown.sentence
    assert len(unknown.sentence) < 300


def test_spot_and_futures_are_apart() -> None:
    found = resolve("BTC", product=SPOT)
    assert isinstance(found, Found)
    assert found.market.symbol == "BTC/USDT"
    unknown = resolve("TRX", product=SPOT)
    assert isinstance(unknown, UnknownName)
    assert unknown.near == ("TRXUSDT",)
    assert "among usdt-futures" in unknown.sentence


@pytest.mark.parametrize("name", ["ABC", "ABCUSDC", "ABC/USDC"])
def test_a_coin_that_is_listed_in_another_quote_is_not_taken_for_ours(name: str) -> None:
    directory = Directory([contract("XYZ"), pair("ABC"), pair("DEF", "USDC")])
    unknown = directory.resolve(name, quote="USDC", product=SPOT)
    assert isinstance(unknown, UnknownName)
    if name == "ABC":
        assert unknown.code == "unsupported_quote"
        assert unknown.near == ("ABCUSDT",)


def test_several_counts_of_one_coin_are_ambiguous() -> None:
    directory = Directory([contract("1000CAT"), contract("1000000CAT")])
    answer = directory.resolve("CAT", quote="USDT", product=FUTURES)
    assert isinstance(answer, Ambiguous)
    assert answer.sentence == "CAT may be 1000CATUSDT or 1000000CATUSDT"
    exactly = directory.resolve("1000CAT", quote="USDT", product=FUTURES)
    assert isinstance(exactly, Found)
    assert exactly.market.id == "1000CATUSDT"


def test_the_venues_own_name_goes_before_another_name_of_the_coin() -> None:
    directory = Directory([contract("TONCOIN"), contract("TON")])
    for name in ("TON", "TONCOIN"):
        found = directory.resolve(name, quote="USDT", product=FUTURES)
        assert isinstance(found, Found)
        assert found.market.base == name


def test_a_coin_named_like_a_suffix_is_found() -> None:
    directory = Directory([contract("PERP"), contract("SWAP")])
    for name in ("PERP", "PERPUSDT", "SWAP"):
        assert isinstance(directory.resolve(name, quote="USDT", product=FUTURES), Found)


def test_a_closed_market_is_still_found_for_those_who_must_leave_it() -> None:
    directory = Directory([contract("ABC", symbolStatus="maintain")])
    found = directory.resolve("ABC", quote="USDT", product=FUTURES)
    assert isinstance(found, Found)
    assert not found.market.active


def test_a_market_is_found_by_its_symbol() -> None:
    assert DIRECTORY.by_symbol("omni/USDT:USDT") in DIRECTORY.markets
    assert DIRECTORY.by_symbol("OMNI/USDT:USDT") is None


@pytest.mark.parametrize("market", listed(), ids=lambda market: f"{market.product}-{market.id}")
def test_every_market_answers_to_its_id_its_base_and_its_symbol(market: Market) -> None:
    for name in (market.id, market.base, market.symbol):
        found = resolve(name, product=market.product)
        assert found == Found(market=market)


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_directory(name: str) -> None:
    answer = resolve(name)
    assert isinstance(answer, Found | UnknownName | Ambiguous)
