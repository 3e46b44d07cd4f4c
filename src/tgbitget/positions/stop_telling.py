"""What the owner is told of a trade's stop: that it was not moved as asked, or taken away and put back."""

from collections.abc import Sequence

from loguru import logger

from tgbitget.model.event import Warned
from tgbitget.model.money import Price, exact
from tgbitget.model.plan import Leg
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger

# Whoever takes stops away may do so all the time; the owner has to be able to read it.
AGAIN_SECONDS = 60.0


class StopTelling:
    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = ledger
        self._stood: Leg | None = None
        self._quiet_until = float("-inf")

    def kept(self, why: str) -> None:
        """What was asked of the stop and is not done now; the owner would believe it otherwise."""
        self._tell(f"the stop {why}; it stands at {exact(self._ledger.stop)}")

    def stands(self, leg: Leg | None) -> None:
        """*leg* is the trade's stop now; None: nothing is open that would need one."""
        self._stood = leg

    def placed(self, *, beside: Sequence[Leg]) -> None:
        """Another one stands. Where none did *beside* it, and the last was not ours to take away, that is told."""
        stood, self._stood = self._stood, None
        now = self._desk.clock.monotonic()
        if beside or stood is None or stood.trigger_price is None or not self._was_taken(stood):
            return
        at: Price = stood.trigger_price
        if now < self._quiet_until:
            logger.warning("The stop at {} was taken away again, and is put back", at)
            return
        self._quiet_until = now + AGAIN_SECONDS
        self._tell(f"the stop at {exact(at)} was taken away at the exchange, and is put back")

    def _was_taken(self, leg: Leg) -> bool:
        ledger = self._ledger
        is_gone = ledger.ended_stop(leg.client_oid) is not None
        return is_gone and leg.client_oid not in ledger.by_hand.cancelling

    def _tell(self, what: str) -> None:
        plan = self._ledger.plan
        text = f"{plan.market.symbol}: {what}"
        logger.warning("{}", text)
        self._desk.publish(Warned(text=text, signal=plan.signal))
