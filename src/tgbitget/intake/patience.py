"""What a failed question means for one channel: how long to wait, and whether a person is told."""

from loguru import logger
from telethon import errors

from tgbitget.clock import Clock
from tgbitget.errors import JournalError, TgbitgetError, Unreachable
from tgbitget.intake.pace import Pace
from tgbitget.model.event import Publish, Warned
from tgbitget.telegram.answers import ChannelLost, Refused, Throttled

TROUBLES_TOLD = 5
"""Answers in a row that did not come before a person is told."""
SLOWER_MAX = 64.0
EASES_SECONDS = 600.0
"""After each wait that Telegram asks for a channel is asked half as often; after so long without one, twice as often."""
UNKNOWN_PTS_MAX = 3
"""How often a pts may be unknown to the server (a replica that lags) before it counts as lost."""

_UNKNOWN_PTS = (errors.PersistentTimestampInvalidError, errors.PersistentTimestampEmptyError)


class Patience:
    """`after` each failure, `well` after each success. A person is told of a trouble once, until it has passed."""

    def __init__(self, title: str, *, clock: Clock, pace: Pace, publish: Publish) -> None:
        self._title = title
        self._clock = clock
        self._pace = pace
        self._publish = publish
        self._failures = 0
        self._unknown_pts = 0
        self._told: type[TgbitgetError] | None = None
        self._is_obeying = False
        self._slower = 1.0
        self._eases_at = 0.0  # monotonic
        self.may_ask_at = 0.0  # monotonic

    @property
    def may_ask(self) -> bool:
        return self._clock.monotonic() >= self.may_ask_at

    @property
    def is_pts_lost(self) -> bool:
        """The server has said often enough that it knows nothing of our pts."""
        return self._unknown_pts >= UNKNOWN_PTS_MAX

    def well(self) -> None:
        self._failures = self._unknown_pts = 0
        self._told = None
        if self._slower > 1 and self._clock.monotonic() >= self._eases_at:
            self._slower /= 2
            self._eases_at = self._clock.monotonic() + EASES_SECONDS
        self._is_obeying = False

    def eased(self, pause: float) -> float:
        """How long to rest where *pause* would do: longer for a while after Telegram asked to wait."""
        if self._slower == 1:
            return pause
        return max(pause, min(pause * self._slower, self._pace.slow_poll))

    def line_is_back(self) -> None:
        """What failed with the old connection may be tried at once; what Telegram asked for stands."""
        if not self._is_obeying:
            self.may_ask_at = 0.0

    def after(self, error: TgbitgetError) -> float:
        """How long to wait before the next attempt."""
        self._failures += 1
        self._is_obeying = isinstance(error, Throttled | ChannelLost)
        match error:
            case Throttled():
                self._tell(error, f"Telegram asks to wait {error.seconds:g} s; pushes go on")
                self._slower = min(self._slower * 2, SLOWER_MAX)
                self._eases_at = self._clock.monotonic() + error.seconds + EASES_SECONDS
                return self._not_before(error.seconds)
            case ChannelLost():
                self._tell(error, f"it cannot be read any more: {error}")
                return self._not_before(self._pace.lost_channel)
            case Refused(cause=cause) if isinstance(cause, _UNKNOWN_PTS):
                self._unknown_pts += 1
            case Refused():
                self._tell(error, str(error))
            case JournalError():
                self._tell(error, f"the journal refused: {error}")
            case Unreachable() if self._failures == TROUBLES_TOLD:
                self._tell(error, str(error))
            case _:
                logger.debug("{} was not told what is new: {}", self._title, error)
        pause = self._pace.retry_first * 2 ** min(self._failures - 1, 10)
        return self._not_before(min(pause, self._pace.retry_max))

    def _not_before(self, seconds: float) -> float:
        self.may_ask_at = self._clock.monotonic() + seconds
        return seconds

    def _tell(self, error: TgbitgetError, what: str) -> None:
        if self._told is not type(error):
            self._told = type(error)
            logger.warning("{}: {}", self._title, what)
            self._publish(Warned(text=f"{self._title}: {what}"))
