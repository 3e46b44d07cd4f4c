"""What an edit makes of the entries of a trade: it never buys more than the plan did, and touches only what changed."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from positions.trades import entry, plan, price, quantity
from tgbitget.model.ids import client_order_id
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.plan import OrderType, Refused
from tgbitget.planning.entries import Rung
from tgbitget.positions.reshaping import Entries, EntryNow, Reshaped, renumbered, reshape

STOP = price("50000")


def rungs(*prices: str) -> list[Rung]:
    return [
        Rung(
            type=OrderType.LIMIT,
            expected=price(one),
            dearest=price(one),
            price=price(one),
            weight=Fraction(1, len(prices)),
        )
        for one in prices
    ]


def found(*entries: tuple[str, str, str], may_be_more: bool = True) -> Entries:
    """Each with its price, its amount and what of it has filled."""
    legs = [
        entry(number, at, amount, stop="50000")
        for number, (at, amount, _) in enumerate(entries, start=1)
    ]
    filled = [quantity(one[2]) for one in entries]
    return Entries(
        plan=plan(*legs, stop="50000"),
        stop=STOP,
        now=tuple(
            EntryNow(
                leg=leg, left=Quantity((leg.amount or NOTHING) - of), is_fixed=of == leg.amount
            )
            for leg, of in zip(legs, filled, strict=True)
        ),
        has_position=any(filled),
        may_be_more=may_be_more,
        replacements={leg.name: 1 for leg in legs},
    )


def shaped(before: Entries, *prices: str) -> Reshaped | Refused:
    return reshape(before, rungs(*prices), stop=STOP, post_only=False, user_id="u")


def bought(of: Reshaped | Refused) -> list[tuple[str, str, int, str]]:
    assert isinstance(of, Reshaped), of
    return [(leg.name, str(leg.price), leg.replacement, str(leg.amount)) for leg in of.new]


def test_a_moved_entry_takes_the_amount_and_the_next_number_of_its_place() -> None:
    moved = shaped(found(("57000", "0.01", "0"), ("56000", "0.02", "0")), "57000", "55000")
    assert bought(moved) == [("entry-2", "55000", 1, "0.02")]
    assert isinstance(moved, Reshaped)
    assert [leg.client_oid for leg in moved.entries] == [
        client_order_id(user_id="u", signal=moved.new[0].signal, leg="entry-1"),
        client_order_id(user_id="u", signal=moved.new[0].signal, leg="entry-2", replacement=1),
    ]


def test_what_has_filled_stays_and_its_place_is_not_filled_again() -> None:
    moved = shaped(found(("57000", "0.01", "0.01"), ("56000", "0.02", "0")), "56900", "55000")
    assert bought(moved) == [("entry-2", "55000", 1, "0.02")]


def test_what_is_left_of_one_that_filled_in_part_moves() -> None:
    moved = shaped(found(("57000", "0.01", "0.004")), "56000")
    assert bought(moved) == [("entry-1", "56000", 1, "0.006")]


def test_an_added_entry_shares_what_has_not_filled_under_a_name_of_its_own() -> None:
    more = shaped(
        found(("57000", "0.01", "0"), ("56000", "0.01", "0.01")), "57000", "56000", "55000"
    )
    assert bought(more) == [("entry-1", "57000", 1, "0.005"), ("entry-3", "55000", 0, "0.005")]


def test_what_cannot_be_had_is_said() -> None:
    for before, prices, reason in (
        (found(("57000", "0.01", "0.01")), ("56000",), "have filled"),
        (found(("57000", "0.01", "0.01")), ("57000", "56000"), "have filled"),
        (found(("57000", "0.01", "0"), may_be_more=False), ("56000",), "is cancelled"),
        (found(("57000", "0.0001", "0")), ("57000", "56000"), "below the minimum"),
        (found(("57000", "0.01", "0")), ("49000",), "behind the stop"),
    ):
        refused = shaped(before, *prices)
        assert isinstance(refused, Refused)
        assert reason in refused.reason


def test_a_plan_made_anew_has_ids_of_its_own() -> None:
    old = plan()
    again = renumbered(old, {"entry-1": 2}, user_id="u")
    assert again.entries[0].replacement == 2
    assert again.entries[0].client_oid != old.entries[0].client_oid
    assert replace(again, entries=old.entries) == old


levels = st.lists(st.integers(51, 69), min_size=1, max_size=6, unique=True).map(
    lambda ks: [f"{k}000" for k in ks]
)


@given(data=st.data(), before=levels, after=levels)
def test_it_never_buys_more_than_the_plan_did_and_touches_only_what_it_must(
    data: st.DataObject, before: list[str], after: list[str]
) -> None:
    parts = [
        (at, str(Decimal(size) / 1000), str(Decimal(data.draw(st.integers(0, size))) / 1000))
        for at in before
        for size in [data.draw(st.integers(1, 50))]
    ]
    standing = found(*parts)
    result = shaped(standing, *after)
    if isinstance(result, Refused):
        return
    new = {leg.client_oid for leg in result.new}
    kept = [leg for leg in result.entries if leg.client_oid not in new]
    left = {one.leg.client_oid: one.left for one in standing.now}
    more = sum((leg.amount or NOTHING for leg in result.new), Decimal(0))
    stays = sum((left[leg.client_oid] for leg in kept), Decimal(0))
    assert more + stays <= sum(left.values())
    assert not new & set(left)
    assert all(leg.price is not None and leg.price > STOP for leg in result.new)
    is_only_moved = any(one.left and str(one.leg.price) not in after for one in standing.now)
    if is_only_moved:
        untouched = {leg.client_oid for leg in kept}
        same = {one.leg.client_oid for one in standing.now if str(one.leg.price) in after}
        assert same <= untouched | {oid for oid in same if not left[oid]}
