"""Input that was made, or happened, to do harm; each with its outcome: the value that is meant, or no trade."""

import json

import pytest

from parsing.posts import brief, chain, post
from tgbitget.bench.hard_posts import HARD_POSTS
from tgbitget.model.post import Post
from tgbitget.model.reading import reading_json

CHAIN = chain()
MEANT = "open BTC/USDT long futures limit 64000, tp 66000, sl 62000"


def form(
    coin: str = "BTC", entry: str = "64000", target: str = "66000", stop: str = "62000"
) -> str:
    return f"#{coin}/USDT LONG\nEntry: {entry}\nTP: {target}\nSL: {stop}"


DISGUISED = [
    pytest.param(form(coin="ВТС"), MEANT, id="a Cyrillic coin"),
    pytest.param(form(coin="B\u200bTC"), MEANT, id="a coin with an invisible gap"),
    pytest.param(form(entry="64\u200b000"), MEANT, id="a number with an invisible gap"),
    pytest.param(form(entry="\u202e64000\u202c"), MEANT, id="a number shown from right to left"),
    pytest.param(form(entry="６４０００"), MEANT, id="full width"),
    pytest.param(form(entry="۶۴۰۰۰"), MEANT, id="Persian digits"),
    pytest.param(form(entry="6️⃣4️⃣0️⃣0️⃣0️⃣"), MEANT, id="keycaps"),
    pytest.param(form(entry="64\x00000"), MEANT, id="a zero byte"),
    pytest.param(form(entry="⑥④000"), "unclear price_ambiguous", id="circled digits"),
    pytest.param(form(entry="6\u03364\u0336000"), "unclear price_ambiguous", id="struck through"),
    pytest.param(form(entry="64O00"), "unclear price_ambiguous", id="a letter for a digit"),
    pytest.param(form(entry="64000½"), "unclear sl_wrong_side", id="a fraction behind"),
]
NUMBERS = [
    pytest.param(form("BTC", "1,234.5", "1,300.5", "1,200.5"), "open BTC/USDT long futures limit 1234.5, tp 1300.5, sl 1200.5", id="English marks"),
    pytest.param(form("BTC", "1.234,5", "1.300,5", "1.200,5"), "open BTC/USDT long futures limit 1234.5, tp 1300.5, sl 1200.5", id="German marks"),
    pytest.param(form("BTC", "1,234", "1,300", "1,200"), "unclear price_ambiguous", id="marks that say either"),
    pytest.param(form("BTC", "64k", "66k", "62k"), MEANT, id="thousands"),
    pytest.param(form("PEPE", "0.0₅12", "0.0₅13", "0.0₅11"), "open PEPE/USDT long futures limit 0.0000012, tp 0.0000013, sl 0.0000011", id="small zeros"),
    pytest.param(form(entry="64250-500"), "unclear sl_wrong_side", id="a range cut short"),
    pytest.param(form("XRP", "5387", "1.6", "1.4"), "unclear tp_wrong_side", id="a point lost"),
]  # fmt: skip
IMPOSSIBLE = [
    pytest.param(form(stop="65000"), "unclear sl_wrong_side", id="a stop on the wrong side"),
    pytest.param(form(target="63000"), "unclear tp_wrong_side", id="a target on the wrong side"),
    pytest.param(form(target="70000 - 68000 - 66000"), "open BTC/USDT long futures limit 64000, tp 70000 68000 66000, sl 62000", id="targets from the last to the first, as posted"),
    pytest.param(form() + "\nLeverage: 1000x", "unclear leverage_out_of_range", id="leverage 1000"),
    pytest.param(form(target=" - ".join(str(66_000 + n) for n in range(51))), "unclear too_many_levels", id="51 targets"),
    pytest.param(form(entry=" - ".join(str(64_000 - n) for n in range(51))), "unclear too_many_levels", id="51 entries"),
    pytest.param(form() + "\nSHORT", "unclear contradictory", id="both sides"),
]  # fmt: skip
OTHERS = [
    pytest.param(form() + "\n\n" + form("ETH", "3000", "3100", "2900"), "unclear multi_signal", id="two signals"),
    pytest.param("Recap: we longed BTC at 64000, TP 66000 hit, SL was 62000", "none", id="a recap"),
    pytest.param("Yesterday we longed BTC at 64000, took profit at 66000", "none", id="yesterday"),
    pytest.param("Join our VIP! Last signal: BTC LONG entry 64000 TP 66000 SL 62000. Subscribe now", "none", id="an advert"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), [*DISGUISED, *NUMBERS, *IMPOSSIBLE, *OTHERS])
def test_comes_to(text: str, outcome: str) -> None:
    assert brief(CHAIN.read(post(text))) == outcome


@pytest.mark.parametrize("name", HARD_POSTS)
def test_a_post_that_is_hard_to_read_is_answered(name: str) -> None:
    reading = CHAIN.read(post(HARD_POSTS[name]))
    assert getattr(reading, "reason", None) != "parser_failed"


@pytest.mark.parametrize("length", [4_097, 1_000_000], ids=["a character more", "a megabyte"])
def test_what_is_longer_than_a_post_is_not_looked_at(length: int) -> None:
    assert brief(CHAIN.read(post(form() + " " * (length - len(form()))))) == "unclear too_long"


def test_ten_thousand_links_change_nothing() -> None:
    plain = post(form())
    linked = Post(
        channel=plain.channel, message_id=plain.message_id, date=plain.date, text=plain.text, via=plain.via,
        links=tuple(f"https://t.me/c/1/{n}" for n in range(10_000)),
    )  # fmt: skip
    assert CHAIN.read(linked) == CHAIN.read(plain)


INJECTED = [
    pytest.param(form(coin="BTC\x1b[31m"), id="a colour in a coin"),
    pytest.param("\x1b[2J" + form(), id="a screen wiped"),
    pytest.param(form(coin="BTC\nINFO traded"), id="a line of a log"),
    pytest.param(form(coin="=BTC"), id="a formula for a coin"),
    pytest.param("=cmd|'/C calc'!A0\n" + form(), id="a formula before"),
    pytest.param(form(coin="{0.__class__}"), id="a format"),
    pytest.param(form(entry="64000\x08\x08\x08500"), id="backspaces"),
]


@pytest.mark.parametrize("text", INJECTED)
def test_nothing_that_a_log_or_a_sheet_would_obey_is_in_what_was_read(text: str) -> None:
    told = reading_json(CHAIN.read(post(text)))
    symbol = told["symbol"] or ""
    assert symbol == "" or (symbol.isascii() and symbol.isalnum())
    assert json.dumps(told, ensure_ascii=False).isprintable()
