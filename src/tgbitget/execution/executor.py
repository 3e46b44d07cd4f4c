"""Sends legs that the journal already holds. Every send has one of three ends: rejected, placed, unknown.

An unknown one is recorded and told as such, its symbol is closed to entries, and it is asked about until it is one of the
other two. Only when its absence is proven, and while it is still wanted, it is sent again. Position stops and closes of a
whole position are sent again at once: repeated, they do no harm, and missing, they do.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from math import inf
from typing import Protocol

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import (
    OutcomeUnknown,
    VenueError,
    VenueLocked,
    VenueRejected,
    VenueThrottled,
)
from tgbitget.execution.locks import SymbolLocks
from tgbitget.execution.reconcile import (
    VISIBILITY_SECONDS,
    WAITS_SECONDS,
    Absent,
    Reconciler,
    endless,
)
from tgbitget.model.event import Publish, SendEnded, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.order import OrderStatus, Placed, Placement, Rejected, Sent, Unknown, VenueOrder
from tgbitget.model.plan import Leg, Role
from tgbitget.model.position import VenueStop
from tgbitget.venues.orders import endpoint_of
from tgbitget.venues.pacing import Pacing
from tgbitget.venues.venue import Venue

StillWanted = Callable[[], str | None]
"""Asked right before each send: None, or the reason why not any more (its age, the price, the position's end)."""

# The pace of cancels and of changes is counted apart from that of orders.
CANCELS = "cancel"
AMENDS = "amend"


class Placements(Protocol):
    """The part of the journal that is written here."""

    async def record_placement(self, signal: SignalId, placement: Placement) -> None: ...


class CancelEnd(StrEnum):
    CANCELLED = "cancelled"
    """The venue took the cancel; what filled before stays filled."""
    NOT_LIVE = "not_live"
    """There was nothing to cancel: filled, gone, or never there. `Venue.order` tells which."""
    NOT_YET = "not_yet"
    """It may be live still; the cancel is to be repeated."""


class Executor:
    def __init__(
        self,
        *,
        venue: Venue,
        journal: Placements,
        clock: Clock,
        publish: Publish,
        pacing: Pacing,
        locks: SymbolLocks,
        reconciler: Reconciler | None = None,
        visibility_seconds: float = VISIBILITY_SECONDS,
        waits_seconds: tuple[float, ...] = WAITS_SECONDS,
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._pacing = pacing
        self._locks = locks
        self._reconciler = reconciler or Reconciler(venue, clock)
        self._visibility_seconds = visibility_seconds
        self._waits = waits_seconds

    # sending

    async def send(
        self, leg: Leg, *, still_wanted: StillWanted, is_repeatable: bool | None = None
    ) -> Placement:
        """Placed or Rejected, recorded; Unknown only when interrupted. JournalError after the answer, never before it.

        A rejection without a venue's code is ours: `still_wanted` had a reason. *is_repeatable* says of an exit of
        known size that it takes the whole position, and so may be sent again at once.
        """
        prefix = ""
        while True:
            placement, sent_at = await self.send_once(leg, still_wanted=still_wanted, prefix=prefix)
            if not isinstance(placement, Unknown):
                return placement
            settled = await self.settle(
                leg, sent_at, still_wanted=still_wanted, is_repeatable=is_repeatable
            )
            if settled is not None:
                return settled
            prefix = "missed: "

    async def send_once(
        self, leg: Leg, *, still_wanted: StillWanted = lambda: None, prefix: str = ""
    ) -> tuple[Placement, datetime]:
        """As `send`, and when it was signed; an Unknown, recorded too, is the caller's to settle."""
        while True:
            if leg.role is Role.ENTRY:
                await self._locks.free(leg.symbol)
            async with self._pacing.order(endpoint_of(leg), is_exit=is_exit(leg)) as turn:
                if leg.role is Role.ENTRY and self._locks.is_held(leg.symbol):
                    turn.give_back()
                    continue
                sent_at = self._clock.now()
                reason = still_wanted()
                if reason is not None:
                    turn.give_back()
                    placement: Placement | None = _rejected(leg, prefix + reason)
                else:
                    placement = await self._attempt(leg)
            if placement is not None:  # None: refused for pace, nothing was accepted
                return await self._end(leg, placement), sent_at

    async def settle(
        self,
        leg: Leg,
        sent_at: datetime,
        *,
        still_wanted: StillWanted,
        is_repeatable: bool | None = None,
    ) -> Placement | None:
        """What became of a send whose end is unknown, recorded; None when it is proven absent, and nothing is recorded."""
        with self._locks.held(leg.symbol):
            if _takes_all(leg) if is_repeatable is None else is_repeatable:
                return await self._end(leg, await self._repeat(leg, still_wanted))
            settled = await self._reconciler.settle(leg, sent_at)
        if isinstance(settled, Absent):
            logger.warning("{} never reached the venue", leg.client_oid)
            return None
        return await self._end(leg, settled)

    async def _attempt(self, leg: Leg) -> Placement | None:
        """One request. None when the venue refused it for pace."""
        sent_at, began = self._clock.now(), self._clock.monotonic()
        placement = await self._attempt_untimed(leg)
        if placement is None:
            return None
        answered_us = round((self._clock.monotonic() - began) * 1e6)
        return replace(placement, sent=Sent(at=sent_at, answered_us=answered_us))

    async def _attempt_untimed(self, leg: Leg) -> Placement | None:
        try:
            return Placed(client_oid=leg.client_oid, venue_order_id=await self._venue.place(leg))
        except VenueThrottled as error:
            logger.warning("{} has to wait: {}", leg.client_oid, error)
            self._pacing.pause(endpoint_of(leg), error.retry_after_seconds)
            return None
        except VenueRejected as error:
            return _rejected(leg, str(error), error.code)
        except VenueLocked as error:
            self._publish(Warned(text=str(error), signal=leg.signal, is_urgent=True))
            return _rejected(leg, str(error), error.code)
        except OutcomeUnknown as error:
            logger.warning("Nobody knows what became of {}: {}", leg.client_oid, error)
            return Unknown(client_oid=leg.client_oid, reason=str(error), code=error.code)
        except asyncio.CancelledError:
            await self._end(
                leg,
                Unknown(client_oid=leg.client_oid, reason="interrupted while it was being sent"),
            )
            raise

    async def _repeat(self, leg: Leg, still_wanted: StillWanted) -> Placement:
        """Send again until the venue has it, or says that there is nothing to guard or close.

        Given up by us, it counts as rejected without a proof of absence: were it there, it would do no harm.
        """
        for wait in endless((0.0, *self._waits)):
            await self._clock.sleep(wait)
            reason = still_wanted()
            if reason is not None:
                found, _ = await self._look(leg)
                return found or _rejected(leg, reason)
            async with self._pacing.order(endpoint_of(leg), is_exit=True):
                placement = await self._attempt(leg)
            if isinstance(placement, Placed):
                return placement
            if placement is None:
                continue
            # A refusal or a duplicate id may mean that the first one did its work.
            found, is_answered = await self._look(leg)
            if found is not None:
                return found
            if isinstance(placement, Rejected) and is_answered:
                return placement
        raise AssertionError("unreachable: the waits never end")

    async def _look(self, leg: Leg) -> tuple[Placed | None, bool]:
        """What the venue has under this client id, and if it answered at all."""
        try:
            order = await self._venue.order(leg)
        except VenueError as error:
            logger.warning("Asked about {}, without an answer: {}", leg.client_oid, error)
            return None, False
        if order is None:
            return None, True
        return Placed(client_oid=leg.client_oid, venue_order_id=order.venue_order_id), True

    async def _end(self, leg: Leg, placement: Placement) -> Placement:
        # Told first: the journal's disk is no reason to keep a person, or the position's keeper, waiting.
        self._publish(SendEnded(signal=leg.signal, placement=placement, leg=leg))
        await self._journal.record_placement(leg.signal, placement)
        return placement

    # stops that orders carry, or brought

    async def amend_stop(
        self, leg: Leg, amended: Leg
    ) -> tuple[Rejected | Unknown | None, datetime]:
        """As `Venue.amend_stop`, and when it was signed. None: taken, and perhaps being done still; nothing is recorded."""
        while True:
            async with self._pacing.order(AMENDS, is_exit=True):
                sent_at = self._clock.now()
                try:
                    await self._venue.amend_stop(leg, amended)
                except VenueThrottled as error:
                    self._pacing.pause(AMENDS, error.retry_after_seconds)
                except (VenueRejected, VenueLocked) as error:
                    return _rejected(amended, str(error), error.code), sent_at
                except OutcomeUnknown as error:
                    reason, code = str(error), error.code
                    return Unknown(client_oid=amended.client_oid, reason=reason, code=code), sent_at
                else:
                    return None, sent_at

    async def cancel_stop(self, stop: VenueStop) -> bool:
        """Once; False when it is not known to be gone."""
        try:
            async with self._pacing.order(CANCELS, is_exit=True):
                await self._venue.cancel_stop(stop)
        except VenueThrottled as error:
            self._pacing.pause(CANCELS, error.retry_after_seconds)
        except VenueError as error:
            text = "The stop of {} at {} is not known to be cancelled: {}"
            logger.warning(text, stop.symbol, stop.trigger_price, error)
        else:
            return True
        return False

    # cancelling

    async def cancel(self, leg: Leg, *, within_seconds: float = inf) -> CancelEnd:
        """Until the order is not live any more, or for so long: a cancel may be repeated. VenueLocked."""
        missing_since: float | None = None
        until = self._clock.monotonic() + within_seconds
        for wait in endless(self._waits):
            try:
                async with self._pacing.order(CANCELS, is_exit=True):
                    await self._venue.cancel(leg)
            except VenueThrottled as error:
                self._pacing.pause(CANCELS, error.retry_after_seconds)
                continue
            except (VenueRejected, OutcomeUnknown) as error:
                logger.warning("The cancel of {} did not succeed: {}", leg.client_oid, error)
            else:
                return CancelEnd.CANCELLED
            now = self._clock.monotonic()
            match await self._status(leg):
                case OrderStatus.CANCELLED:
                    return CancelEnd.CANCELLED
                case OrderStatus.FILLED:
                    return CancelEnd.NOT_LIVE
                case "absent":
                    # A young order may not be visible yet.
                    missing_since = now if missing_since is None else missing_since
                    if now - missing_since >= self._visibility_seconds:
                        return CancelEnd.NOT_LIVE
                case _ if now >= until:
                    return CancelEnd.NOT_YET
                case _:
                    missing_since = None
            await self._clock.sleep(wait)
        raise AssertionError("unreachable: the waits never end")

    # changing

    async def amend_plan(self, amended: Leg, *, within_seconds: float) -> OrderStatus | None:
        """Until the waiting order is as *amended*: LIVE. Otherwise how the venue has it now, None: it does not say.

        A change that was refused is not repeated; whether a lost one was done is asked, and it is repeated if not.
        """
        until = self._clock.monotonic() + within_seconds
        for wait in endless(self._waits):
            try:
                async with self._pacing.order(AMENDS, is_exit=True):
                    await self._venue.amend_plan(amended)
            except VenueThrottled as error:
                self._pacing.pause(AMENDS, error.retry_after_seconds)
                continue
            except (VenueRejected, OutcomeUnknown) as error:
                logger.warning("The change of {} did not succeed: {}", amended.client_oid, error)
                is_refused = isinstance(error, VenueRejected)
            else:
                return OrderStatus.LIVE
            order = await self._order(amended)
            if order is not None and order.status.is_final:
                return order.status
            if order is not None and (order.trigger_price, order.amount) == (
                amended.trigger_price,
                amended.amount,
            ):
                return OrderStatus.LIVE
            if is_refused or self._clock.monotonic() >= until:
                return None
            await self._clock.sleep(wait)
        raise AssertionError("unreachable: the waits never end")

    async def _order(self, leg: Leg) -> VenueOrder | None:
        try:
            return await self._venue.order(leg)
        except VenueError as error:
            logger.warning("Asked about {}, without an answer: {}", leg.client_oid, error)
            return None

    async def _status(self, leg: Leg) -> OrderStatus | str:
        try:
            order = await self._venue.order(leg)
        except VenueError as error:
            logger.warning("Asked about {}, without an answer: {}", leg.client_oid, error)
            return "unanswered"
        return "absent" if order is None else order.status


def is_exit(leg: Leg) -> bool:
    """What protects: it keeps its place in the pace, and waits for no lock."""
    return leg.role in (Role.STOP, Role.CLOSE)


def _takes_all(leg: Leg) -> bool:
    """Sending it twice is the same as once: a position's stop replaces itself, a position closes only once."""
    return is_exit(leg) and leg.amount is None


def _rejected(leg: Leg, reason: str, code: str | None = None) -> Rejected:
    return Rejected(client_oid=leg.client_oid, reason=reason, code=code)
