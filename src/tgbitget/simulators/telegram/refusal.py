"""What a request is refused with: Telegram's own code and name."""

from __future__ import annotations


class Refusal(Exception):
    """An RPC error. The name is Telegram's: FLOOD_WAIT_30, CHANNEL_PRIVATE."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(f"{code} {name}")
        self.code = code
        self.name = name


def unauthorised() -> Refusal:
    return Refusal(401, "AUTH_KEY_UNREGISTERED")


def flood_wait(seconds: int) -> Refusal:
    return Refusal(420, f"FLOOD_WAIT_{seconds}")
