"""What one trade's orders have done."""

from collections.abc import Callable
from copy import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import START, D, entry, fill, ledger, plan, price, quantity, targets
from tgbitget.model.ids import VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.order import Fill, OrderStatus, Placed, Rejected, VenueOrder
from tgbitget.model.plan import Leg, OrderSide, Role
from tgbitget.model.trade import TradeState
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.ledger import TAKEN_BACK, Ledger, WantedTarget
from tgbitget.positions.orders import stop_leg, target_leg

BUY, SELL = OrderSide.BUY, OrderSide.SELL


def told(leg: Leg, status: OrderStatus, filled: str = "0") -> VenueOrder:
    return VenueOrder(
        venue_order_id=VenueOrderId(f"v-{leg.name}"),
        symbol=leg.symbol,
        side=leg.side,
        status=status,
        amount=leg.amount or quantity("0.01"),
        client_oid=leg.client_oid,
        filled=quantity(filled),
    )


def placed(of: Ledger, leg: Leg) -> None:
    of.add_legs((leg,))
    of.note_placement(
        Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId(f"v-{leg.name}"))
    )


def opened() -> tuple[Ledger, Leg]:
    book = ledger()
    leg = book.plan.entries[0]
    placed(book, leg)
    book.note_fill(fill("1", BUY, "0.01", "57000", oid=leg.client_oid, fee="0.34"))
    return book, leg


def test_a_new_trade_is_pending_then_resting_then_open_then_closed() -> None:
    book = ledger()
    leg = book.plan.entries[0]
    states = [book.state]
    placed(book, leg)
    states.append(book.state)
    book.note_fill(fill("1", BUY, "0.01", "57000", oid=leg.client_oid))
    book.note_order(told(leg, OrderStatus.FILLED, "0.01"))
    states.append(book.state)
    book.note_fill(fill("2", SELL, "0.01", "60000", seconds=5))
    states.append(book.state)
    assert states == [TradeState.PENDING, TradeState.RESTING, TradeState.OPEN, TradeState.CLOSED]


def test_a_trade_whose_entries_were_all_rejected_has_failed() -> None:
    book = ledger()
    book.note_placement(Rejected(client_oid=book.plan.entries[0].client_oid, reason="funds"))
    assert book.state is TradeState.FAILED


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        pytest.param(TAKEN_BACK, TradeState.CANCELLED, id="nobody wanted it any more"),
        pytest.param(f"missed: {TAKEN_BACK}", TradeState.CANCELLED, id="found not to be there"),
        pytest.param("entry_age_seconds_max: too old", TradeState.FAILED, id="our last check"),
    ],
)
def test_what_was_cancelled_before_it_was_sent_has_not_failed(
    reason: str, state: TradeState
) -> None:
    book = ledger()
    book.note_placement(Rejected(client_oid=book.plan.entries[0].client_oid, reason=reason))
    assert book.state is state


def test_a_trade_whose_entries_were_cancelled_unfilled_is_cancelled() -> None:
    book = ledger()
    leg = book.plan.entries[0]
    placed(book, leg)
    book.note_order(told(leg, OrderStatus.CANCELLED))
    assert book.state is TradeState.CANCELLED


def test_the_same_fill_twice_counts_once() -> None:
    book, leg = opened()
    assert not book.note_fill(fill("1", BUY, "0.01", "57000", oid=leg.client_oid))
    assert book.amount == quantity("0.01")


def test_the_order_may_tell_of_a_fill_before_the_fill_comes() -> None:
    book = ledger()
    leg = book.plan.entries[0]
    book.note_order(told(leg, OrderStatus.FILLED, "0.01"))
    assert book.has_position
    assert book.misses_fills
    book.note_fill(fill("1", BUY, "0.01", "57000", oid=leg.client_oid))
    assert not book.misses_fills
    assert book.state is TradeState.OPEN


def test_a_push_may_come_before_the_answer_to_the_request() -> None:
    book = ledger()
    leg = book.plan.entries[0]
    book.note_fill(fill("1", BUY, "0.01", "57000", oid=leg.client_oid))
    book.note_placement(Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId("v")))
    assert book.state is TradeState.OPEN


def test_profit_is_what_was_closed_less_every_fee() -> None:
    book, _ = opened()
    book.note_fill(fill("2", SELL, "0.004", "60000", fee="0.14", seconds=9))
    assert book.entry == price("57000")
    assert book.realised == D("0.004") * 3000 - D("0.34") - D("0.14")


def test_a_short_wins_when_the_price_falls() -> None:
    book = ledger(
        plan(
            entry(1, "57000", "0.01", side=Side.SHORT, stop="59000"),
            side=Side.SHORT,
            stop="59000",
            aims=("55000",),
        )
    )
    book.note_fill(fill("1", SELL, "0.01", "57000", oid=book.plan.entries[0].client_oid))
    book.note_fill(fill("2", BUY, "0.01", "55000", seconds=1))
    assert book.realised == D("20")


def test_a_close_by_hand_is_followed() -> None:
    book, _ = opened()
    by_hand = fill("9", SELL, "0.006", "57500", seconds=3)
    assert book.note_fill(by_hand)
    assert book.role_of(by_hand) is Role.CLOSE
    assert book.amount == quantity("0.004")


def test_what_others_opened_is_not_ours() -> None:
    book, _ = opened()
    assert not book.note_fill(fill("9", BUY, "1", "57500", seconds=3))
    assert book.amount == quantity("0.01")


def test_an_exit_older_than_our_entry_is_another_trade_s() -> None:
    book, _ = opened()
    assert not book.note_fill(fill("9", SELL, "0.01", "57500", seconds=-3))


def test_another_symbol_is_not_ours() -> None:
    book, _ = opened()
    assert not book.note_fill(fill("9", SELL, "0.01", "57500", seconds=3, symbol="ETH/USDT:USDT"))


def test_a_filled_take_profit_is_a_target_reached() -> None:
    book, _ = opened()
    wanted = WantedTarget(number=2, price=price("65000"), amount=quantity("0.005"))
    leg = target_leg(book.plan, wanted, user_id="u", replacement=0)
    placed(book, leg)
    assert book.note_order(told(leg, OrderStatus.FILLED)) is leg
    assert book.reached == {2}
    assert book.note_order(told(leg, OrderStatus.FILLED)) is None, "told twice, ended once"


def test_a_cancelled_take_profit_reached_nothing() -> None:
    book, _ = opened()
    leg = target_leg(
        book.plan,
        WantedTarget(number=1, price=price("60000"), amount=quantity("0.005")),
        user_id="u",
        replacement=0,
    )
    placed(book, leg)
    book.note_order(told(leg, OrderStatus.CANCELLED))
    assert book.reached == set()


def test_a_venue_made_order_is_ours_through_its_parent() -> None:
    book, _ = opened()
    stop = stop_leg(book.plan, user_id="u", price=price("55000"), replacement=0)
    placed(book, stop)
    child = fill("3", SELL, "0.01", "54990", order="child", seconds=8)
    assert not book.ordered(child)
    book.link(VenueOrderId("child"), stop)
    assert book.ordered(child)
    assert book.role_of(child) is Role.STOP


def test_exits_are_asked_about_from_the_nearest_on() -> None:
    book, _ = opened()
    stop = stop_leg(book.plan, user_id="u", price=price("55000"), replacement=0)
    aim = target_leg(
        book.plan,
        WantedTarget(number=1, price=price("60000"), amount=quantity("0.01")),
        user_id="u",
        replacement=0,
    )
    for leg in (stop, aim):
        placed(book, leg)
    assert book.exits_near(price("59990"))[0] is aim
    assert {leg.name for leg in book.exits_near(price("55010"))[:2]} == {"stop", "entry-1"}


def test_an_attached_stop_that_fired_is_a_stop_of_its_entry() -> None:
    book, leg = opened()
    child = fill("3", SELL, "0.01", "54990", order="child", seconds=8)
    book.link(VenueOrderId("child"), leg)
    assert book.role_of(child) is Role.STOP
    assert book.cause_of(child) == leg.client_oid
    assert book.note_fill(child)
    assert book.is_flat_again


def test_a_position_that_vanished_is_written_off_until_something_fills_again() -> None:
    book, leg = opened()
    book.write_off()
    assert not book.has_position
    assert book.is_flat_again
    book.note_fill(fill("5", BUY, "0.01", "57000", oid=leg.client_oid, seconds=20))
    assert book.has_position


def test_writing_off_nothing_changes_nothing() -> None:
    book = ledger()
    book.write_off()
    book.note_fill(fill("1", BUY, "0.01", "57000", oid=book.plan.entries[0].client_oid))
    assert book.has_position


FILLS = st.lists(
    st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 50), st.integers(50000, 60000)),
    max_size=12,
)


@given(fills=FILLS, order=st.randoms(use_true_random=False))
def test_money_adds_up_whatever_comes_twice(
    fills: list[tuple[OrderSide, int, int]], order: object
) -> None:
    """Realised profit is the cash that came in less what the open part cost, and never negative amounts."""
    book = ledger()
    oid = book.plan.entries[0].client_oid
    accepted: list[Fill] = []
    for number, (side, lots, at) in enumerate(fills):
        amount = str(Decimal(lots) / 10000)
        news = fill(
            str(number), side, amount, str(at), oid=oid if side is BUY else None, seconds=number
        )
        if book.note_fill(news):
            accepted.append(news)
        assert not book.note_fill(news)
    cash = sum(((f.amount * f.price) * (1 if f.side is SELL else -1) for f in accepted), Decimal(0))
    assert book.amount >= 0
    if book.entry is not None and book.filled >= book.left:
        difference = book.realised - (cash + book.amount * book.entry)
        assert abs(difference) < Decimal("0.000001")


@pytest.mark.parametrize("replacement", [0, 1, 7])
def test_a_replaced_stop_has_an_id_of_its_own(replacement: int) -> None:
    legs = {
        stop_leg(plan(), user_id="u", price=price("55000"), replacement=n).client_oid
        for n in range(replacement + 1)
    }
    assert len(legs) == replacement + 1


def test_new_targets_count_on_so_that_a_reached_one_stays_reached() -> None:
    book, _ = opened()
    aim = WantedTarget(number=1, price=price("60000"), amount=quantity("0.005"))
    leg = target_leg(book.plan, aim, user_id="u", replacement=0)
    placed(book, leg)
    book.note_order(told(leg, OrderStatus.FILLED))
    assert book.reached_place == 1
    book.set_targets(targets("62000", "64000"))
    assert [target.number for target in book.targets] == [3, 4]
    assert book.reached_place == 0


def test_exposure_is_the_most_that_orders_and_fills_tell() -> None:
    book = ledger()
    leg = book.plan.entries[0]
    book.note_order(told(leg, OrderStatus.PARTLY_FILLED, "0.006"))
    assert book.exposure == quantity("0.006")
    book.note_fill(fill("1", BUY, "0.004", "57000", oid=leg.client_oid))
    assert book.exposure == quantity("0.006")
    book.note_fill(fill("2", BUY, "0.006", "57000", oid=leg.client_oid))
    book.note_fill(fill("3", SELL, "0.003", "58000", seconds=4))
    assert book.exposure == quantity("0.007")


def test_a_leg_s_replacements_are_counted() -> None:
    book, _ = opened()
    for replacement in range(3):
        assert book.count("stop") == replacement
        book.add_legs(
            (stop_leg(book.plan, user_id="u", price=price("55000"), replacement=replacement),)
        )


def _written(book: Ledger, leg: Leg, number: int) -> None:
    book.note_fill(fill(str(number), BUY, "0.001", "57000", oid=leg.client_oid, fee="0.1"))


def _forgotten(book: Ledger, leg: Leg, number: int) -> None:
    for one in book.fills[:1]:
        book.forget(one)


CHANGES: dict[str, Callable[[Ledger, Leg, int], object]] = {
    "a leg": lambda book, leg, n: book.add_legs((entry(2, "56000", "0.01"),)),
    "placed": lambda book, leg, n: placed(book, leg),
    "rejected": lambda book, leg, n: book.note_placement(
        Rejected(client_oid=leg.client_oid, reason="no", code="1")
    ),
    "an order": lambda book, leg, n: book.note_order(told(leg, OrderStatus.LIVE, "0.002")),
    "its end": lambda book, leg, n: book.end(leg.client_oid, OrderStatus.CANCELLED),
    "a fill": _written,
    "an exit": lambda book, leg, n: book.note_fill(fill(str(n), SELL, "0.001", "59000", seconds=n)),
    "forgotten": _forgotten,
    "funding": lambda book, leg, n: book.note_funding(str(n), D("-0.1"), START),
    "written off": lambda book, leg, n: book.write_off(),
    "a child": lambda book, leg, n: book.link(VenueOrderId(str(n)), leg),
    "sent again": lambda book, leg, n: book.reopen(leg),
    "a stop moved": lambda book, leg, n: setattr(book, "stop", price(f"5{n % 9}000")),
}


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=12))
def test_what_is_reckoned_once_is_reckoned_anew_after_each_change(changes: list[str]) -> None:
    book = ledger()
    leg = book.plan.entries[0]
    for number, change in enumerate(changes, 1):
        CHANGES[change](book, leg, number)
        fresh = copy(book)
        fresh._reckoned = {}
        assert book.trade() == fresh.trade(), change
        assert at_risk(book) == at_risk(fresh), change
        assert book.realised_before(START) == fresh.realised_before(START), change
