import pytest

from tgbitget.parsing.language import languages_of


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        pytest.param("Move the stop to entry and hold the rest", ("en",), id="English"),
        pytest.param("Вход: 57000, тейк 58000, стоп 55000", ("ru",), id="Russian"),
        pytest.param("做多 进场 57000 止损 55000", ("zh",), id="Chinese"),
        pytest.param("Giriş: 57000 Hedef: 58000 Kaldıraç 20x", ("tr",), id="Turkish"),
        pytest.param("نقطه ورود ۵۷۰۰۰ تارگت ۵۸۰۰۰ حد ضرر ۵۵۰۰۰", ("fa",), id="Persian"),
        pytest.param("سعر الدخول 57000 وقف الخسارة 55000", ("ar",), id="Arabic"),
        pytest.param("Einstieg: 57000 Ziele: 58000 Stopp: 55000", ("de",), id="German"),
        pytest.param("Точка входа 57000\nEntry price 57000, move stop later", None, id="two"),
        pytest.param("BTC 57000 58000 55000", (), id="nobody's words"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_a_text_is_heard_as(text: str, heard: tuple[str, ...] | None) -> None:
    if heard is None:
        assert set(languages_of(text)) == {"en", "ru"}
    else:
        assert languages_of(text) == heard


def test_a_word_in_passing_is_no_language() -> None:
    text = "Good morning everyone, we are looking for the next trade today, please wait. Ziele"
    assert languages_of(text) == ("en",)
