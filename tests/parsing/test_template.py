import pytest

from parsing.posts import brief, chain, post
from tgbitget.errors import ConfigError

BUILT_IN = [
    pytest.param("SIGNAL | BTCUSDT | BUY | MARKET | 0.001 | LEV=5", "open BTC/USDT long futures market, 5x", id="the known form"),
    pytest.param("signal|btc/usdt|short|limit|price=65000|tp=64000/63000|sl=66000|cross", "open BTC/USDT short futures limit 65000, tp 64000 63000, sl 66000, cross", id="small letters, no spaces, any order"),
    pytest.param("SIGNAL | BTC | LONG | 65000-66000 | TP1=67000 | TP2=68000 | SL=64000 | MARGIN=isolated", "open BTC long futures zone 65000 66000, tp 67000 68000, sl 64000, isolated", id="a zone, numbered targets"),
    pytest.param("SIGNAL | BTC | BUY | STOP 66000 | SL=65000", "open BTC long trigger 66000, sl 65000", id="a trigger"),
    pytest.param("SIGNAL | BTC | BUY | LADDER 66000/65000/64000 | SL=63000", "open BTC long ladder 66000 65000 64000, sl 63000", id="a ladder"),
    pytest.param("SIGNAL | BTC | CLOSE | 50%", "close BTC 0.5", id="close a share"),
    pytest.param("SIGNAL | BTC | CANCEL", "cancel BTC", id="cancel"),
    pytest.param("SIGNAL | BTC | UPDATE | SL=breakeven | TP=67000", "update BTC, sl breakeven, tp 67000", id="update"),
    pytest.param("SIGNAL | BTC | BUY | MARKET | 1 | 2", "unclear contradictory", id="two amounts"),
    pytest.param("SIGNAL | BTC | BUY | MARKET | SL=1 | SL=2", "unclear contradictory", id="two stops"),
    pytest.param("SIGNAL | BTC | BUY | MARKET | HEDGE", "unclear malformed", id="a part we do not know"),
    pytest.param("SIGNAL | BTC | BUY | MARKET | RISK=2", "unclear unknown_key", id="a key we do not know"),
    pytest.param("SIGNAL | BTC | BUY", "unclear no_entry", id="no entry"),
    pytest.param("SIGNAL | BTC | UP | MARKET", "unclear no_direction", id="no side"),
    pytest.param("SIGNAL | BTC | BUY | LIMIT | SL=1", "unclear no_entry", id="a limit without its price"),
    pytest.param("BTC | LONG", "none", id="another form"),
]  # fmt: skip

SLOTTED = [
    pytest.param("{side} {symbol} at {entry} stop {stop} targets {targets}", "LONG BTC  at\n65,000 - 66,000 stop $64,000 targets 67,000 / 68,000", "open BTC long futures zone 65000 66000, tp 67000 68000, sl 64000", id="spaces and cases are free"),
    pytest.param("{side} {symbol} NOW", "buy $PEPE now", "open PEPE long market", id="no entry slot enters at market"),
    pytest.param("* {symbol} * {side} ({leverage}) {entry} > {target1} > {target2} ! {stop} {{x}}", "* BTC/USDT * sell (x20) 100 > 90 > 80 ! 110 {x}", "open BTC/USDT short futures limit 100, tp 90 80, sl 110, 20x", id="marks and braces are literal"),
    pytest.param("{any}COIN {symbol}{any}DO {side}{any}E {entry}{any}S {stop}{any}", "hello\nCOIN BTC\nDO buy\nE 100\nS 90\nbye", "open BTC long limit 100, sl 90", id="anything in between"),
    pytest.param("{side} {symbol} {entry} {stop}", "buy BTC 100 110", "unclear sl_wrong_side", id="levels are judged"),
    pytest.param("{side} {symbol} {entry}", "buy EURUSD 1.1", "unclear not_crypto", id="names are judged"),
    pytest.param("{side} {symbol} {entry}", "buy BTC 100 now", "none", id="the whole post must fit"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BUILT_IN)
def test_the_built_in_form_is_read_as(text: str, expected: str) -> None:
    assert brief(chain(parsers=["template"]).read(post(text))) == expected


@pytest.mark.parametrize(("template", "text", "expected"), SLOTTED)
def test_a_template_reads(template: str, text: str, expected: str) -> None:
    assert brief(chain(parsers=["template"], templates=[template]).read(post(text))) == expected


def test_the_first_template_that_fits_wins() -> None:
    templates = ["{side} {symbol} {entry} {stop}", "{side} {symbol} {stop} {entry}"]
    reading = chain(parsers=["template"], templates=templates).read(post("buy BTC 100 90"))
    assert brief(reading) == "open BTC long limit 100, sl 90"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        pytest.param("{side} {coin} {entry}", r"profile vip: parsing.templates\[1\]: unknown slot \{coin\} at character 8", id="an unknown slot"),
        pytest.param("{side} {symbol", r"parsing.templates\[1\]: a brace is not closed at character 8", id="an open brace"),
        pytest.param("{symbol} {symbol}", r"the slot \{symbol\} stands twice", id="a slot twice"),
        pytest.param("{side} {entry}", r"a template needs the slot \{symbol\}", id="no symbol"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_used_is_refused_at_its_place(
    template: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        chain(parsers=["template"], templates=["{symbol} {side}", template])


def test_spans_of_a_template_point_into_the_post() -> None:
    text = "\u200bbuy BTC ６５"
    reading = chain(parsers=["template"], templates=["{side} {symbol} {entry}"]).read(post(text))
    spans = {span.field: text[span.start : span.end] for span in getattr(reading, "spans", ())}
    assert spans == {"side": "buy", "symbol": "BTC", "entry": "６５"}
