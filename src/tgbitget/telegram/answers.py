"""One question to Telegram: one attempt, a timeout, and errors of ours.

* TgbitgetError
  x Unreachable            the line is down or silent; dial again
    + ServerTrouble        Telegram answered, with an error of its own; ask again later
  x NotAuthorised          the login is gone; only a person can help
  x Throttled              asked too often; wait `seconds`, others need not
  x ChannelLost            we may not read this channel (any more)
  x Refused                Telegram said no to this question; asking again will not help
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from telethon import TelegramClient, errors

from tgbitget.errors import NotAuthorised, TgbitgetError, Unreachable

ANSWER_SECONDS = 10.0
"""Telegram answers in tenths of a second; a difference of a hundred posts over a bad line takes a few."""


class ServerTrouble(Unreachable):
    """An error of Telegram's own (5xx): the line is alive, the answer was not to be had."""


class Throttled(TgbitgetError):
    """Telegram asks to wait before this question is asked again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} s")
        self.seconds = seconds


class ChannelLost(TgbitgetError):
    """Kicked, left, made private or gone."""


class Refused(TgbitgetError):
    """Any other error of Telegram's; `cause` is Telethon's."""

    def __init__(self, cause: errors.RPCError) -> None:
        super().__init__(f"Telegram refused: {cause}")
        self.cause = cause


DUPLICATED = (
    "Telegram saw this login at two addresses at once and has destroyed it (AUTH_KEY_DUPLICATED). If you did not run it "
    "twice, somebody has a copy: end unknown sessions in Telegram under Settings, Devices, then run `tgbitget login`"
)
REVOKED = (
    "the Telegram login was ended from another device or by Telegram ({}): run `tgbitget login`"
)
NOT_LOGGED_IN = "not logged in to Telegram: run `tgbitget login`"

_LOST = (
    errors.ChannelPrivateError,
    errors.ChannelInvalidError,
    errors.ChannelPublicGroupNaError,
    errors.UserBannedInChannelError,
)
# BufferError and SecurityError: bytes that are not MTProto, a proxy's error page for one.
_LINE = (OSError, TimeoutError, asyncio.IncompleteReadError, BufferError, errors.SecurityError)
KNOWN = (errors.RPCError, errors.AuthKeyNotFound, errors.TypeNotFoundError, *_LINE)


NO_CONNECTION = "no connection could be made; is the network there, and Telegram not blocked?"
"""Said for Telethon's count of its attempts, which is always 0 here: we dial, not it."""


async def ask(client: TelegramClient, request: Any, *, timeout: float = ANSWER_SECONDS) -> Any:
    """The answer, or one of the errors above. *request* names its peers as Telegram does (`Input…`).

    Goes past `client(request)`: that one remembers a flood wait for all channels when it was one channel's, sleeps two
    seconds on every 5xx, and has no timeout.
    """
    with our_errors():
        async with asyncio.timeout(timeout):
            return await client._sender.send(request)


@contextmanager
def our_errors() -> Iterator[None]:
    """Telethon's errors, and the line's, as ours."""
    try:
        yield
    except asyncio.CancelledError:
        # Telethon cancels what waits for an answer when it hangs up; that is not a cancelled task.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Unreachable("the connection to Telegram was closed") from None
    except KNOWN as error:
        raise translated(error) from None


def translated(error: Exception) -> TgbitgetError:
    match error:
        case errors.AuthKeyDuplicatedError():
            return NotAuthorised(DUPLICATED)
        case errors.UnauthorizedError() | errors.AuthKeyNotFound():
            return NotAuthorised(REVOKED.format(type(error).__name__.removesuffix("Error")))
        case errors.FloodError():
            return Throttled(max(1.0, float(getattr(error, "seconds", 0) or 0)))
        case _ if isinstance(error, _LOST):
            return ChannelLost(str(error))
        case errors.ServerError() | errors.TimedOutError() | errors.TypeNotFoundError():
            return ServerTrouble(f"Telegram has trouble of its own: {error}")
        case errors.RPCError():
            return Refused(error)
        case TimeoutError():
            return Unreachable("Telegram did not answer in time")
        case _:
            return Unreachable(f"Telegram cannot be reached: {_reason(error)}")


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return NO_CONNECTION if text.endswith("time(s)") else text
