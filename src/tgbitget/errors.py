"""Every error of ours, and what its catcher does.

* TgbitgetError
  x ConfigError            tell the user which key is wrong; exit 2
  x NotAuthorised          Telegram or the exchange does not know us; exit 3 before `ready`, guard what is open after
  x Unreachable            Telegram or the exchange does not answer; exit 4 before `ready`, keep dialling after
    + ServerTrouble        (telegram.answers) its servers stumbled; ask again with backoff
  x JournalError           the journal cannot be written; nothing new is traded, what is open stays guarded
    + InstanceRunning      another process owns this HOME; exit 2, nothing was touched
  x Throttled              (telegram.answers) Telegram refused for pace; wait `seconds`
  x ChannelLost            (telegram.answers) one channel cannot be read any more; go on with the others
  x Refused                (telegram.answers) Telegram said no to this one request; `cause` says why
  x BadInput               a file, a line or a word of the user's is wrong; name it, go on with the next
  x VenueError
    + VenueUnreachable     a read failed; retry it with backoff
      - EndpointMissing    the venue has no such read; go on without what it would tell, where that is possible
    + VenueThrottled       the venue refused for pace, nothing was accepted; wait `retry_after_seconds`
    + VenueRejected        the venue said no; record, notify, do not resend
    + OutcomeUnknown       an order may or may not exist; reconcile, never resend
    + VenueLocked          keys, permissions or account; stop trading, notify
"""


class TgbitgetError(Exception):
    """The root; its text is one line that a user can act on."""


class ConfigError(TgbitgetError):
    """A setting, a profile key or an argument is wrong; the text names it and its place."""


class NotAuthorised(TgbitgetError):
    """Telegram or the exchange refused our identity."""


class Unreachable(TgbitgetError):
    """Telegram or the exchange could not be reached."""


class JournalError(TgbitgetError):
    """The journal could not be opened, read or written."""


class Contradiction(JournalError):
    """What was to be written contradicts what stands in the journal; it is never taken."""


class InstanceRunning(JournalError):
    """Another process holds the lock on this HOME."""


class BadInput(TgbitgetError):
    """Something given to a command cannot be used; the text names it."""


class VenueError(TgbitgetError):
    """Something between us and the venue, `code` is the venue's own when it gave one."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class VenueUnreachable(VenueError):
    """A query got no usable answer; asking again is safe."""


class EndpointMissing(VenueUnreachable):
    """The venue is there and answers, but not this question: asking again will not help."""


class VenueThrottled(VenueError):
    """Refused before the engine, for pace (429): nothing was accepted."""

    def __init__(
        self, message: str, *, code: str | None = None, retry_after_seconds: float = 1.0
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after_seconds = retry_after_seconds


class VenueRejected(VenueError):
    """A definite refusal: its code is on the venue's explicit list."""


class OutcomeUnknown(VenueError):
    """The request may have been carried out; only questions can tell."""


class VenueLocked(VenueError):
    """The key, its permissions or the account do not allow what we ask."""
