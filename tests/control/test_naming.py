"""What a person calls an open trade."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.control.naming import OpenTrade, named
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.trade import Trade, TradeState


def one(symbol: str, number: int, side: Side = Side.LONG) -> OpenTrade:
    trade = Trade(
        signal=SignalId(f"-1001/{number}"),
        channel=ChannelId("-1001"),
        symbol=symbol,
        side=side,
        state=TradeState.OPEN,
        notional=Notional(Decimal(100)),
        amount=Quantity(Decimal(2)),
        entry=Price(Decimal(100)),
    )
    return OpenTrade(trade=trade, price=Price(Decimal(103)))


BTC, BONK, BOTH = one("BTC/USDT:USDT", 1), one("1000BONK/USDT:USDT", 2), one("BTC/USDC:USDC", 3)
ALL = (BTC, BONK, BOTH)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        pytest.param("-1001/2", (BONK,), id="its signal"),
        pytest.param("bonk", (BONK,), id="without the multiple"),
        pytest.param("1000BONK", (BONK,), id="with it"),
        pytest.param("btcusdt", (BTC,), id="the venue's name"),
        pytest.param("BTC/USDC", (BOTH,), id="as a pair"),
        pytest.param("BTC", (BTC, BOTH), id="several"),
        pytest.param("BT", (), id="a part of a name"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_a_name_means(what: str, found: tuple[OpenTrade, ...]) -> None:
    assert named(what, ALL) == found


@pytest.mark.parametrize(("side", "open_profit"), [(Side.LONG, 6), (Side.SHORT, -6)])
def test_what_is_open_counts_at_the_last_price(side: Side, open_profit: int) -> None:
    assert one("BTC/USDT:USDT", 1, side).unrealised == open_profit


coins = st.from_regex(r"(1000)?[A-Z]{2,6}", fullmatch=True)


@given(bases=st.lists(coins, min_size=1, max_size=5, unique=True), what=st.text(max_size=12))
def test_a_name_means_trades_that_are_open_and_each_answers_to_its_own(
    bases: list[str], what: str
) -> None:
    trades = [one(f"{base}/USDT:USDT", number) for number, base in enumerate(bases)]
    assert set(named(what, trades)) <= set(trades)
    for trade, base in zip(trades, bases, strict=True):
        assert named(trade.trade.signal, trades) == (trade,)
        assert {trade} <= set(named(f" {base.lower()}/usdt", trades)) & set(
            named(f"{base}USDT", trades)
        )
