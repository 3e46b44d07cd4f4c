"""Which take profits should stand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import MARKET, D, price, quantity, targets
from tgbitget.model.money import Quantity
from tgbitget.positions.targets import wanted_targets

AIMS = targets("60000", "61000", "62000", "63000")


def parts(filled: str, amount: str, reached: tuple[int, ...] = ()) -> dict[int, str]:
    wanted = wanted_targets(
        market=MARKET,
        targets=AIMS,
        reached=reached,
        filled=quantity(filled),
        amount=quantity(amount),
    )
    return {target.number: str(target.amount) for target in wanted}


@pytest.mark.parametrize(
    ("filled", "amount", "reached", "expected"),
    [
        pytest.param(
            "0.04",
            "0.04",
            (),
            {1: "0.0100", 2: "0.0100", 3: "0.0100", 4: "0.0100"},
            id="even parts",
        ),
        pytest.param(
            "0.04", "0.03", (1,), {2: "0.0100", 3: "0.0100", 4: "0.0100"}, id="the first is reached"
        ),
        pytest.param(
            "0.0403",
            "0.0403",
            (),
            {1: "0.0100", 2: "0.0100", 3: "0.0100", 4: "0.0103"},
            id="the last takes the rest",
        ),
        pytest.param(
            "0.0002", "0.0002", (), {4: "0.0002"}, id="parts below the minimum become one"
        ),
        pytest.param(
            "0.00005",
            "0.00005",
            (),
            {},
            id="all of it is below the minimum: the stop alone ends it",
        ),
        pytest.param("0.04", "0.04", (1, 2, 3, 4), {}, id="nothing is left to aim at"),
        pytest.param("0.04", "0.005", (), {1: "0.005"}, id="less is open than the shares say"),
    ],
)
def test_targets_share_what_is_open(
    filled: str, amount: str, reached: tuple[int, ...], expected: dict[int, str]
) -> None:
    assert {n: D(a) for n, a in parts(filled, amount, reached).items()} == {
        n: D(a) for n, a in expected.items()
    }


@given(
    lots=st.integers(1, 2000),
    closed=st.integers(0, 1999),
    count=st.integers(1, 8),
    reached=st.sets(st.integers(1, 8)),
)
def test_no_lot_is_lost_and_none_is_below_the_minimum(
    lots: int, closed: int, count: int, reached: set[int]
) -> None:
    aims = targets(*(str(60000 + 500 * i) for i in range(count)))
    filled = Quantity(MARKET.step * lots)
    amount = Quantity(max(Decimal(0), filled - MARKET.step * closed))
    wanted = wanted_targets(
        market=MARKET, targets=aims, reached=reached, filled=filled, amount=amount
    )
    assert all(MARKET.is_tradable(target.amount, target.price) for target in wanted)
    assert not {target.number for target in wanted} & reached
    if wanted:
        assert sum(target.amount for target in wanted) == amount
    else:
        nothing_left = not {aim.number for aim in aims} - reached
        assert nothing_left or not MARKET.is_tradable(amount, price("60000")) or amount == 0
