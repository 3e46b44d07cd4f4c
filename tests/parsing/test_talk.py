"""Talk that is told before a post is cut, and words that act though their letters hide them."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.parsing.follow_ups import ORDERING
from tgbitget.parsing.lexicon import lexicon
from tgbitget.parsing.opening import OPENING, OPENING_WITHOUT_DIGITS
from tgbitget.parsing.talk import Talk
from tgbitget.parsing.text import normalise
from tgbitget.parsing.tokens import tokenise


@cache
def _talk() -> Talk:
    return Talk(lexicon())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Good morning, don't chase it here!", id="English"),
        pytest.param("Funding paid 12 thousand 🏖", id="a number and a picture"),
        pytest.param("Доброе утро, рынок спокойный", id="Russian"),
        pytest.param("Günaydın arkadaşlar, piyasa bugün sakin", id="Turkish"),
        pytest.param("Buenos días, el mercado sigue lateral", id="Spanish"),
        pytest.param("Chúc cả nhà cuối tuần vui vẻ", id="Vietnamese"),
        pytest.param("صبح بخیر دوستان", id="Persian"),
        pytest.param("大家早上好，今天行情比较平静。", id="Chinese"),
    ],
)
def test_talk_of_any_language_is_told_at_once(text: str) -> None:
    assert _talk().is_all_of(normalise(text).clean)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("please close it", id="a word that acts"),
        pytest.param("LONGLeverage", id="capitals within a word"),
        pytest.param("#stopü", id="a tag that ends before an accent"),
        pytest.param("Stopüستاپ", id="two scripts, a letter with an accent between them"),
        pytest.param("Girişßвход", id="Latin with accents, and Cyrillic"),
        pytest.param("él's stopé", id="an apostrophe among accents"),
        pytest.param("🛑 12", id="a sign before a number"),
        pytest.param("btcusdtlong", id="a side behind a quote"),
    ],
)
def test_what_may_hide_a_word_that_acts_is_left_to_the_long_way(text: str) -> None:
    assert not _talk().is_all_of(normalise(text).clean)


_PIECES = st.sampled_from(
    [
        *("stop", "Stop", "ENTRY", "sl", "TP", "t", "Close", "cancel", "take", "profit", "giriş", "Giriş"),
        *("usdt", "USDT", "стоп", "вход", "ستاپ", "止损", "#", "$", "/", "-", "_", " ", "'", ".", ":", "\n"),
        *("ü", "ß", "é", "É", "ế", "1", "2.5", "x", "A", "Ж", "س", "@", "t.me/", "e-"),
    ]
)  # fmt: skip


@given(st.lists(_PIECES, min_size=1, max_size=8).map("".join))
def test_what_is_told_to_be_talk_is_cut_into_no_word_that_acts(text: str) -> None:
    clean = normalise(text).clean
    if not _talk().is_all_of(clean):
        return
    opening = OPENING if any(c.isdigit() for c in clean) else OPENING_WITHOUT_DIGITS
    meanings = {token.meaning for token in tokenise(clean, lexicon())}
    assert (ORDERING | opening).isdisjoint(meanings)
