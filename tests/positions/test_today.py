"""What was realised since midnight UTC, and funding's share in it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import CHANNEL, START, D, fill, ledger
from tgbitget.clock import FakeClock
from tgbitget.model.funding import Funding
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.plan import OrderSide
from tgbitget.positions.funding import shares
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.today import Today, midnight

BUY, SELL = OrderSide.BUY, OrderSide.SELL
YESTERDAY = -86400.0  # seconds from START, noon of its day
A, B = SignalId("-1001/1"), SignalId("-1001/2")


def trade(*exits: tuple[str, float]) -> Ledger:
    """Bought long ago at 57000; each exit of 0.002 at a price, so many seconds from noon."""
    book = ledger()
    oid = book.plan.entries[0].client_oid
    book.note_fill(fill("0", BUY, "0.01", "57000", oid=oid, fee="1", seconds=3 * YESTERDAY))
    for number, (price, seconds) in enumerate(exits, 1):
        book.note_fill(fill(str(number), SELL, "0.002", price, seconds=seconds))
    return book


def today(now: datetime = START) -> Today:
    return Today(FakeClock(now))


def test_of_an_open_trade_only_what_it_realised_today_counts() -> None:
    book = trade(("58000", YESTERDAY), ("56000", 0))
    assert book.realised == D("-1")
    assert today().realised([book]) == D("-2"), "yesterday's profit and fee are yesterday's"


def test_of_a_trade_that_ended_today_only_what_it_realised_today_counts() -> None:
    book = trade(("58000", YESTERDAY), ("56000", 0))
    ended = today()
    ended.remember(START, book.trade(), before=book.realised_before(midnight(START)))
    assert ended.realised([]) == D("-2")
    ended.remember(START, book.trade(), before=book.realised_before(midnight(START)))
    assert ended.realised([]) == D("-2"), "told again, it counts once"


def test_what_ended_before_midnight_is_forgotten_at_midnight() -> None:
    clock = FakeClock(START)
    counted = Today(clock)
    counted.remember(START, trade(("56000", 0)).trade(), before=D("0"))
    assert counted.realised([]) != 0
    clock.advance(timedelta(hours=12).total_seconds())
    assert counted.realised([]) == 0


def test_a_channel_s_part_is_its_own() -> None:
    book = trade(("56000", 0))
    assert today().realised([book], [CHANNEL]) == D("-2")
    assert today().realised([book], [ChannelId("-1002")]) == 0


def test_funding_counts_on_the_day_it_fell_due_and_once() -> None:
    book = trade()
    for _ in range(2):
        book.note_funding("yesterday", D("-0.5"), START + timedelta(days=-1))
        book.note_funding("today", D("-0.2"), START)
    assert book.funding == D("-0.7")
    assert today().realised([book]) == D("-0.2")


def bill(amount: str, *, bill_id: str = "1", seconds: float = 0) -> Funding:
    at = START + timedelta(seconds=seconds)
    return Funding(bill_id=bill_id, symbol="BTC/USDT:USDT", amount=D(amount), at=at)


@pytest.mark.parametrize(
    ("bills", "held", "parts"),
    [
        pytest.param((bill("-3"),), {A: "1", B: "2", None: "0"}, {A: "-1", B: "-2"}, id="by size"),
        pytest.param((bill("-3"),), {A: "1", None: "2"}, {A: "-1"}, id="the rest is not ours"),
        pytest.param(
            (bill("-3"), bill("1", bill_id="2", seconds=0.2)),
            {A: "3", B: "-1", None: "0"},
            {A: "-3", B: "1"},
            id="a long pays what a short gets",
        ),
        pytest.param(
            (bill("-3"), bill("3", bill_id="2")), {A: "3", B: "-3", None: "0"}, {}, id="even"
        ),
        pytest.param((bill("-3"),), {None: "0"}, {}, id="nobody held"),
    ],
)
def test_funding_is_shared_by_what_was_held(
    bills: tuple[Funding, ...], held: dict[SignalId | None, str], parts: dict[SignalId, str]
) -> None:
    found = shares(bills, lambda _symbol, _at: {name: D(amount) for name, amount in held.items()})
    assert {share.signal: share.amount for share in found} == {s: D(a) for s, a in parts.items()}


@given(
    rate=st.integers(-30, 30),
    held=st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=5),
)
def test_shares_are_what_each_would_have_paid_alone(rate: int, held: list[int]) -> None:
    each = Decimal(rate) / 10000
    bills = [bill(str(-amount * each), bill_id=str(n)) for n, amount in enumerate(held)]
    names = {SignalId(f"-1001/{n}"): D(amount) for n, amount in enumerate(held)}
    found = {share.signal: share.amount for share in shares(bills, lambda *_: dict(names))}
    if sum(held):
        assert all(abs(found[s] + amount * each) < D("1e-7") for s, amount in names.items())
