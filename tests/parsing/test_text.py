import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.model.reading import Span
from tgbitget.parsing import text as spelled
from tgbitget.parsing.text import normalise, placed

CASES = [
    pytest.param("Entry: 1.5", "Entry: 1.5", id="plain stays"),
    pytest.param("６５，０００", "65,000", id="full width"),
    pytest.param("۶۵٬۰۰۰٫۵", "65,000.5", id="Persian digits and marks"),
    pytest.param("६५०००", "65000", id="Devanagari digits"),
    pytest.param("𝟔𝟓𝟎", "650", id="mathematical digits"),
    pytest.param("6\u200b5\u2060\ufeff0", "650", id="invisible characters"),
    pytest.param("\u202e65\u202c", "65", id="bidi marks"),
    pytest.param("1️⃣ 0.5", "1)  0.5", id="a keycap numbers a list"),
    pytest.param("1️⃣0️⃣ 0.5", "10)  0.5", id="two keycaps are one number"),
    pytest.param("① 0.5 ❷ 0.6", "1)  0.5 2)  0.6", id="circled digits number a list"),
    pytest.param("0.0₅892", "0.00000892", id="small zeros are written out"),
    pytest.param("65000²", "65000^2", id="a raised digit is not glued on"),
    pytest.param("65000½", "65000 1/2", id="a half is not glued on"),
    pytest.param("6\u03365\u0336", "6^5^", id="struck through"),
    pytest.param("1 – 2 — 3 − 4", "1 - 2 - 3 - 4", id="dashes"),
    pytest.param("“a” ‘b’", "\"a\" 'b'", id="quotes"),
    pytest.param("a\u00a0b\u2009c\td", "a b c d", id="spaces"),
    pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="line ends"),
    pytest.param("e\u0301", "é", id="composed"),
]


@pytest.mark.parametrize(("written", "clean"), CASES)
def test_is_spelled(written: str, clean: str) -> None:
    assert normalise(written).clean == clean


@given(st.text())
def test_twice_changes_nothing(written: str) -> None:
    clean = normalise(written).clean
    assert normalise(clean).clean == clean


@given(st.text())
def test_every_character_comes_from_somewhere_and_order_stays(written: str) -> None:
    text = normalise(written)
    origins = list(text.origins())
    assert len(origins) == len(text.clean)
    assert origins == sorted(origins)
    assert all(0 <= origin < len(written) for origin in origins)


@given(st.text())
def test_no_digit_of_another_script_is_left(written: str) -> None:
    clean = normalise(written).clean
    assert not any(unicodedata.category(c) == "Nd" and not c.isascii() for c in clean)


def test_a_span_points_at_what_was_posted() -> None:
    text = normalise("🚀 \u200b６５０ 1️⃣ 7")
    at = text.clean.index("650")
    (span,) = placed([Span(field="entry", start=at, end=at + 3, rule="x")], text)
    assert text.original[span.start : span.end] == "６５０"


def test_characters_that_are_left_alone_would_be_spelled_as_they_are() -> None:
    settled = [c for c in map(chr, range(0x20, 0x1FB00)) if spelled.SETTLED.fullmatch(c)]
    assert len(settled) > 20_000
    for character in settled:
        assert spelled.spelling(character) == character
        assert not unicodedata.combining(character)
    composed = "".join(settled)
    assert unicodedata.is_normalized("NFC", composed)
    assert unicodedata.is_normalized("NFC", composed[::-1])


def test_more_marks_on_one_letter_than_any_script_has_are_cut_off() -> None:
    clean = normalise("a" + "\u0323\u0301" * 500).clean
    assert len(clean) < 40
    assert normalise(clean).clean == clean
