import pytest

from parsing.posts import brief, chain, post

SETUP = "#SOL/USDT LONG\nEntry: 150\nSL: 140\nTP: 170"

READ_AS = [
    pytest.param("close BTC now", "close BTC", id="close"),
    pytest.param("Close algo", "close ALGO", id="small letters"),
    pytest.param("LDO close at entry and wait", "close LDO", id="the name first"),
    pytest.param("Close position\nBTC by 65091\nProfit is +300%", "close BTC", id="the name on the next line"),
    pytest.param("CLOSE ALL LONG POSITIONS ✅", "close every trade long", id="all of one side"),
    pytest.param("Closing all positions. Leaving the market", "close every trade", id="everything"),
    pytest.param("TAKE PROFIT BOTH LONG & SHORT ✅", "close", id="both sides"),
    pytest.param("CLOSE 50%. SL at Entry", "close 0.5, sl breakeven", id="half and breakeven"),
    pytest.param("SOL + 120% profit - move sl to entry and close 50% profit and cancel TP", "close SOL 0.5, sl breakeven", id="the profit is no fraction"),
    pytest.param("Take 75% of profit. Stop loss entry", "close 0.75, sl breakeven", id="take a share"),
    pytest.param("Book partial profits here, SL to cost", "close unspecified, sl breakeven", id="a part of no amount"),
    pytest.param("close half of ETH", "close ETH 0.5", id="half in words"),
    pytest.param("close 1/4 of BTC", "close BTC 0.25", id="a fraction"),
    pytest.param("closing my SOL long manually, not liking the chart", "close SOL long", id="in progress"),
    pytest.param("SIGNAL ID: #2001\nClosed Manually\n🚫12% Loss (2x)🚫", "close", id="past, by hand"),
    pytest.param("#XRP/USDT Closed due to opposite direction signal ⚠\nLoss: 24.5% 📉", "close XRP/USDT", id="past, by a signal"),
    pytest.param("GIGGLE edit sl to 26.76 and close 20% volume", "close GIGGLE 0.2, sl 26.76", id="a stop and a share"),
    pytest.param("Cancel #BTCUSDT", "cancel BTC/USDT", id="cancel"),
    pytest.param("Please cancel the limit order on ETH", "cancel ETH", id="cancel a limit order"),
    pytest.param("UNI cancel entry limit and edit sl to 3.065", "cancel UNI, sl 3.065", id="cancel and a stop"),
    pytest.param("#H/USDT Cancelled ❌\nTarget achieved before entering the entry zone", "cancel H/USDT", id="cancelled before entry"),
    pytest.param("THE cancel limit, wait nice entry", "cancel THE", id="a coin that is a word"),
    pytest.param("SL AT ENTRY", "update, sl breakeven", id="stop at entry"),
    pytest.param("SL to BE", "update, sl breakeven", id="stop to BE"),
    pytest.param("move sl to entry then hold EIGEN 🔥", "update EIGEN, sl breakeven", id="the name last"),
    pytest.param("BTC + 2R more, everyone can move sl to entry then hold to TP2, set TP3", "update BTC, sl breakeven", id="a target without a price is none"),
    pytest.param("Move stop loss to TP1", "update, sl tp1", id="stop to a target"),
    pytest.param("Move SL to 150.5 on SOL", "update SOL, sl 150.5", id="stop to a price"),
    pytest.param("SL moved to 65k on BTC", "update BTC, sl 65000", id="stop to thousands"),
    pytest.param("Move SL from 63000 to 64000", "update, sl 64000", id="stop from a price to another"),
    pytest.param("ZEUS set TP3 at 0.04998", "update ZEUS, tp 0.04998", id="a numbered target"),
    pytest.param("Set TP at 3600 and SL at 3200 for ETH", "update ETH, sl 3200, tp 3600", id="both"),
    pytest.param("TP1 hit ✅ Move SL to entry", "update, sl breakeven", id="news and an instruction"),
    pytest.param("Make the trade risk free", "update, sl breakeven", id="risk free"),
]  # fmt: skip

NOTHING = [
    pytest.param("Don't close BTC yet", id="denied"),
    pytest.param("Should we close BTC?", id="a question"),
    pytest.param("Once TP1 is hit close half", id="a condition"),
    pytest.param("if TP1 hits, move SL to entry", id="a condition before"),
    pytest.param("Close your longs if BTC loses 60000", id="a condition behind"),
    pytest.param("We will close BTC tomorrow", id="a plan"),
    pytest.param("BTC daily close above 65000 is bullish", id="a candle"),
    pytest.param("We are close to TP", id="close to"),
    pytest.param("#ASTER/USDT Closed at stoploss after reaching take profit ⚠", id="the stop closed it"),
    pytest.param("I opened a short on ETH at 3000 yesterday and closed it at 2900", id="a diary"),
    pytest.param("Trade closed in profit +20%", id="a boast"),
    pytest.param("HIT SL. But I’m still holding SHORT on $PEPE.", id="a stop that was hit"),
    pytest.param("PEOPLE sweep sl -9.1%, wait to long again", id="a stop that was swept"),
    pytest.param("#BNB/USDT Take-Profit target 2 ✅\nProfit: 14.1% 📈", id="a target that was hit"),
    pytest.param("UPDATE: USDT.D on H4 timeframe\nDONE TP1 5.50%✅\nNext TP is 5.27🔜", id="a target of an index"),
    pytest.param("#UNI/USDT All entries achieved\nAverage Entry Price: 3.246 💵", id="entries that were filled"),
    pytest.param("Short squeeze incoming on ETH, target 4000", id="a forecast"),
    pytest.param("Trump: bitcoin long term bullish, target 150k", id="news"),
    pytest.param("Cancel your subscription anytime", id="an advert"),
    pytest.param("Never move your SL", id="education"),
    pytest.param("LINK entry 1 + 105.3% profit, LINK entry 2 + 40.6% profit", id="results"),
    pytest.param("The SL in the last trade is only the SL of my sizing up position", id="chat"),
    pytest.param("take a look at the chart", id="take is no order by itself"),
    pytest.param("🛑 Join VIP: close deals, 50% discount! DM now", id="a shop"),
    pytest.param("", id="a picture"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ_AS)
def test_is_read_as(text: str, expected: str) -> None:
    assert brief(chain().read(post(text))) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_orders_nothing(text: str) -> None:
    assert brief(chain().read(post(text))) == "none"


def test_a_reply_names_its_coin_through_the_posts_it_answers() -> None:
    reading = chain().read(post("Close half now", "TP1 done!", SETUP))
    assert brief(reading) == "close 0.5"
    assert getattr(reading, "parent_symbol", None) == "SOL"


def test_a_reply_to_replies_finds_its_coin_at_the_root() -> None:
    above = ("SL to entry now", "TP1 done!", "Entry filled ✅", SETUP)
    reading = chain().read(post("Close the rest", *above))
    assert brief(reading) == "close"
    assert getattr(reading, "parent_symbol", None) == "SOL"


def test_a_nameless_follow_up_without_a_parent_names_no_coin() -> None:
    reading = chain().read(post("Close the rest"))
    assert brief(reading) == "close"
    assert getattr(reading, "parent_symbol", "") is None


def test_a_post_that_names_its_coin_asks_no_parent() -> None:
    reading = chain().read(post("close ETH", SETUP))
    assert brief(reading) == "close ETH"
    assert getattr(reading, "parent_symbol", "") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("TP: 171", "update, tp 171", id="one target"),
        pytest.param("TP 171 - 175 - 180", "update, tp 171 175 180", id="a list"),
        pytest.param("SL : 53.590", "update, sl 53.59", id="a stop"),
    ],
)
def test_levels_without_a_verb_are_new_levels_in_a_reply(text: str, expected: str) -> None:
    assert brief(chain().read(post(text, SETUP))) == expected


def test_a_target_without_a_verb_and_a_parent_is_a_forecast() -> None:
    assert brief(chain().read(post("ETH target 4000"))) == "none"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("close #BTC and #ETH", "multi_signal", id="two coins"),
        pytest.param("move SL to 64,50 on BTC", None, id="a decimal comma"),
        pytest.param("move SL to 1,450 on ETH", "price_ambiguous", id="thousands or decimals"),
        pytest.param("move SL to 14S0", "price_ambiguous", id="a letter for a digit"),
        pytest.param("BTC move SL to 63000 or 64000", "price_ambiguous", id="two stops"),
        pytest.param("close XAUUSD now", "not_crypto", id="gold"),
    ],
)
def test_a_follow_up_that_would_be_a_guess_is_unclear(text: str, reason: str | None) -> None:
    expected = "update BTC, sl 64.5" if reason is None else f"unclear {reason}"
    assert brief(chain().read(post(text))) == expected


def test_levels_that_are_understood_by_half_change_nothing() -> None:
    text = "BTC\nSL: 64000\nTP: 66000\n\nRSI: 45.75"
    assert brief(chain().read(post(text, SETUP))).startswith("unclear")
