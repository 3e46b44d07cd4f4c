import pytest

from parsing.posts import brief, chain, post

NOISE = [
    pytest.param("🔥🔥 We only waited 5 days, profit up to 9k, currently hit TP2.\n✅ The profit is already 300%", id="a boast"),
    pytest.param("Several profit signals in our group\n$AVNT +2R\n$ZKC +5R\n$FET +4R\nTotal: 47,5R", id="a list of results"),
    pytest.param("COIN: $ETH/USDT (5-10x)\nDirection: SHORT📉\nShort Term Target 1: 1,880✅\nShort Term Target 2: 1,850✅\n🔥47.1% Profit (10x)🔥", id="a result that looks like a setup"),
    pytest.param("📌$ZEN/USDT LONG\nLeverage: 5-10x\nTargets: 7.4✅\nProfit: 30% (10X)", id="a reached target that looks like a setup"),
    pytest.param("BTCUSDT Perpetual\nLong 20x\nEntry Price 65000\nMark Price 66000\nROI +30%", id="a card"),
    pytest.param("LINK entry 1 + 105.3% profit", id="an entry's profit"),
    pytest.param("I even called to short this damn $TREE in our private group 2 hours ago at 0.56$ 😂", id="hindsight"),
    pytest.param("$TON - Long setup +56.24% 🔄", id="a setup's profit"),
    pytest.param("Fidelity (FBTC) BUY $77 million\nBitwise (BITB) BUY 14.3 million USD\nTotal: +105.1 million USD", id="flows"),
    pytest.param("💥💥 JUST IN: BTC breaks $66,000", id="news"),
    pytest.param("If BTC cannot break 94k7, the price will decline to the 89-90k zone", id="a scenario"),
    pytest.param("$BTC update\nIf $BTC closes the H1 candle below 97k7, everyone can wait for 95k7 to start longing to 101k5", id="analysis with a scenario"),
    pytest.param("ZK analysis:\nWe will open a long position after confirmation.\nKey Level to Hold: $0.0077", id="analysis"),
    pytest.param("Win 1000 USDT! Trade BTC with 125x leverage. Sign up", id="a promotion"),
    pytest.param("📍 Airdrop worth $31,000\n- Time: Now - 31/7\n- Total Prize: $31,000", id="an airdrop"),
    pytest.param("Limit each trade to 10% of your account. With a $1000 account, each trade should be $100.", id="education"),
    pytest.param("Example: BTC/USDT LONG Entry: 65000 SL: 64000 TP: 67000", id="an example"),
    pytest.param("BTC/USDT Long\nEntry: 65000\nTarget: 66000\nStop loss: 64000\n\nResult: +2%", id="a trade with its result"),
    pytest.param("💰 Profit: +120%\nBTC/USDT LONG\nEntry: 60000\nExit: 65000", id="a trade with its exit"),
    pytest.param("Anyone still in SOL long from 150? TP 170 tomorrow", id="a question with levels"),
    pytest.param("Reminder: our SOL long entry 150 is still valid, sl 140, tp 170", id="a reminder"),
    pytest.param("Poll: LONG or SHORT BTC at 65000?", id="a poll"),
    pytest.param("Funding BTC 0.01% ETH 0.02%", id="funding"),
    pytest.param("Liquidated: BTC long $1.2M at 64,500", id="liquidations"),
    pytest.param("Spot $SAHARA\nLong-term holding\nPotential x2-x3", id="a tip without levels"),
    pytest.param("40 PIPS RUNNING 🔥🔥🔥🔥", id="pips"),
    pytest.param("Bitcoin miners sold over 30,000 BTC (~$2 billion) in June", id="amounts"),
    pytest.param("ETH short from 3500 went well", id="a trade in talk"),
    pytest.param("Buy the dip", id="an encouragement"),
    pytest.param("Sell BTC now", id="an opinion without levels"),
    pytest.param("💩", id="an emoji"),
    pytest.param("12:30", id="a time"),
    pytest.param("\x00\x01\ufffd\u202e", id="garbage"),
]  # fmt: skip


@pytest.mark.parametrize("text", NOISE)
def test_is_not_a_signal(text: str) -> None:
    assert brief(chain().read(post(text))) == "none"
