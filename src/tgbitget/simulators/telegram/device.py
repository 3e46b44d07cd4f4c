"""A device: one authorisation key, whether somebody is logged in with it or not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from .account import Account
from .keys import AuthKey
from .refusal import Refusal
from .srp import Challenge


@dataclass(slots=True, kw_only=True, eq=False)
class Device:
    key: AuthKey
    created: datetime
    active: datetime
    account: Account | None = None
    awaiting_password: Account | None = None  # the code was right, the second factor is asked
    challenge: Challenge | None = None
    revoked: Refusal | None = None  # on cue: what needs a login is refused with it
    dead: Refusal | None = None  # on cue: everything is refused with it
    api_id: int = 0
    model: str = "unknown"
    system: str = "unknown"
    app_version: str = "unknown"
    country: str = ""
    ip: str = "127.0.0.1"
    hash: int = field(default_factory=lambda: secrets.randbits(62))

    def log_in(self, account: Account) -> None:
        self.account = account
        self.awaiting_password = self.challenge = self.revoked = None

    def log_out(self, why: Refusal | None = None) -> None:
        self.account = self.awaiting_password = None
        self.revoked = why
