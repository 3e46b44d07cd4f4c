"""Requests find their answers here: the registry, and what an answer may know about its caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .account import Account
from .channel import Channel
from .device import Device
from .refusal import Refusal, unauthorised
from .session import Session
from .views import access_hash
from .world import World

Answer = Callable[["Call", Any], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request's caller."""

    world: World
    session: Session

    @property
    def device(self) -> Device:
        return self.session.device

    @property
    def account(self) -> Account:
        """Whoever is logged in; refuses the request when nobody is."""
        if self.device.account is None:
            raise self.device.revoked or unauthorised()
        return self.device.account

    def channel(self, named: Any) -> Channel:
        """The channel of an InputChannel or InputPeerChannel, if this account may see it."""
        channel = self.world.channels.get(getattr(named, "channel_id", 0))
        if channel is None or getattr(named, "access_hash", 0) != access_hash(
            channel, self.account
        ):
            raise Refusal(400, "CHANNEL_INVALID")
        if not channel.is_readable_by(self.account):
            raise Refusal(400, "CHANNEL_PRIVATE")
        return channel

    def peer(self, named: Any) -> Account | Channel:
        """A channel, or the caller's own Saved Messages; other private chats are not modelled."""
        if hasattr(named, "channel_id"):
            return self.channel(named)
        if self.is_self(named):
            return self.account
        raise Refusal(400, "PEER_ID_INVALID")

    def is_self(self, named: Any) -> bool:
        own = type(named).__name__ in {"InputPeerSelf", "InputUserSelf"}
        return own or getattr(named, "user_id", None) == self.account.id


class Answers:
    """A module's answers: `@answers(functions.help.GetConfigRequest)` over a function of call and request."""

    def __init__(self) -> None:
        self.table: dict[type[Any], Answer] = {}

    def __call__(self, *requests: type[Any]) -> Callable[[Answer], Answer]:
        def register(answer: Answer) -> Answer:
            for request in requests:
                if request in self.table:
                    raise ValueError(f"{request.__name__} is answered twice")
                self.table[request] = answer
            return answer

        return register


def merged(*parts: Answers) -> dict[type[Any], Answer]:
    table: dict[type[Any], Answer] = {}
    for part in parts:
        twice = table.keys() & part.table.keys()
        if twice:
            raise ValueError(f"Answered twice: {', '.join(r.__name__ for r in twice)}")
        table |= part.table
    return table
