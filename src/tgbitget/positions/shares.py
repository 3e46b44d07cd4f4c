"""Whose an exit is that none of our orders explains, on a position that several trades may share. Pure.

What somebody's own hand opened on our position is theirs, and an exit by hand takes theirs first; then the oldest trade
gives, and the next one what is left. A fill is split between them where it has to be, and every part of it is counted
once: the parts follow from the venue's fills and their times alone, whenever and however often those are told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from tgbitget.model.ids import SignalId
from tgbitget.model.intent import Side
from tgbitget.model.money import NOTHING, Quantity
from tgbitget.model.order import Fill
from tgbitget.model.plan import OrderSide

_PRECISION = Decimal("1e-8")
_PART = "~"

OwnerOf = Callable[[Fill], SignalId | None]
"""The trade whose order caused a fill, its children included; None: no order of ours did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """`parts` are the fills of each trade; `by_hand` is what somebody else opened there and has not closed yet.

    `by_hand_from` says how much that was from which moment on, in the order of time.
    """

    parts: Mapping[SignalId, tuple[Fill, ...]]
    by_hand: Quantity
    by_hand_from: tuple[tuple[datetime, Quantity], ...] = ()


def share_out(
    fills: Iterable[Fill],
    *,
    side: Side,
    holders: Sequence[SignalId],
    owner_of: OwnerOf,
    past: Mapping[str, Quantity],
) -> Shared:
    """*fills* are all of one symbol since the oldest of *holders* began; *holders* stand, oldest first.

    *past* says how much of a fill (by `whole_id`) belonged to trades that are over: it is nobody's any more.
    """
    held: dict[SignalId, Decimal] = dict.fromkeys(holders, NOTHING)
    parts: dict[SignalId, list[Fill]] = {signal: [] for signal in holders}
    by_hand: Decimal = NOTHING
    by_hand_from: list[tuple[datetime, Quantity]] = []
    for fill in in_order(fills):
        if fill.position_side not in (None, side):
            continue
        rest = fill.amount - past.get(whole_id(fill), NOTHING)
        if rest <= 0:
            continue
        opens = fill.side is OrderSide.opening(side)
        owner = owner_of(fill)
        if owner in held:
            held[owner] += rest if opens else -rest
            parts[owner].append(part_of(fill, owner, Quantity(rest)))
        elif owner is None and opens:
            by_hand += rest
            by_hand_from.append((fill.at, Quantity(by_hand)))
        elif owner is None:
            theirs = min(by_hand, rest)
            by_hand -= theirs
            by_hand_from.append((fill.at, Quantity(by_hand)))
            rest -= theirs
            for signal in holders:
                mine = min(max(held[signal], NOTHING), rest)
                if mine > 0:
                    held[signal] -= mine
                    rest -= mine
                    parts[signal].append(part_of(fill, signal, Quantity(mine)))
    return Shared(
        parts={signal: tuple(mine) for signal, mine in parts.items()},
        by_hand=Quantity(by_hand),
        by_hand_from=tuple(by_hand_from),
    )


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """By time, then by the venue's number; each once."""
    each = {fill.trade_id: fill for fill in fills}
    return sorted(each.values(), key=lambda fill: (fill.at, _number(fill.trade_id), fill.trade_id))


def part_of(fill: Fill, signal: SignalId, amount: Quantity) -> Fill:
    """So much of *fill*, with its share of the fee, under an id that says whose part it is; all of it is itself."""
    if amount == fill.amount:
        return fill
    share = amount / fill.amount
    return replace(
        fill,
        trade_id=f"{whole_id(fill)}{_PART}{signal}",
        amount=amount,
        fee=(fill.fee * share).quantize(_PRECISION),
        realised=None if fill.realised is None else (fill.realised * share).quantize(_PRECISION),
    )


def whole_id(fill: Fill) -> str:
    """The venue's id of the fill that this one is, or is a part of."""
    return fill.trade_id.partition(_PART)[0]


def _number(trade_id: str) -> int:
    return int(trade_id) if trade_id.isdecimal() else 0
