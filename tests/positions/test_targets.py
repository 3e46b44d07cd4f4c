"""Which take profits should stand."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import MARKET, D, entry, plan, price, quantity, targets
from tgbitget.model.market import Market
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.plan import OrderPlan, Target
from tgbitget.planning.splits import shares_percent, weights
from tgbitget.positions.ledger import WantedTarget
from tgbitget.positions.targets import wanted_targets, without_order
from tgbitget.profile.words import SPLITS

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


def planned(amount: str, *shares: str) -> OrderPlan:
    aims = tuple(
        Target(number=n, price=price(f"6{n}000"), share_percent=D(share))
        for n, share in enumerate(shares, start=1)
    )
    return replace(plan(entry(1, "57000", amount)), targets=aims)


@pytest.mark.parametrize(
    ("amount", "shares", "places"),
    [
        pytest.param("0.04", ("50", "50"), (), id="enough for all"),
        pytest.param("0.0001", ("50", "50"), (1,), id="one lot"),
        pytest.param("0.0002", ("25", "25", "25", "25"), (1, 3), id="every other one"),
        pytest.param("0.04", ("0", "100"), (), id="no share was asked for"),
        pytest.param("0.04", (), (), id="no targets"),
    ],
)
def test_targets_that_get_no_order_of_their_own_are_known_with_the_plan(
    amount: str, shares: tuple[str, ...], places: tuple[int, ...]
) -> None:
    assert without_order(planned(amount, *shares)) == places


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
            "0.0002", "0.0002", (), {2: "0.0001", 4: "0.0001"}, id="two lots, four targets"
        ),
        pytest.param("0.0001", "0.0001", (), {4: "0.0001"}, id="one lot goes to the last"),
        pytest.param(
            "0.0003", "0.0003", (), {2: "0.0001", 3: "0.0001", 4: "0.0001"}, id="three lots"
        ),
        pytest.param(
            "0.00005",
            "0.00005",
            (),
            {},
            id="all of it is below the minimum: the stop alone ends it",
        ),
        pytest.param(
            "0.04",
            "0.04",
            (1, 2, 3, 4),
            {4: "0.04"},
            id="opened after the last one: that one again",
        ),
        pytest.param(
            "0.04",
            "0.02",
            (),
            {1: "0.005", 2: "0.005", 3: "0.005", 4: "0.005"},
            id="half was closed: what is left is shared as before",
        ),
        pytest.param(
            "0.04",
            "0.015",
            (1,),
            {2: "0.005", 3: "0.005", 4: "0.005"},
            id="half was closed after the first target",
        ),
        pytest.param(
            "0.04",
            "0.0199",
            (),
            {1: "0.0049", 2: "0.0049", 3: "0.0049", 4: "0.0052"},
            id="nearly half of it: the last takes the rest",
        ),
        pytest.param(
            "0.04", "0.0002", (), {2: "0.0001", 4: "0.0001"}, id="two lots are left of many"
        ),
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
    assert not {target.number for target in wanted} & (reached - {count})
    if wanted:
        assert sum(target.amount for target in wanted) == amount
    else:
        assert not MARKET.is_tradable(amount, price("60000")) or amount == 0


def test_an_order_that_has_begun_is_left_alone_and_the_others_share_the_rest() -> None:
    begun = {1: quantity("0.006")}
    wanted = wanted_targets(
        market=MARKET,
        targets=AIMS,
        reached=(),
        filled=quantity("0.04"),
        amount=quantity("0.036"),
        taken={1: quantity("0.004")},
        begun=begun,
    )
    assert [target.amount for target in wanted] == [D("0.006"), D("0.01"), D("0.01"), D("0.01")]


def test_what_a_target_sold_before_it_was_cancelled_is_not_sold_again() -> None:
    wanted = wanted_targets(
        market=MARKET,
        targets=AIMS,
        reached=(),
        filled=quantity("0.04"),
        amount=quantity("0.036"),
        taken={1: quantity("0.004")},
    )
    assert [target.amount for target in wanted] == [D("0.006"), D("0.01"), D("0.01"), D("0.01")]


@dataclass(slots=True)
class Orders:
    """Targets as they stand at a venue that fills them in parts."""

    market: Market
    targets: tuple[Target, ...]
    filled: Decimal = NOTHING
    left: Decimal = NOTHING
    standing: dict[int, Decimal] = field(default_factory=dict)
    taken: dict[int, Decimal] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)
    reached: set[int] = field(default_factory=set)

    @property
    def amount(self) -> Quantity:
        return Quantity(self.filled - self.left)

    def enter(self, lots: int) -> None:
        self.filled += MARKET.step * lots

    def close(self, lots: int) -> None:
        """At market, or by hand."""
        self.left += min(MARKET.step * lots, self.amount)

    def trail(self, place: int) -> None:
        self.begun |= set(sorted(self.standing)[place : place + 1])

    def sell(self, place: int, lots: int) -> None:
        for number in sorted(self.standing)[place : place + 1]:
            part = min(MARKET.step * lots, self.standing[number], self.amount)
            self.taken[number] = self.taken.get(number, D(0)) + part
            self.left += part
            self.standing[number] -= part
            self.begun.add(number)
            if not self.standing[number]:
                self.reached.add(number)
                del self.standing[number]

    def aim(self) -> tuple[WantedTarget, ...]:
        wanted = wanted_targets(
            market=self.market,
            targets=self.targets,
            reached=self.reached,
            filled=Quantity(self.filled),
            amount=self.amount,
            taken={number: Quantity(part) for number, part in self.taken.items()},
            begun={n: Quantity(self.standing[n]) for n in self.begun if n in self.standing},
        )
        fresh = {target.number: target.amount for target in wanted}
        self.begun &= {n for n, part in fresh.items() if self.standing.get(n) == part}
        self.standing = dict(fresh)
        return wanted


NUMBERS = st.integers(0, 6)
LOTS = st.integers(1, 300)
STEPS = st.one_of(
    st.tuples(st.just("enter"), LOTS),
    st.tuples(st.just("close"), LOTS),
    st.tuples(st.just("trail"), NUMBERS),
    st.tuples(st.just("sell"), NUMBERS, LOTS),
)


@given(
    split=st.sampled_from(SPLITS),
    count=st.integers(1, 7),
    lots_min=st.integers(1, 60),
    steps=st.lists(STEPS, max_size=30),
)
def test_targets_add_up_to_the_position_after_whatever_filled(
    split: str, count: int, lots_min: int, steps: list[tuple[str, ...]]
) -> None:
    shares = shares_percent(weights(split, count))
    market = replace(MARKET, min_quantity=Quantity(MARKET.step * lots_min))
    orders = Orders(
        market=market,
        targets=tuple(
            Target(number=n, price=price(str(60000 + 500 * n)), share_percent=share)
            for n, share in enumerate(shares, start=1)
        ),
    )
    for name, *numbers in steps:
        getattr(orders, name)(*numbers)
        begun = {n: orders.standing.get(n) for n in orders.begun}
        wanted = orders.aim()
        assert not {target.number for target in wanted} & (orders.reached - {count})
        pending = {target.number for target in orders.targets} - orders.reached
        total = sum((target.amount for target in wanted), D(0))
        if pending and market.is_tradable(orders.amount, orders.targets[-1].price):
            assert total == orders.amount
        assert total <= orders.amount
        for target in wanted:
            is_left_alone = begun.get(target.number) == target.amount
            assert is_left_alone or market.is_tradable(target.amount, target.price)
