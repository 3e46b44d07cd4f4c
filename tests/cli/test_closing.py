"""Parts of a trade, as they are written on the command line."""

from decimal import Decimal

import pytest

from tgbitget.cli.closing import fraction_of
from tgbitget.errors import BadInput


@pytest.mark.parametrize(
    ("part", "fraction"),
    [
        pytest.param(None, None, id="not named"),
        pytest.param("50%", Decimal("0.5"), id="per cent"),
        pytest.param("12.5 %", Decimal("0.125"), id="with a blank"),
        pytest.param("0.25", Decimal("0.25"), id="fraction"),
        pytest.param("100%", None, id="all"),
        pytest.param("1", None, id="all of it"),
    ],
)
def test_a_part_is_read_as(part: str | None, fraction: Decimal | None) -> None:
    assert fraction_of(part) == fraction


@pytest.mark.parametrize("part", ["half", "0%", "-5%", "101%", "50", "", "%", "nan", "1e999%"])
def test_a_part_is_not_guessed(part: str) -> None:
    with pytest.raises(BadInput, match="--part"):
        fraction_of(part)
