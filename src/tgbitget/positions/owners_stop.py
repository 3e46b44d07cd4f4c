"""A stop on our position that is nobody's of ours, an attached one that somebody moved included: the owner's, told once.

Nearer than ours and of all that the trade holds, it would close the trade first: its price is the trade's from then on.
Any other is left alone.
"""

from collections.abc import Iterable

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.ids import ID_PREFIX, VenueOrderId
from tgbitget.model.market import short_symbol
from tgbitget.model.money import NOTHING, Price, exact
from tgbitget.model.position import StopKind, VenueStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.rules import tighter
from tgbitget.positions.stops_seen import own_prices

_Place = tuple[VenueOrderId, Price]


class OwnersStop:
    """What two looks in a row show is so: the list of stops may be a moment ahead of what is known here."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = ledger
        self._seen: frozenset[_Place] = frozenset()
        self._told: set[_Place] = set()

    def look(self, stops: Iterable[VenueStop]) -> None:
        ledger = self._ledger
        if not ledger.has_position or self._desk.shared.is_left_to_others(ledger):
            self._seen = frozenset()
            return
        found = {(s.venue_order_id, s.trigger_price): s for s in stops if self._is_strange(s)}
        again = [place for place in found if place in self._seen and place not in self._told]
        self._seen = frozenset(found)
        for place in again:
            self._told.add(place)
            self._take(found[place])

    def _is_strange(self, stop: VenueStop) -> bool:
        plan = self._ledger.plan
        known = self._desk.shared.together(self._ledger)
        return (
            (stop.symbol, stop.position_side) == (plan.market.symbol, plan.side)
            and stop.kind is StopKind.SIZED_STOP
            and not str(stop.client_oid or "").startswith(ID_PREFIX)
            and not any(stop.trigger_price in own_prices(one) for one in known)
        )

    def _take(self, stop: VenueStop) -> None:
        ledger, price = self._ledger, stop.trigger_price
        is_nearer = tighter(ledger.plan.side, price, ledger.stop) == price
        if is_nearer and (stop.amount or NOTHING) >= ledger.exposure:
            ledger.stop = price
            ledger.causes.append(
                f"a stop that is not ours stands nearer, at {exact(price)}; it is the trade's from now on"
            )
            return
        what = "a stop" if stop.amount is None else f"a stop of {exact(stop.amount)}"
        why = "" if is_nearer else f", and ours at {exact(ledger.stop)} is reached before it"
        text = (
            f"{ledger.plan.side} {short_symbol(ledger.plan.market.symbol)}: {what} at {exact(price)} "
            f"stands at the exchange that is not ours; it is left alone{why}"
        )
        logger.warning("{}", text)
        self._desk.publish(Warned(text=text, signal=ledger.plan.signal))
