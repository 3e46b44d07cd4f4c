"""What stands, over all trades, is what their ledgers say now, however they came there."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from positions.trades import CHANNEL, MARKET, D, entry, fill, plan, price, quantity
from tgbitget.model.ids import ChannelId, VenueOrderId, client_order_id, signal_id
from tgbitget.model.intent import Side
from tgbitget.model.money import Notional
from tgbitget.model.order import OrderStatus, Placed, Rejected
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.standing import Standing

OTHER = ChannelId("-1002")


def ledger(number: int, channel: ChannelId = CHANNEL) -> Ledger:
    signal = signal_id(channel, number)
    legs = tuple(
        replace(
            entry(n, str(57000 - 100 * n), "0.01"),
            signal=signal,
            client_oid=client_order_id(user_id="u", signal=signal, leg=f"entry-{n}"),
        )
        for n in (1, 2)
    )
    return Ledger(replace(plan(*legs), signal=signal), channel=channel, notional=Notional(D(570)))


def stop_of(of: Ledger) -> Leg:
    return Leg(
        signal=of.plan.signal,
        name="stop",
        client_oid=client_order_id(user_id="u", signal=of.plan.signal, leg="stop"),
        role=Role.STOP,
        symbol=MARKET.symbol,
        side=OrderSide.SELL,
        position_side=Side.LONG,
        type=OrderType.TRIGGER,
        amount=quantity("0.01"),
        trigger_price=price("55000"),
    )


def buy(of: Ledger, number: int) -> None:
    leg = of.plan.entries[number % len(of.plan.entries)]
    of.note_fill(fill(f"b{number}", OrderSide.BUY, "0.005", "57000", oid=leg.client_oid))


def sell(of: Ledger, number: int) -> None:
    of.note_fill(fill(f"s{number}", OrderSide.SELL, "0.003", "58000", seconds=number))


def place(of: Ledger, number: int) -> None:
    leg = of.plan.entries[number % len(of.plan.entries)]
    of.note_placement(
        Placed(client_oid=leg.client_oid, venue_order_id=VenueOrderId(f"v{leg.client_oid}"))
    )


def reject(of: Ledger, number: int) -> None:
    leg = of.plan.entries[number % len(of.plan.entries)]
    of.note_placement(Rejected(client_oid=leg.client_oid, reason="refused", code="1"))


def cancel(of: Ledger, number: int) -> None:
    of.end(of.plan.entries[number % len(of.plan.entries)].client_oid, OrderStatus.CANCELLED)


def move_stop(of: Ledger, number: int) -> None:
    of.stop = price(str(54000 + 100 * number))


def replan(of: Ledger, number: int) -> None:
    of.replan(replace(of.plan, sizes_stop=bool(number % 2)), Notional(D(100 + number)))


CHANGES: tuple[Callable[[Ledger, int], object], ...] = (
    buy,
    sell,
    place,
    reject,
    cancel,
    move_stop,
    replan,
    lambda of, number: of.write_off(),
    lambda of, number: of.add_legs((stop_of(of),)),
    lambda of, number: of.forget(of.fills[0]) if of.fills else None,
    lambda of, number: of.trade(),  # a look fills what is kept
)
steps = st.tuples(
    st.sampled_from(("enter", "leave", *CHANGES)), st.integers(1, 4), st.integers(0, 30)
)


@given(st.lists(steps, max_size=40))
def test_it_is_what_the_ledgers_say_now(course: list[tuple[object, int, int]]) -> None:
    standing, ledgers = Standing(), dict[int, Ledger]()
    for step, trade, number in course:
        if step == "enter":
            ledgers[trade] = ledger(trade, (CHANNEL, OTHER)[trade % 2])
            standing.enter(ledgers[trade])
        elif step == "leave" and trade in ledgers:
            standing.leave(ledgers.pop(trade))
        elif callable(step) and trade in ledgers:
            step(ledgers[trade], number)
        now = ledgers.values()
        assert set(standing.trades()) == {one.trade() for one in now}
        assert standing.at_risk() == {one.plan.signal: at_risk(one) for one in now}
        assert set(standing.filled()) == {one for one in now if one.has_fills}
        assert standing.unshared() == {o.plan.signal for o in now if not o.plan.sizes_stop}
        of_other = {one.trade() for one in now if one.channel == OTHER}
        assert set(standing.trades_of((OTHER,))) == of_other


def test_one_that_gave_way_to_another_of_its_signal_says_nothing_any_more() -> None:
    standing, before, after = Standing(), ledger(7), ledger(7)
    standing.enter(before)
    standing.enter(after)
    standing.leave(after)
    reject(before, 0)
    assert standing.trades() == ()
