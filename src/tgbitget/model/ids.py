"""Names of channels, signals and orders. A client order id is a pure function of what caused the order."""

import base64
import hashlib
from typing import NewType

ChannelId = NewType("ChannelId", str)
"""Telegram's marked id as text (`-1001234567890`), or the name a replayed file gives."""

SignalId = NewType("SignalId", str)
"""`CHANNEL/MESSAGE`: the post that caused a trade."""

ClientOrderId = NewType("ClientOrderId", str)
"""Ours, given with the order: `tg` and 30 characters of `[a-z2-7]`."""

VenueOrderId = NewType("VenueOrderId", str)
"""The venue's own."""

ID_PREFIX = "tg"
_ID_LENGTH = 32  # Bitget's WebSocket takes 40 at most, REST 50


def signal_id(channel: ChannelId, message_id: int) -> SignalId:
    return SignalId(f"{channel}/{message_id}")


def client_order_id(
    *, user_id: str, signal: SignalId, leg: str, replacement: int = 0
) -> ClientOrderId:
    """The id of one leg of one signal on one account.

    *leg* is unique in its signal (`entry-1`, `target-2`, `stop`); *replacement* counts, from the journal, the orders
    that took this leg's place. After a restart the same inputs ask the venue about the same order.
    """
    cause = "\x1f".join((user_id, signal, leg, str(replacement)))
    digest = hashlib.sha256(cause.encode()).digest()
    return ClientOrderId((ID_PREFIX + base64.b32encode(digest).decode().lower())[:_ID_LENGTH])
