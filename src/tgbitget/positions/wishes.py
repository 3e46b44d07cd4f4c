"""What was asked of a trade and is not reached yet. Each is a state to reach: asked twice, it is the same."""

from dataclasses import dataclass, field

from tgbitget.model.ids import ClientOrderId
from tgbitget.model.money import Price
from tgbitget.model.plan import Leg
from tgbitget.positions.changes import Close, MoveStop


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Kept beside the ledger, for a word may come while an entry is still on its way: it holds for that one too."""

    is_frozen: bool = False
    """No entry may rest or go out any more: cancelled, expired, passed, or closing."""
    dropped: frozenset[Price] = frozenset()
    """Entries at these prices may not, either."""
    superseded: frozenset[ClientOrderId] = frozenset()
    """Entries that an edit of the post put others in the place of."""
    closing: str | None = None
    """The whole position has to go, by orders of this key."""
    asked_to_close: str | None = None
    """The key of the first who asked for that; from there is no way back."""
    is_unseen: bool = False
    """It has to go for want of a stop, and nobody could see whether what its entry brought stands."""
    stop: Price | None = None
    """A tighter one, asked for and not standing yet."""
    trails_by_clock: bool = False
    """The venue takes no trailing order: the stop follows the best price as we see it."""
    liquidation: Price | None = None
    """Where the venue ends the position, as last told; a stop beyond it is none."""
    later: list[Close | MoveStop] = field(default_factory=list)
    """What speaks of a position that is only just being opened."""

    def forbid(self, leg: Leg) -> bool:
        """Whether this entry is not wanted any more."""
        return (
            self.is_frozen
            or leg.client_oid in self.superseded
            or (leg.price is not None and leg.price in self.dropped)
        )
