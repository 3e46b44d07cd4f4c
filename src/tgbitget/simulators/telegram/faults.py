"""Faults on cue: how the next requests of some kind go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .channel import Channel
from .refusal import Refusal
from .requests import RequestType, name_of


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """What happens to requests of one kind. `hits` counts them; `clear` ends it."""

    request: str | None  # None: any
    channel_id: int | None = None
    times: int | None = None  # None: until cleared
    delay_seconds: float = 0.0
    refusal: Refusal | None = None
    hangs: bool = False  # it is carried out, nothing is answered
    drops: bool = False  # it is carried out, and the connection is reset instead of an answer
    hits: int = 0

    def clear(self) -> None:
        self.times = self.hits

    def applies_to(self, name: str, body: Any) -> bool:
        if self.times is not None and self.hits >= self.times:
            return False
        if self.request is not None and self.request != name:
            return False
        return self.channel_id is None or self.channel_id == _channel_id(body)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        of: RequestType | None,
        *,
        channel: Channel | None = None,
        times: int | None = None,
        delay_seconds: float = 0.0,
        refusal: Refusal | None = None,
        hangs: bool = False,
        drops: bool = False,
    ) -> Fault:
        fault = Fault(
            request=None if of is None else name_of(of),
            channel_id=channel.id if channel else None,
            times=times,
            delay_seconds=delay_seconds,
            refusal=refusal,
            hangs=hangs,
            drops=drops,
        )
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        for fault in self._faults:
            fault.clear()
        self._faults.clear()

    def hit(self, name: str, body: Any) -> list[Fault]:
        """All that apply to this request, counted."""
        found = [fault for fault in self._faults if fault.applies_to(name, body)]
        for fault in found:
            fault.hits += 1
        return found


def _channel_id(body: Any) -> int | None:
    place = getattr(body, "channel", None) or getattr(body, "peer", None)
    named = getattr(place, "channel_id", None)
    return named if isinstance(named, int) else None
