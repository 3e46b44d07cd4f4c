"""Everything this Telegram knows: accounts, their devices, channels."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .account import Account
from .channel import Channel, Kind
from .clock import ServerClock
from .device import Device
from .keys import AuthKey, new_auth_key
from .pushes import Pushes
from .session import Session

FIRST_ACCOUNT_ID = 5_000_000_001
FIRST_CHANNEL_ID = 1_500_000_001


@dataclass(frozen=True, slots=True)
class LoginCode:
    code: str
    hash: str


@dataclass(slots=True, kw_only=True, eq=False)
class LoginToken:
    """A QR code that waits to be scanned."""

    token: bytes
    expires: datetime
    session: Session
    accepted_by: Account | None = None


class World:
    """Accounts and channels with their cues; no sockets."""

    def __init__(
        self, *, clock: ServerClock, pushes: Pushes, dc_id: int, difference_timeout: int
    ) -> None:
        self.clock = clock
        self.pushes = pushes
        self.dc_id = dc_id
        self.difference_timeout = difference_timeout
        self.salt = secrets.randbits(63)
        self.address = ("127.0.0.1", 0)
        self.accounts = pushes.accounts
        self.channels: dict[int, Channel] = {}
        self.devices: dict[bytes, Device] = {}
        self.codes: dict[str, LoginCode] = {}
        self.login_tokens: dict[bytes, LoginToken] = {}

    def add_account(
        self,
        *,
        phone: str,
        first_name: str = "Somebody",
        username: str | None = None,
        password: str | None = None,
    ) -> Account:
        digits = digits_of(phone)
        if self.account_by_phone(digits):
            raise ValueError(f"There is already an account with the phone {phone}")
        account = Account(
            id=FIRST_ACCOUNT_ID + len(self.accounts),
            phone=digits,
            first_name=first_name,
            username=username,
            password=password,
            clock=self.clock,
            publisher=self.pushes,
        )
        self.accounts[account.id] = account
        return account

    def add_channel(
        self,
        title: str,
        *,
        username: str | None = None,
        kind: Kind = "broadcast",
        members: Iterable[Account] = (),
    ) -> Channel:
        channel = Channel(
            id=FIRST_CHANNEL_ID + len(self.channels),
            title=title,
            username=username,
            kind=kind,
            clock=self.clock,
            publisher=self.pushes,
        )
        self.channels[channel.id] = channel
        for member in members:
            channel.admit(member)
        return channel

    def add_device(self, key: AuthKey | None = None, account: Account | None = None) -> Device:
        now = self.clock.now()
        device = Device(key=key or new_auth_key(), created=now, active=now, account=account)
        self.devices[device.key.id] = device
        return device

    def devices_of(self, account: Account) -> list[Device]:
        return [device for device in self.devices.values() if device.account is account]

    def channels_of(self, account: Account) -> list[Channel]:
        return [channel for channel in self.channels.values() if account.id in channel.members]

    def account_by_phone(self, phone: str) -> Account | None:
        digits = digits_of(phone)
        return next((a for a in self.accounts.values() if a.phone == digits), None)

    def accept(self, token: LoginToken, account: Account) -> None:
        """A logged-in device of this account scans the code; the waiting one is told to ask again."""
        token.accepted_by = account
        self.pushes.login_token_accepted(token.session)

    def send_code(self, phone: str) -> LoginCode:
        """A new code; the one before is void."""
        code = LoginCode(f"{secrets.randbelow(100_000):05}", secrets.token_hex(8))
        self.codes[digits_of(phone)] = code
        return code


def digits_of(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())
