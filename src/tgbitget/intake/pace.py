"""How often Telegram is asked, and how long is waited for what."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

FastPoll = Literal["auto"] | Decimal
"""A profile's `fast_poll_seconds`: `auto`, a number of seconds, or 0 for never."""

POLL_SPREAD = 0.1
"""By so much of its pause a channel asks later, by chance: many of them do not ask in step."""
FAST_CHANNELS_MAX = 10
"""More channels than these are asked in the slow round, for Telegram counts questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds. What is tested against a simulator may be quicker."""

    auto_poll: float = 1.0
    """Where the server names no pace of its own."""
    slow_poll: float = 60.0
    """A push that never comes is found within this."""
    lost_channel: float = 60.0
    """Perhaps we are let in again."""
    difference: float = 10.0
    """For one answer."""
    hold: float = 1.0
    """A push beyond a gap waits no longer for what is missing before it."""
    gap_spacing: float = 0.25
    """Between two questions that gaps caused."""
    retry_first: float = 0.5
    retry_max: float = 30.0
    """Where Telegram has trouble of its own, doubling."""
    parents: float = 2.0
    """A post does not wait longer for the posts it answers."""
    watch: float = 3.0
    """Between two signs of life; with `sign_of_life` it is the time in which a silent line is noticed."""
    sign_of_life: float = 5.0
    dial: float = 10.0
    dial_pause_first: float = 0.5
    dial_pause_max: float = 30.0
    """Between attempts to dial, doubling, for ever."""
    drain: float = 5.0
    """When the login is gone, what was read already still gets its outcome."""

    def poll(self, fast: FastPoll, server: int | None, *, chance: float = 0.0) -> float:
        """*server* is the `timeout` of the last answer, never cut short; *chance* lies between 0 and 1."""
        if fast == "auto":
            seconds = float(server) if server else self.auto_poll
        else:
            seconds = float(fast) if fast > 0 else self.slow_poll
        return seconds * (1 + POLL_SPREAD * chance)
