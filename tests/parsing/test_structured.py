import json

import pytest

from parsing.posts import brief, chain, post
from tgbitget.model.reading import reading_json

READ_AS = [
    pytest.param(
        '{"kind": "open", "symbol": "BTC", "quote": "USDT", "side": "long", "market": "futures",'
        ' "entry": {"type": "zone", "prices": ["57000", "57500"]}, "take_profits": ["58400", "59200"],'
        ' "stop_loss": "55800", "leverage": "20", "margin_mode": "cross"}',
        "open BTC/USDT long futures zone 57000 57500, tp 58400 59200, sl 55800, 20x cross",
        id="the shape of a reading",
    ),
    pytest.param(
        '{"pair": "btc/usdt", "action": "BUY", "price": 65000.10, "tp": [66000, 67000], "sl": 64000, "lev": "20x"}',
        "open BTC/USDT long limit 65000.1, tp 66000 67000, sl 64000, 20x",
        id="other names, numbers as numbers",
    ),
    pytest.param(
        '```json\n{"Symbol": "ETHUSDT", "Side": "SELL", "Entry_Price": "3000", "StopLoss": "3100", "TakeProfit": "2900"}\n```',
        "open ETH/USDT short limit 3000, tp 2900, sl 3100",
        id="in a code fence, other cases",
    ),
    pytest.param(
        '{"symbol": "SOL", "side": "buy", "type": "market", "quantity": 2, "sl": 140, "strategy": "breakout", "timestamp": 1}',
        "open SOL long market, sl 140",
        id="an amount is not used, remarks are passed over",
    ),
    pytest.param('{"action": "close", "symbol": "ETH", "percent": 50}', "close ETH 0.5", id="close a share"),
    pytest.param('{"kind": "cancel", "symbol": "ETH"}', "cancel ETH", id="cancel"),
    pytest.param('{"kind": "update", "symbol": "ETH", "update": {"stop_loss": "breakeven"}}', "update ETH, sl breakeven", id="stop to the entry"),
    pytest.param('{"kind": "update", "symbol": "ETH", "sl": "tp1", "tp": [3300]}', "update ETH, sl tp1, tp 3300", id="stop to a target, new targets"),
    pytest.param('{"symbol": "X", "side": "long", "entry": 1e-7, "sl": 9e-8, "tp": "5%"}', "open X long limit 0.0000001, tp 5%, sl 0.00000009", id="exponents, a percent target"),
    pytest.param('{"kind": "none", "symbol": "BTC"}', "none", id="says itself that it is none"),
    pytest.param('{"temperature": 21}', "none", id="another JSON"),
    pytest.param('["BTC"]', "none", id="a list"),
]  # fmt: skip

UNCLEAR = [
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 65000', "none", id="cut off: left to others"),
    pytest.param('{"symbol": "BTC", "side": }', "unclear malformed", id="broken"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 1, "reduce_only": true}', "unclear unknown_key", id="a key that may change the meaning"),
    pytest.param('{"symbol": "BTC", "side": "long", "action": "sell", "entry": 1}', "unclear contradictory", id="two directions"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 1, "price": 2}', "unclear contradictory", id="two entries"),
    pytest.param('{"symbol": "BTC", "symbol": "ETH", "side": "long", "entry": 1}', "unclear contradictory", id="a key twice"),
    pytest.param('{"symbol": "BTC", "side": "up", "entry": 1}', "unclear no_direction", id="no side we know"),
    pytest.param('{"symbol": "BTC", "side": "long"}', "unclear no_entry", id="no entry"),
    pytest.param('{"side": "long", "entry": 1}', "unclear no_symbol", id="no symbol"),
    pytest.param('{"symbol": "BTC;DROP", "side": "long", "entry": 1}', "unclear unknown_symbol", id="no name"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 65000, "sl": 66000}', "unclear sl_wrong_side", id="the stop wins"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": NaN}', "unclear malformed", id="not a number"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 1e999999}', "unclear price_ambiguous", id="a number of a million digits"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": -5}', "unclear price_ambiguous", id="below zero"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": "1e1000000"}', "unclear malformed", id="larger than any number"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": true}', "unclear malformed", id="no number at all"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": 1, "amount": "all-in"}', "unclear malformed", id="an amount that is none"),
    pytest.param('{"symbol": "EURUSD", "side": "long", "entry": 1}', "unclear not_crypto", id="a currency"),
    pytest.param('{"symbol": "BTC", "side": "long", "entry": ' + "[" * 3000 + "}", "unclear malformed", id="nested without end"),
    pytest.param('{"kind": "update", "symbol": "BTC"}', "unclear malformed", id="an update of nothing"),
    pytest.param('{"kind": "close", "symbol": "BTC", "fraction": 2}', "unclear malformed", id="more than all"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ_AS + UNCLEAR)
def test_is_read_as(text: str, expected: str) -> None:
    assert brief(chain(parsers=["structured"]).read(post(text))) == expected


def test_what_a_reading_prints_is_read_back() -> None:
    first = chain().read(post("#SOL/USDT LONG\nEntry: 140 - 145\nTP: 150 160\nSL: 130\nCross 10x"))
    printed = json.dumps({k: v for k, v in reading_json(first).items() if k != "parent_symbol"})
    again = chain(parsers=["structured"]).read(post(printed))
    assert brief(again) == brief(first)
