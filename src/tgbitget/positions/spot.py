"""What leads a spot trade in place of what leads a position: the stop, the targets, the watch."""

from dataclasses import dataclass

from tgbitget.positions.desk import Desk
from tgbitget.positions.inquiry import Inquiry
from tgbitget.positions.leaving import Leaving
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.sender import Sender
from tgbitget.positions.spot_aiming import SpotAiming
from tgbitget.positions.spot_protection import SpotProtection
from tgbitget.positions.spot_stop import SpotStop
from tgbitget.positions.spot_watch import SpotWatch
from tgbitget.positions.wishes import Wishes
from tgbitget.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotWays:
    protection: SpotProtection
    aiming: SpotAiming
    watch: SpotWatch


def spot_ways(
    desk: Desk,
    ledger: Ledger,
    wishes: Wishes,
    profile: Profile,
    *,
    inquiry: Inquiry,
    sender: Sender,
    leaving: Leaving,
) -> SpotWays:
    wishes.trails_by_clock = True  # spot has no orders that trail
    stop = SpotStop(desk, ledger, wishes, profile, inquiry=inquiry, sender=sender, leaving=leaving)
    return SpotWays(
        protection=SpotProtection(
            desk, ledger, inquiry=inquiry, sender=sender, leaving=leaving, stop=stop
        ),
        aiming=SpotAiming(desk, ledger, wishes, sender=sender),
        watch=SpotWatch(desk, ledger, inquiry=inquiry, sender=sender),
    )
