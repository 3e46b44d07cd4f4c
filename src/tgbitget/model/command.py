"""What the owner asked of a running tgbitget, and what was done for it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tgbitget.model.ids import SignalId


class Source(StrEnum):
    """By which way a command came."""

    CLI = "command line"
    CHAT = "Saved Messages"


class CommandName(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    ANSWER = "answer"
    """Which trade a post meant that fitted several."""
    LOOK = "look"
    """Status, positions, why, help: nothing changes."""
    REFUSED = "refused"
    """It was not carried out; `outcome` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; of one that concerns several trades, one for each of them.

    `key` names the close that it became; `fraction` None: all of it. `post` is the post whose words an answer carries out.
    """

    at: datetime
    source: Source
    name: CommandName
    signal: SignalId | None = None
    key: str | None = None
    fraction: Decimal | None = None
    post: SignalId | None = None
    outcome: str = ""
