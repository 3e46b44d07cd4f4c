"""The stops that entries carry: changed while the entries rest, so that a move leaves none at another price."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Price, exact
from tgbitget.model.order import Rejected
from tgbitget.model.plan import Leg, OrderType, Role
from tgbitget.positions.amendments import amended, carried, in_flight, is_behind
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.sender import Sender
from tgbitget.positions.wishes import Wishes

FIRST_PAUSE_SECONDS = 5.0
PAUSE_SECONDS_MAX = 60.0

SettleBeside = Callable[[Leg, datetime], None]


class Attached:
    """Where Bitget refuses, the owner is told and it is tried again; what fills meanwhile is covered by our own stop."""

    def __init__(self, desk: Desk, ledger: Ledger, wishes: Wishes, *, sender: Sender) -> None:
        self._desk = desk
        self._ledger = ledger
        self._wishes = wishes
        self._sender = sender
        self._tries: dict[str, tuple[Price, int, float]] = {}  # to which stop, how many, until when

    async def follow(self) -> None:
        """Every entry that rests carries the stop that the trade has now."""
        ledger = self._ledger
        misfits = [
            leg
            for leg in ledger.placed(Role.ENTRY)
            if leg.type is not OrderType.MARKET
            and carried(ledger, leg) not in (None, ledger.stop)
            and not self._wishes.forbid(leg)
            and in_flight(ledger, leg) is None
            and leg.client_oid not in ledger.by_hand.moved
        ]
        async with asyncio.TaskGroup() as tasks:
            for leg in misfits:
                if is_behind(leg, ledger.stop):
                    self._give_up(leg)
                else:
                    tasks.create_task(self._amend(leg, ledger.stop))

    def _give_up(self, leg: Leg) -> None:
        """The stop would be reached before this entry is: it can only open what must not stand."""
        level = leg.price or leg.trigger_price
        assert level is not None, "only an entry with a price rests"
        self._wishes.dropped |= {level}
        self._ledger.causes.append(f"{leg.name} at {exact(level)} is behind the stop")

    async def _amend(self, leg: Leg, stop: Price) -> None:
        to, count, until = self._tries.get(leg.name, (stop, 0, 0.0))
        now = self._desk.clock.monotonic()
        if to != stop:
            count = 0
        elif now < until:
            return
        pause = min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2**count)
        self._tries[leg.name] = (stop, count + 1, now + pause)
        if count == 1:
            self._say(leg, stop, "it accepted a change and did not make it")
        new = amended(self._ledger, leg, stop, user_id=self._desk.user_id)
        end = await self._sender.amend(leg, new)
        if isinstance(end, Rejected):
            if count == 0:
                self._say(leg, stop, end.reason)
                self._tries[leg.name] = (stop, 2, now + pause)
        elif leg.type is OrderType.TRIGGER and end is None:
            self._ledger.amended_to[leg.client_oid] = stop

    def _say(self, leg: Leg, stop: Price, reason: str) -> None:
        old = carried(self._ledger, leg)
        logger.warning("{} keeps its stop: {}", leg.name, reason)
        text = (
            f"{leg.symbol}: Bitget leaves the stop of {leg.name} at {exact(old) if old else 'none'} ({reason}). "
            f"What fills is covered at {exact(stop)} by a stop of its own; we try again."
        )
        self._desk.publish(Warned(text=text, signal=leg.signal))
