"""What is looked at before real money is traded, and of the key again every day. What is wrong keeps entries away.

A start with nothing open ends there. With open trades nothing may end: they are guarded on, and new entries are paused
until the owner has mended it and says `resume`.
"""

from collections.abc import Collection, Iterator, Sequence

from loguru import logger

from tgbitget.app.key_rights import closed_markets, dangers
from tgbitget.app.open_paths import open_paths, secrets_open_to_others
from tgbitget.clock import Clock
from tgbitget.errors import ConfigError, Unreachable
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Paused, Publish, Warned
from tgbitget.model.market import Product
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue

KEY_SECONDS = 86_400.0
CLOCK_OFF_SECONDS_MAX = 5.0
# Telegram drops messages that seem to come from farther in the future.
CLOCK_WRONG_SECONDS = 30.0
LIVE = "live"


class Preflight:
    """The checks of one process against one venue; only `live` has any."""

    def __init__(
        self,
        *,
        mode: str,
        venue: BitgetVenue,
        settings: Settings,
        profiles: Sequence[Profile],
        products: Collection[Product],
        journal: Journal,
        clock: Clock,
        publish: Publish,
    ) -> None:
        self._is_live = mode == LIVE
        self._venue = venue
        self._settings = settings
        self._profiles = profiles
        self._products = products
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._clock_off = 0.0

    async def check(self, *, may_end: bool) -> None:
        """The venue is open. ConfigError where we *may_end*; else entries are paused, and the owner is told why."""
        if not self._is_live:
            return
        faults = [
            *map(str, open_paths(self._settings)),
            *map(str, secrets_open_to_others()),
            *self._of_key(),
            *self._of_clock(),
            *hold_mode_faults(self._profiles, is_hedged=self._venue.is_hedged),
        ]
        if faults and may_end:
            raise ConfigError(faults[0])
        self._warn_of_untold()
        await self._hold_back(faults)

    def check_clock(self, off_seconds: float) -> None:
        """Before `check`. A little is told only: orders go by Bitget's time."""
        self._clock_off = abs(off_seconds)
        if self._is_live and CLOCK_OFF_SECONDS_MAX < self._clock_off <= CLOCK_WRONG_SECONDS:
            self._publish(
                Warned(
                    text=f"this machine's clock is {self._clock_off:.1f} s off Bitget's; Telegram's messages are "
                    "dropped when they seem to come from the future: switch on time synchronisation"
                )
            )

    async def watch_key(self) -> None:
        """Forever, once a day; a key that gained a right meanwhile makes no more entries."""
        while self._is_live:
            await self._clock.sleep(KEY_SECONDS)
            try:
                await self._venue.look_at_key()
            except Unreachable as error:
                logger.warning("The key could not be looked at today: {}", error)
            else:
                await self._hold_back([*self._of_key()])

    def _warn_of_untold(self) -> None:
        who = self._venue.who
        if not who.permissions:
            text = "Bitget does not tell what the key may do: see there that it may read and trade, nothing else"
            self._publish(Warned(text=text))
        if who.addresses is None:
            text = "Bitget does not tell from where the key works: see there that it is bound to an address"
            self._publish(Warned(text=text))

    def _of_clock(self) -> Iterator[str]:
        if self._clock_off > CLOCK_WRONG_SECONDS:
            yield (
                f"this machine's clock is {self._clock_off:.1f} s off Bitget's, so Telegram's messages are dropped "
                "and the age of a post is counted wrong: switch on time synchronisation"
            )

    def _of_key(self) -> Iterator[str]:
        for product in closed_markets(self._venue.who, self._products):
            yield f"{may_place_no_orders(product)}: give it the right at Bitget"
        for danger in dangers(self._venue.who, self._settings.bitget):
            if danger.is_allowed:
                logger.info("Allowed by {}: {}", danger.setting, danger.what)
            else:
                yield str(danger)

    async def _hold_back(self, faults: Sequence[str]) -> None:
        for fault in faults:
            text = (
                f"{fault}; new entries are paused until `tgbitget resume`, open trades are guarded"
            )
            self._publish(Warned(text=text, is_urgent=True))
        if faults and not self._journal.is_paused():
            await self._journal.set_paused(True)
            self._publish(Paused(is_paused=True))


def may_place_no_orders(product: Product) -> str:
    return f"the key may not place {'spot' if product is Product.SPOT else 'futures'} orders"


def hold_mode_faults(profiles: Sequence[Profile], *, is_hedged: bool) -> Iterator[str]:
    """Trades of one symbol are held apart by hedge mode alone."""
    for profile in profiles:
        if profile.signals.same_symbol == "separate" and not is_hedged:
            yield (
                f"signals.same_symbol: {profile.name} wants separate, which needs hedge mode, and the account is in "
                "one-way mode: switch it at Bitget while nothing is open, or use refuse or add"
            )
