import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.parsing.lacking import lack_of
from tgbitget.parsing.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "there is no text", id="a picture"),
        pytest.param("What a lovely evening", "nothing in it speaks of a trade", id="talk"),
        pytest.param("BTC LONG", "it names a coin and a direction, but not an entry", id="teaser"),
        pytest.param("If BTC breaks 57000 long", "“If” tells of a condition", id="condition"),
        pytest.param("BTC TP1 ✅ 57000", "“✅” tells of what was reached", id="ticked"),
    ],
)
def test_it_says_what_a_post_lacks_and_what_its_words_tell_of(text: str, said: str) -> None:
    assert said in lack_of(text, lexicon()).sentence


def test_the_words_are_found_in_the_text_as_it_was_posted() -> None:
    text = "🚀️🚀️ BTC — target “hit”"
    (span,) = lack_of(text, lexicon()).spans
    assert text[span.start : span.end] == "hit"


@given(st.text(max_size=300))
def test_any_text_gets_a_sentence_and_spans_within_it(text: str) -> None:
    lack = lack_of(text, lexicon())
    assert lack.sentence
    assert all(0 <= span.start < span.end <= len(text) for span in lack.spans)
