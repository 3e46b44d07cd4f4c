from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.parsing.numbers import HABITS, PLAIN, Habit, Mark, is_plain, settled, values

DECIMAL_COMMA = Habit(comma=Mark.DECIMAL, dot=Mark.THOUSANDS)
COMMA_LIST = Habit(comma=Mark.LIST)


@pytest.mark.parametrize(
    ("raw", "habit", "expected"),
    [
        pytest.param("65000", PLAIN, ["65000"], id="digits"),
        pytest.param(".016", PLAIN, ["0.016"], id="a leading point"),
        pytest.param("65,000.5", PLAIN, ["65000.5"], id="English"),
        pytest.param("65.000,5", DECIMAL_COMMA, ["65000.5"], id="German"),
        pytest.param("0,5828", Habit(comma=Mark.DECIMAL), ["0.5828"], id="a decimal comma"),
        pytest.param("1'234.5", PLAIN, ["1234.5"], id="Swiss"),
        pytest.param("64 012.30", PLAIN, ["64012.30"], id="a space parts thousands"),
        pytest.param("250 300", Habit(space=Mark.LIST), ["250", "300"], id="a space parts a list"),
        pytest.param("70,72,74", COMMA_LIST, ["70", "72", "74"], id="a comma parts a list"),
        pytest.param("97k2", PLAIN, ["97200"], id="ninety-seven thousand two hundred"),
        pytest.param("63.5k", PLAIN, ["63500.0"], id="thousands"),
        pytest.param("1.3e-5", PLAIN, ["0.000013"], id="an exponent"),
    ],
)
def test_is_worth(raw: str, habit: Habit, expected: list[str]) -> None:
    assert values(raw, habit) == tuple(map(Decimal, expected))


@pytest.mark.parametrize(
    ("raw", "habit"),
    [
        pytest.param("02574", PLAIN, id="a point was lost"),
        pytest.param("0", PLAIN, id="nothing"),
        pytest.param("65,00", PLAIN, id="no group of three"),
        pytest.param("1.234.567", PLAIN, id="two decimal points"),
        pytest.param("0.5", DECIMAL_COMMA, id="thousands never begin with nothing"),
        pytest.param("9" * 40, PLAIN, id="too many digits"),
        pytest.param("65.5k2", PLAIN, id="a point and a digit behind the k"),
        pytest.param("8.308.09e-01", PLAIN, id="two points and an exponent"),
    ],
)
def test_is_no_number(raw: str, habit: Habit) -> None:
    assert values(raw, habit) is None


@pytest.mark.parametrize(
    ("raw", "thousands", "expected"),
    [
        pytest.param("65,000", [","], "65000", id="English"),
        pytest.param("65,000", [], None, id="of no known language"),
        pytest.param("1,880", [","], None, id="thousands or decimals"),
        pytest.param("0,45", [], "0.45", id="a decimal comma"),
        pytest.param("1.553", [], "1.553", id="a point"),
        pytest.param("1.553", ["."], None, id="a point where points part thousands"),
        pytest.param("57,58", [","], None, id="decimals or a list"),
    ],
)
def test_alone_it_is_settled_as(raw: str, thousands: list[str], expected: str | None) -> None:
    assert settled(raw, thousands) == (None if expected is None else Decimal(expected))


@given(st.text("0123456789.,' k", max_size=30), st.sampled_from(HABITS))
def test_no_spelling_raises_and_every_value_is_a_price(raw: str, habit: Habit) -> None:
    assert all(value > 0 for value in values(raw, habit) or ())


@given(st.from_regex(r"[1-9][0-9]{0,6}(\.[0-9]{1,8})?", fullmatch=True), st.sampled_from(HABITS))
def test_a_plain_number_means_the_same_to_everybody(raw: str, habit: Habit) -> None:
    if is_plain(raw):
        assert values(raw, habit) in (values(raw, PLAIN), None)
