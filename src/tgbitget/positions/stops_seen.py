"""What the venue's live stops say of one trade: which stand, which are gone, which were moved, which are in the way. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.ids import ID_PREFIX
from tgbitget.model.intent import Side
from tgbitget.model.market import Market
from tgbitget.model.money import NOTHING, Price, Quantity
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.rules import tighter

# The venue closes a position before its margin is gone, and a stop needs room to be filled in.
LIQUIDATION_MARGIN_PERCENT = Decimal("0.5")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsSeen:
    """`moved` are stops of ours as the venue has them, where that is not as they were sent; `found` are live ones that
    counted as ended here; `attached` are those that our entries brought.
    """

    gone: tuple[Leg, ...] = ()
    moved: tuple[tuple[Leg, VenueStop], ...] = ()
    found: tuple[tuple[Leg, VenueStop], ...] = ()
    attached: tuple[VenueStop, ...] = ()


def stops_seen(
    ledger: Ledger, stops: Iterable[VenueStop], *, is_older: Callable[[Leg], bool]
) -> StopsSeen:
    """*is_older* says whether the send of a leg had ended when *stops* were asked for; younger ones are not judged."""
    plan = ledger.plan
    live = [
        stop
        for stop in stops
        if (stop.symbol, stop.position_side) == (plan.market.symbol, plan.side)
        and stop.kind in (StopKind.POSITION_STOP, StopKind.SIZED_STOP)
    ]
    gone: list[Leg] = []
    moved: list[tuple[Leg, VenueStop]] = []
    for mine in filter(is_older, ledger.stops()):
        stop = next((stop for stop in live if _is(stop, mine)), None)
        if stop is None:
            gone.append(mine)
        elif (stop.trigger_price, stop.amount) != (mine.trigger_price, mine.amount):
            moved.append((mine, stop))
    return StopsSeen(
        gone=tuple(gone),
        moved=tuple(moved),
        found=tuple(
            (leg, stop)
            for stop in live
            if stop.amount is not None and (leg := ledger.ended_stop(stop.client_oid)) is not None
        ),
        attached=tuple(_attached(ledger, live)),
    )


def in_the_way(ledger: Ledger, attached: Sequence[VenueStop]) -> list[VenueStop]:
    """Attached stops that must go once ours stands: at another price, or on a position that is not this trade's alone."""
    return [
        stop for stop in attached if ledger.plan.sizes_stop or stop.trigger_price != ledger.stop
    ]


def own_prices(ledger: Ledger) -> frozenset[Price]:
    """Where a stop of this trade stands or once stood, attached ones included."""
    levels = (
        price
        for leg in ledger.legs_of(Role.ENTRY, Role.STOP)
        for price in (leg.stop_loss, leg.trigger_price)
        if price is not None
    )
    return frozenset({ledger.stop, *levels, *ledger.amended_to.values()})


def covered_by(stops: Iterable[VenueStop], *, side: Side, liquidation: Price | None) -> Quantity:
    """What sized *stops* take in all; one beyond the liquidation is no stop."""
    amounts = (
        stop.amount or NOTHING
        for stop in stops
        if not is_beyond_liquidation(side, stop.trigger_price, liquidation)
    )
    return Quantity(sum(amounts, Decimal(0)))


def not_ours(ledger: Ledger, stops: Iterable[VenueStop]) -> Iterable[VenueStop]:
    """Sized stops on the side of this trade that bear no id of ours."""
    place = (ledger.plan.market.symbol, ledger.plan.side)
    return (
        stop
        for stop in stops
        if (stop.symbol, stop.position_side) == place
        and stop.kind is StopKind.SIZED_STOP
        and not str(stop.client_oid or "").startswith(ID_PREFIX)
    )


def guards_whole(ledger: Ledger, stops: Iterable[VenueStop], *, liquidation: Price | None) -> bool:
    """Whether one of them is of the whole position, whoever placed it: a send without an answer may have."""
    place = (ledger.plan.market.symbol, ledger.plan.side)
    return any(
        (stop.symbol, stop.position_side) == place
        and stop.kind is StopKind.POSITION_STOP
        and not is_beyond_liquidation(ledger.plan.side, stop.trigger_price, liquidation)
        for stop in stops
    )


def is_beyond_liquidation(side: Side, price: Price, liquidation: Price | None) -> bool:
    return liquidation is not None and is_losing(side, price, liquidation)


def within_liquidation(market: Market, side: Side, liquidation: Price) -> Price:
    """The loosest stop that the venue would still come to."""
    distance = liquidation * LIQUIDATION_MARGIN_PERCENT / _WHOLE
    price = market.stop_price(liquidation + side.sign * distance, side)
    assert tighter(side, price, liquidation) == price
    return price


def _is(stop: VenueStop, mine: Leg) -> bool:
    """A position has one stop of the whole of it, whatever its id; a sized one is known by ours."""
    if mine.amount is None:
        return stop.kind is StopKind.POSITION_STOP
    return stop.client_oid == mine.client_oid


def _attached(ledger: Ledger, live: Iterable[VenueStop]) -> Iterable[VenueStop]:
    """Bitget names no parent: they are told by a price that was ours, by no client id of ours, and by what filled."""
    prices = own_prices(ledger)
    left: Decimal = ledger.filled
    for stop in live:
        is_ours_by_id = str(stop.client_oid or "").startswith(ID_PREFIX)
        if stop.amount is None or is_ours_by_id or stop.trigger_price not in prices:
            continue
        if stop.amount <= left:
            left -= stop.amount
            yield stop
