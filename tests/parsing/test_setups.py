import pytest

from parsing.posts import brief, chain, post
from tgbitget.model.reading import Read, Unclear

READ_AS = [
    pytest.param(
        "⚡️⚡️ #LINK/USDT ⚡️⚡️\nClient: Binance Futures\nTrade Type: Regular (LONG)\nLeverage: Isolated (10.0X)\n\n"
        "Entry Zone:\n13.5 - 14\n\nTake-Profit Targets:\n1) 14.5 - 50%\n2) 15.2 - 50%\n\nStop Targets:\n1) 12.9 - 100.0%\n\n"
        "Trailing Configuration:\nStop: Breakeven -\n  Trigger: Target (1)",
        "open LINK/USDT long futures zone 13.5 14, tp 14.5 15.2, sl 12.9, 10x isolated",
        id="Cornix, with shares behind the targets and a trailing block",
    ),
    pytest.param(
        "⚡⚡ #ETH/USDT ⚡⚡\nExchanges: Bitget USDT\nSignal Type: Regular (Short)\nLeverage: Cross (5.0X)\n\n"
        "Entry Targets:\n1) 3000\n2) 3050\n\nTake-Profit Targets:\n1) 2900\n2) 2800\n\nStop Targets:\n1) 3150",
        "open ETH/USDT short futures ladder 3000 3050, tp 2900 2800, sl 3150, 5x cross",
        id="Cornix, numbered entries are a ladder",
    ),
    pytest.param(
        "COIN: $SOL/USDT (3-5x)\nDirection: LONG📈\n\nENTRY: 140 - 145\nOTE: 142\n\nTARGETS\nShort Term: 150 - 155\n"
        "Mid Term: 170 - 190\n\nSTOP LOSS: 130",
        "open SOL/USDT long futures zone 140 145, tp 150 155 170 190, sl 130, 5x",
        id="terms are no directions, an OTE is no entry, leverage stands in the coin's line",
    ),
    pytest.param(
        "long sol 140 sl 130 tp 150 160",
        "open SOL long futures limit 140, tp 150 160, sl 130",
        id="one line, small letters",
    ),
    pytest.param(
        "Short PYTH entry 0.2519 SL 0.2526 Tp 0.2342",
        "open PYTH short futures limit 0.2519, tp 0.2342, sl 0.2526",
        id="a bare name beside the side",
    ),
    pytest.param(
        "#SOL/USDT\nBuy Zone: 140 - 145\nSell Zone: 150 - 160 - 170\nStop: 130",
        "open SOL/USDT long zone 140 145, tp 150 160 170, sl 130",
        id="buy and sell columns: sell is where a long ends",
    ),
    pytest.param(
        "#SOL/USDT SHORT\nBuy: 150 - 155\nTargets: 140, 130\nStop: 160",
        "open SOL/USDT short futures zone 150 155, tp 140 130, sl 160",
        id="buy is the label of a short's entry",
    ),
    pytest.param(
        "#SOLUSDT\n#SHORT 150-155\nClose 140 130 120\nStop 162\nLev 3X",
        "open SOL/USDT short futures zone 150 155, tp 140 130 120, sl 162, 3x",
        id="close is the label of the targets",
    ),
    pytest.param(
        "OPEN SHORT:- 150-152-154\n#SOL/USDT\nSTOP 🛑 :- 160\nTARGET:-140-135-130 BELOW ‼️\nLEV :- 2X/3X",
        "open SOL/USDT short futures ladder 150 152 154, tp 140 135 130, sl 160, 3x",
        id="minus signs are separators",
    ),
    pytest.param(
        "🟢 LONG - $AI16Z - SMALL VOL\n- Entry: 0.4\n- Entry limit: 0.38\n- SL: 0.35\n🎯 TP1: 0.45\n🎯 TP2: 0.5 (R:R = 1:2)",
        "open AI16Z long futures ladder 0.4 0.38, tp 0.45 0.5, sl 0.35",
        id="entry and entry limit are a ladder, a ratio is no target",
    ),
    pytest.param(
        "LONG NOW\n#ETH/USDT\nSL 2900\nTP 3100",
        "open ETH/USDT long futures market, tp 3100, sl 2900",
        id="now is a market entry",
    ),
    pytest.param(
        "🔴 SHORT ORDER - MARKET SIGNAL - $ADA\n- Entry: 0.45\n- Leverage: x8 - x10\n\n❌ SL: 0.47\n✅ TP: 0.4",
        "open ADA short futures market 0.45, tp 0.4, sl 0.47, 10x",
        id="a market order's price is a reference; crosses and ticks are bullets",
    ),
    pytest.param(
        "Buy stop BTCUSDT 66000 SL 65000 TP 68000",
        "open BTC/USDT long trigger 66000, tp 68000, sl 65000",
        id="a buy stop is a trigger",
    ),
    pytest.param(
        "$AXS\nLong above: 12$\nTarget: 14$ - 18$\nStop: 10$",
        "open AXS long futures trigger 12, tp 14 18, sl 10",
        id="long above is a trigger",
    ),
    pytest.param(
        "#ALGOUSDT\nLONG Below : 1.038\nMAX 5x-7x LEVERAGE\nTAKE PROFIT:1.065+",
        "open ALGO/USDT long futures limit 1.038, tp 1.065, 7x",
        id="long below is a limit; no stop is no stop",
    ),
    pytest.param(
        "🎯 Buy spot $ABC\nAccumulation zone: 170 - 109\nTarget: 400-500$\nSL: 89",
        "open ABC long spot zone 109 170, tp 400 500, sl 89",
        id="a spot call with a wide zone",
    ),
    pytest.param(
        "#JASMYUSDT.P | LONG\n• Entry Zone: 0.0168\n• Targets: 0.0171, 0.0175\n• Stop-Loss: 0.0162\n💬 Move to breakeven after hitting 0.0171",
        "open JASMY/USDT long futures limit 0.0168, tp 0.0171 0.0175, sl 0.0162",
        id="a remark about breakeven is no part of the setup",
    ),
    pytest.param(
        "#1000000MOGUSDT LONG\nEntry: 1.12\nTarget 1 1.15\nTarget 2 1.2\nSL 1.05",
        "open 1000000MOG/USDT long futures limit 1.12, tp 1.15 1.2, sl 1.05",
        id="a coin that begins with digits; targets counted without a mark",
    ),
    pytest.param(
        "🚀 #XRP 🚀\nLong 20x\nEntry 0.52\n🎯 0.54\n🎯 0.56\n❌ 0.48",
        "open XRP long futures limit 0.52, tp 0.54 0.56, sl 0.48, 20x",
        id="signs for labels",
    ),
    pytest.param(
        "TRADE: LONG BTC\nENTRY: 65000-65500\nSTOP: 64000 (-1.5%)\nT1: 66000\nT2: 67000",
        "open BTC long futures zone 65000 65500, tp 66000 67000, sl 64000",
        id="targets of one letter",
    ),
    pytest.param(
        "#SOLUSDT LONG\nEntries: 150, 148, 145\nTPs: 155, 160\nTP-3: 165\nSL: 140",
        "open SOL/USDT long futures ladder 150 148 145, tp 155 160 165, sl 140",
        id="plurals and dashes in labels",
    ),
    pytest.param(
        "OM\nEntry: 1.4\nStop: 1.3\nTarget: 1.5",
        "open OM long limit 1.4, tp 1.5, sl 1.3",
        id="a name alone in the first line; the levels show the side",
    ),
    pytest.param(
        "$THE long\nEntry: .44\nTP: .72\nSL: .39",
        "open THE long futures limit 0.44, tp 0.72, sl 0.39",
        id="a coin that is a word; prices with a leading point",
    ),
    pytest.param(
        "📍 P\ufeffa\ufeffi\ufeffr: B\ufeffTC/USDT #LONG\nEntry: 65\u200b000\nSL: 64000\nTP: 66000",
        "open BTC/USDT long futures limit 65000, tp 66000, sl 64000",
        id="invisible characters between letters",
    ),
    pytest.param(
        "#BTC/USDT SHORT\nEntry: 65k - 66k\nTP: 64k 63.5k 62k5\nSL: 67k",
        "open BTC/USDT short futures zone 65000 66000, tp 64000 63500 62500, sl 67000",
        id="thousands with a k",
    ),
    pytest.param(
        "#BTC/USDT\nLONG\nEntry: 65,000\nTP: 66,000 - 67,000\nSL: 64,000",
        "open BTC/USDT long futures limit 65000, tp 66000 67000, sl 64000",
        id="English thousands",
    ),
    pytest.param(
        "#LTC/USDT LONG\nEntry 67,25\nTP 70,5\nSL 65,2",
        "open LTC/USDT long futures limit 67.25, tp 70.5, sl 65.2",
        id="decimal commas",
    ),
    pytest.param(
        "#PEPE/USDT LONG entry 0.0₅892 sl 0.0₅8 tp 0.0₅95",
        "open PEPE/USDT long futures limit 0.00000892, tp 0.0000095, sl 0.000008",
        id="zeros as a small digit",
    ),
    pytest.param(
        "𝐁𝐓𝐂/𝐔𝐒𝐃𝐓 𝐋𝐎𝐍𝐆 𝐄𝐧𝐭𝐫𝐲: 𝟔𝟓𝟎𝟎𝟎 𝐒𝐋: 𝟔𝟒𝟎𝟎𝟎 𝐓𝐏: 𝟔𝟔𝟎𝟎𝟎",
        "open BTC/USDT long futures limit 65000, tp 66000, sl 64000",
        id="mathematical letters",
    ),
    pytest.param(
        "🟢 Long\nName: #CFXUSDT\n↪️ Entry Price (USDT): 0.2066\n🎯 Targets in USDT:\n1️⃣ 0.2097\n2️⃣ 0.2118\n3️⃣ 🌙\n🛑 StopLoss: 0.1859",
        "open CFX/USDT long futures limit 0.2066, tp 0.2097 0.2118, sl 0.1859",
        id="keycap digits number a list",
    ),
    pytest.param(
        "📈 LONG #OP/USDT (x10)\nEntry: 2.5\nTP: 5%, 10%\nSL: -4%",
        "open OP/USDT long futures limit 2.5, tp 5% 10%, 10x",
        id="percent targets keep their mark, a percent stop is none",
    ),
    pytest.param(
        "#SIGNAL (BTC/USD)\nOpen SHORT for the price between $22022- $22147 with 1% of your deposit with cross leverage.\nTargets:\n"
        "1) Close the position at the price $21971\n2) Close the position at the price $21900\nSTOP LOSS: $22257",
        "open BTC/USD short futures zone 22022 22147, tp 21971 21900, sl 22257, cross",
        id="prose",
    ),
    pytest.param(
        "#ABC/USDT LONG\nEntry: 0.5\nTP: 0.6\nSL: 0.4\n\nSignal details: use 3 to 5% of your funds and maintain the stop loss",
        "open ABC/USDT long futures limit 0.5, tp 0.6, sl 0.4",
        id="percents of capital are no stop",
    ),
]

UNCLEAR = [
    pytest.param("BTC LONG entry 65000 sl 66000 tp 67000", "sl_wrong_side", id="the stop wins"),
    pytest.param("BTC LONG entry 65000 sl 64000 tp 64500", "tp_wrong_side", id="the target loses"),
    pytest.param(
        "BTC LONG entry 65000 sl 66000 tp 64000",
        "sl_wrong_side",
        id="levels never outvote the word",
    ),
    pytest.param(
        "BTC SHORT LONG entry 65000 sl 64000 tp 67000", "contradictory", id="two directions"
    ),
    pytest.param(
        "SPOT\n$XTZ/USDT SHORT\nENTRY: 1.2\nSL: 1.3\nTP: 1.1", "contradictory", id="short on spot"
    ),
    pytest.param(
        "LONG $LA\nEntry: 0.377\nEntry limit: 0.365\nSL: 0.027\nTP: 0.409",
        "price_ambiguous",
        id="ten-fold slip of the stop",
    ),
    pytest.param(
        "LONG $LA\nEntry: 0.377\nEntry limit: 0.0365\nSL: 0.03\nTP: 0.409",
        "price_ambiguous",
        id="ten-fold slip of an entry",
    ),
    pytest.param(
        "LONG $ONDO\nEntry: 0.2689\nSL: 0.24\nTP1: 02974\nTP2: 0.33",
        "price_ambiguous",
        id="a lost point",
    ),
    pytest.param(
        "#BTCUSDT LONG\nEntry 6S000\nTP 66000\nSL 64000",
        "price_ambiguous",
        id="a letter for a digit",
    ),
    pytest.param(
        "#BTC/USDT LONG entry 6\u03365\u03360\u0336 64000 sl 63000 tp 66000",
        "price_ambiguous",
        id="struck through",
    ),
    pytest.param(
        "#BTC/USDT LONG entry 65000² sl 63000 tp 66000", "price_ambiguous", id="a footnote's digit"
    ),
    pytest.param(
        "#XRP/USDT\nLONG\nEntry: 1,880\nTP: 1,950\nSL: 1,800",
        "price_ambiguous",
        id="thousands or decimals",
    ),
    pytest.param(
        "#ABC/USDT LONG\nEntry: 0.9\nTP 1 - 1.2\nSL 0.8",
        "price_ambiguous",
        id="a one that counts or is a price",
    ),
    pytest.param(
        "DOGE short\nEntry 0.30 - 0.31\nstop 0.313 or 0.33\nTargets 0.29",
        "price_ambiguous",
        id="two stops",
    ),
    pytest.param(
        "#ETH/USDT LONG\nEntry: 3000\n2900 - 2800\nSL: 2700\nTP: 3300",
        "price_ambiguous",
        id="bare numbers under an entry",
    ),
    pytest.param(
        "#ETH/USDT LONG\nEntry: 3000\nSL: 2700\nTP: 3300\nObjectif: 3400",
        "price_ambiguous",
        id="a level with a label that is not understood",
    ),
    pytest.param(
        "BTC 65000 is key. Long above, stop 64000, target 70000",
        "price_ambiguous",
        id="a trigger whose price stands elsewhere",
    ),
    pytest.param(
        "#ETH/USDT LONG\nSL: 2700\n3100 3200\nEntry: 3000\nTP: 3300",
        "price_ambiguous",
        id="numbers of no label",
    ),
    pytest.param(
        "BTC/USDT LONG\nEntry: 65000\nSL: 64000\nTP: 66000\n\nETH/USDT SHORT\nEntry: 3000\nSL: 3100\nTP: 2900",
        "multi_signal",
        id="two setups",
    ),
    pytest.param(
        "#BTC #ETH #SOL LONG\nEntry: 65000\nTP: 66000\nSL: 63000", "multi_signal", id="three coins"
    ),
    pytest.param("Entry: 65000-64000\nTP: 66000\nSL: 63000", "no_symbol", id="no coin"),
    pytest.param(
        "#B***/USDT LONG Entry: 65000 SL: 64000 TP: 67000", "no_symbol", id="a masked coin"
    ),
    pytest.param(
        "#OMNI\nEntry: 18\nTP: 30-40-50", "no_direction", id="no direction and no stop to show it"
    ),
    pytest.param(
        "$ABC long\nSL: 1.1\nTP: 1.5", "no_entry", id="levels, but where to enter is on the picture"
    ),
    pytest.param("EURUSD SELL NOW 1.0850 SL 1.0900 TP 1.0800", "not_crypto", id="currencies"),
    pytest.param("XAUUSDSELL 4626\nSL 4632\nTP 4620", "not_crypto", id="gold, glued"),
    pytest.param(
        "ETH / BTC :\nLONG : 0.027\nTARGET 1 : 0.034\nTARGET 2 : 0.045\nSTOP 0.024",
        "unsupported_quote",
        id="quoted in bitcoin",
    ),
    pytest.param(
        "Long #ETHBTC entry 0.05 sl 0.045 tp 0.06",
        "unsupported_quote",
        id="quoted in bitcoin, glued",
    ),
    pytest.param(
        "#ETH/USDT SHORT\nEntry: 2460- 2478\nTargets:\n1) 2430 ✅\n2) 2409 ✅\n3) 2345\nSL 2630",
        "stale",
        id="ticked targets",
    ),
    pytest.param(
        "BTC/USDT LONG Entry: 65000 SL: 64000 TP1: 66000 hit, TP2: 67000",
        "stale",
        id="a target told as hit",
    ),
    pytest.param(
        "#BTCUSDT LONG Entry 65000 SL 64000 TP 66000 leverage 1000x",
        "leverage_out_of_range",
        id="leverage of a typo",
    ),
    pytest.param(
        "#BTCUSDT LONG\nEntry 100\nSL 90\nTP " + ", ".join(f"{110 + n}.5" for n in range(30)),
        "too_many_levels",
        id="thirty targets",
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ_AS)
def test_is_read_as(text: str, expected: str) -> None:
    assert brief(chain().read(post(text))) == expected


@pytest.mark.parametrize(("text", "reason"), UNCLEAR)
def test_is_unclear_because(text: str, reason: str) -> None:
    assert brief(chain().read(post(text))) == f"unclear {reason}"


def test_an_ambiguous_post_carries_the_trades_between_which_it_does_not_decide() -> None:
    reading = chain().read(post("#XRP/USDT\nLONG\nEntry: 1,880\nTP: 1,950\nSL: 1,800"))
    assert isinstance(reading, Unclear)
    assert [str(draft.entry.prices[0]) for draft in reading.drafts] == ["1880", "1.880"]
    assert reading.candidates == ("1880 1800", "1.88 1.8")


def test_a_language_that_parts_thousands_with_points_leaves_points_open() -> None:
    read = chain(language=["pt"]).read(
        post("#BTC/USDT comprado\nEntrada: 65.000\nAlvo: 66.000\nPerda: 64.000")
    )
    assert brief(read) == "unclear price_ambiguous"


def test_what_a_post_says_of_spot_is_read_as_spot() -> None:
    text = "Buy SPOT $COW\nEntry: 0.61 - 0.67\nTP: 0.9\nSL: 0.5"
    assert brief(chain().read(post(text))) == "open COW long spot zone 0.61 0.67, tp 0.9, sl 0.5"


def test_an_amended_setup_changes_levels_and_opens_nothing() -> None:
    text = "Update: BTCUSDT LONG\nEntry: 65000\nTP: 67000\nSL: 64500"
    assert brief(chain().read(post(text))) == "update BTC/USDT long, sl 64500, tp 67000"


def test_a_bilingual_post_is_one_setup() -> None:
    text = (
        "LONG\nCoin: #DOOD/USDT\nEntry: 0.0024\nTargets:\n1: 0.0025\n2: 0.0026\nStop loss: 0.0023\nLeverage: 50X\n\n"
        "Moneda: #DOOD/usdt\nEntrada: 0.0024\nObjetivos:\n1: 0.0025\n2: 0.0026\nPérdida de parada: 0.0023\nApalancamiento: 50x"
    )
    assert (
        brief(chain().read(post(text)))
        == "open DOOD/USDT long futures limit 0.0024, tp 0.0025 0.0026, sl 0.0023, 50x"
    )


def test_spans_point_at_the_words_that_were_posted() -> None:
    text = "🚀 #BТC/USDT \u200bLONG\nEntry: ６５０００\nSL: 64000\nTP: 66000 67000\nLeverage: 10x"
    reading = chain().read(post(text))
    assert isinstance(reading, Read)
    words = {(span.field, text[span.start : span.end].strip()) for span in reading.spans}
    assert words == {
        ("symbol", "#BТC/USDT"),
        ("side", "LONG"),
        ("entry", "６５０００"),
        ("stop_loss", "64000"),
        ("take_profits", "66000"),
        ("take_profits", "67000"),
        ("leverage", "10x"),
    }
