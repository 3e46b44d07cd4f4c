"""Whose an exit is that nobody ordered, where several trades stand on one position."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from positions.trades import START, D, fill, quantity
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide
from tgbitget.positions.shares import Shared, in_order, share_out, whole_id

BUY, SELL = OrderSide.BUY, OrderSide.SELL
OLD, NEW = SignalId("-1001/1"), SignalId("-1001/2")


def owner_of(fill: Fill) -> SignalId | None:
    """In these tests an order's id names its trade."""
    name = fill.venue_order_id.partition(":")[0]
    return SignalId(name) if name in (OLD, NEW) else None


def shared(*fills: Fill, past: dict[str, Quantity] | None = None) -> Shared:
    return share_out(fills, side=Side.LONG, holders=(OLD, NEW), owner_of=owner_of, past=past or {})


def opened(by: SignalId, amount: str, *, trade_id: str, seconds: float = 0) -> Fill:
    return fill(trade_id, BUY, amount, "57000", order=f"{by}:entry", seconds=seconds)


def by_hand(side: OrderSide, amount: str, *, trade_id: str = "9", seconds: float = 9) -> Fill:
    return fill(trade_id, side, amount, "58000", order="hand", fee="0.3", seconds=seconds)


BOTH = (opened(OLD, "0.3", trade_id="1"), opened(NEW, "0.5", trade_id="2", seconds=1))


@pytest.mark.parametrize(
    ("fills", "left", "theirs"),
    [
        pytest.param((by_hand(SELL, "0.2"),), ("0.1", "0.5"), "0", id="the oldest gives"),
        pytest.param((by_hand(SELL, "0.4"),), ("0", "0.4"), "0", id="then the next"),
        pytest.param((by_hand(SELL, "0.8"),), ("0", "0"), "0", id="all of it"),
        pytest.param((by_hand(SELL, "1.5"),), ("0", "0"), "0", id="more than there is"),
        pytest.param((by_hand(BUY, "0.2"),), ("0.3", "0.5"), "0.2", id="what is added is theirs"),
        pytest.param(
            (by_hand(BUY, "0.2", trade_id="8", seconds=5), by_hand(SELL, "0.3")),
            ("0.2", "0.5"),
            "0",
            id="theirs goes first",
        ),
        pytest.param(
            (by_hand(SELL, "0.2", trade_id="8", seconds=0.5), by_hand(SELL, "0.2")),
            ("0", "0.4"),
            "0",
            id="before the second had opened, only the first could give",
        ),
        pytest.param(
            (fill("8", SELL, "0.5", "58000", order=f"{NEW}:stop", seconds=5),),
            ("0.3", "0"),
            "0",
            id="an order of ours is its trade's, however old the others are",
        ),
    ],
)
def test_what_is_left_to_each(fills: tuple[Fill, ...], left: tuple[str, str], theirs: str) -> None:
    found = shared(*BOTH, *fills)
    assert tuple(open_of(found.parts[signal]) for signal in (OLD, NEW)) == tuple(map(D, left))
    assert found.by_hand == D(theirs)


def test_a_split_fill_names_its_parts_and_shares_the_fee() -> None:
    found = shared(*BOTH, by_hand(SELL, "0.4"))
    old, new = (found.parts[signal][-1] for signal in (OLD, NEW))
    assert [whole_id(part) for part in (old, new)] == ["9", "9"]
    assert old.trade_id != new.trade_id
    assert old.fee + new.fee == D("0.3")
    assert (old.amount, new.amount) == (D("0.3"), D("0.1"))


def test_what_a_trade_that_is_over_had_is_nobody_s_any_more() -> None:
    hand = by_hand(SELL, "0.4")
    before = shared(*BOTH, hand).parts[NEW]
    after = share_out(
        (BOTH[1], hand),
        side=Side.LONG,
        holders=(NEW,),
        owner_of=owner_of,
        past={"1": quantity("0.3"), "9": quantity("0.3")},
    )
    assert after.parts[NEW] == before, "the same part, under the same id"


def test_the_other_side_of_a_hedge_is_another_position() -> None:
    other = replace(by_hand(BUY, "0.2"), position_side=Side.SHORT)
    assert shared(*BOTH, other) == shared(*BOTH)


def open_of(fills: tuple[Fill, ...]) -> Decimal:
    return sum((f.amount if f.side is BUY else -f.amount for f in fills), Decimal(0))


@dataclass
class Exchange:
    """One position of one-way mode, as the venue keeps it: what happened there, in order."""

    fills: list[Fill] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def trade(self, who: str, lots: int) -> None:
        """More than what is open is not closed; of our orders, no more than that trade's."""
        if lots < 0 and (who == "hand" or not self.held.get(who)):
            who, lots = "hand", -min(-lots, sum(self.held.values()))
        elif lots < 0:
            lots = -min(-lots, self.held[who])
        if not lots:
            return
        self._note(who, lots)
        self.fills.append(
            fill(
                str(next(self.ids)),
                BUY if lots > 0 else SELL,
                str(abs(lots)),
                str(57000 + len(self.fills)),
                order=f"{who}:order",
                fee="0.01",
                seconds=len(self.fills) // 2,  # two at a time, in the same instant
            )
        )

    def _note(self, who: str, lots: int) -> None:
        if lots > 0 or who != "hand":
            self.held[who] = self.held.get(who, 0) + lots
            return
        for one in ("hand", OLD, NEW):
            part = min(self.held.get(one, 0), -lots)
            self.held[one] = self.held.get(one, 0) - part
            lots += part


TRADES = st.lists(st.tuples(st.sampled_from([OLD, NEW, "hand"]), st.integers(-9, 9)), max_size=25)


@given(trades=TRADES, chance=st.randoms(use_true_random=False))
def test_parts_add_up_to_the_position_whatever_the_order_of_the_news(
    trades: list[tuple[str, int]], chance: Random
) -> None:
    """Shuffled and doubled, the same fills end in the same parts; none is counted twice."""
    exchange = Exchange()
    for who, lots in trades:
        exchange.trade(who, lots)
    told = shared(*exchange.fills)
    news = [*exchange.fills, *chance.sample(exchange.fills, len(exchange.fills) // 2)]
    chance.shuffle(news)
    assert shared(*news) == told
    held = {signal: open_of(parts) for signal, parts in told.parts.items()}
    assert held == {signal: exchange.held.get(signal, 0) for signal in (OLD, NEW)}
    assert told.by_hand == exchange.held.get("hand", 0)
    for whole in exchange.fills:
        parts = [p for own in told.parts.values() for p in own if whole_id(p) == whole.trade_id]
        assert sum((p.amount for p in parts), Decimal(0)) <= whole.amount
        assert len({p.trade_id for p in parts}) == len(parts)


@given(trades=TRADES, seen=st.integers(0, 25))
def test_what_was_said_of_the_first_fills_stays_true(
    trades: list[tuple[str, int]], seen: int
) -> None:
    """Later fills change nothing in what was shared out before: a ledger never has to take a part back."""
    exchange = Exchange()
    for who, lots in trades:
        exchange.trade(who, lots)
    early, late = shared(*exchange.fills[:seen]), shared(*exchange.fills)
    for signal in (OLD, NEW):
        assert late.parts[signal][: len(early.parts[signal])] == early.parts[signal]


def test_fills_of_one_moment_go_by_the_venue_s_number() -> None:
    fills = [fill(number, BUY, "1", "57000") for number in ("10", "9", "2")]
    assert [f.trade_id for f in in_order(fills)] == ["2", "9", "10"]
    assert all(f.at - START == timedelta(0) for f in fills)
