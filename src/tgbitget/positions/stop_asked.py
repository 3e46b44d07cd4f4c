"""Where the stop of a trade is asked to be, and where it may not go now: the market is past it, or the venue has just refused it."""

from tgbitget.model.money import Price, Quantity, exact
from tgbitget.positions import level
from tgbitget.positions.changes import MoveStop
from tgbitget.positions.desk import Desk
from tgbitget.positions.ledger import Ledger, is_losing
from tgbitget.positions.rules import tighter
from tgbitget.positions.sender import Sender
from tgbitget.positions.stop_form import WantedStop
from tgbitget.positions.stop_telling import StopTelling
from tgbitget.positions.wishes import Wishes

# What the venue refused is tried again: another price soon enough, a first stop at once.
MOVE_AGAIN_SECONDS = 5.0
PLACE_AGAIN_SECONDS = 0.5


class StopAsked:
    """*may_loosen*: an edit that the profile applies may ask for a farther stop, and gets it."""

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        wishes: Wishes,
        *,
        sender: Sender,
        telling: StopTelling,
        may_loosen: bool,
    ) -> None:
        self._clock = desk.clock
        self._ledger = ledger
        self._wishes = wishes
        self._sender = sender
        self._telling = telling
        self._may_loosen = may_loosen
        self._refused: tuple[WantedStop | None, float] = (None, 0.0)  # what, and when

    def move_to(self, change: MoveStop) -> None:
        """Take a tighter stop as the wanted one; it goes there once the market is on its right side."""
        ledger, side = self._ledger, self._ledger.plan.side
        price = level.price_of(change.to, ledger)
        if price is None:
            self._telling.kept(f"is not moved to {change.to}: there is no such level yet")
        elif tighter(side, price, ledger.stop) == price:
            self._refused = (None, 0.0)
            self._wishes.stop = price
            if ledger.has_position and self.is_passed(price):
                self._telling.kept(f"at {exact(price)} waits until the market is on its right side")
        elif change.may_loosen and self._may_loosen:
            # From here on rules and follow-ups begin at this price.
            self._refused, self._wishes.stop = (None, 0.0), None
            ledger.stop = price
            ledger.causes.append(f"stop loosened to {exact(price)}")
        else:
            self._telling.kept(f"is not moved to {exact(price)}: that would be looser")

    def now(self, price: Price, amount: Quantity | None) -> WantedStop:
        """A stop there, or at the price of before where it cannot go there now."""
        wanted = WantedStop(price=price, amount=amount)
        if self.is_passed(price) or self.was_refused(wanted, within=MOVE_AGAIN_SECONDS):
            return WantedStop(price=self._ledger.stop, amount=amount)
        return wanted

    def is_passed(self, price: Price) -> bool:
        quote = self._sender.newest()
        return quote is not None and is_losing(self._ledger.plan.side, quote.price, price)

    def note_refused(self, wanted: WantedStop) -> None:
        self._refused = (wanted, self._clock.monotonic())

    def was_refused(self, wanted: WantedStop, *, within: float) -> bool:
        refused, at = self._refused
        return refused == wanted and self._clock.monotonic() < at + within
