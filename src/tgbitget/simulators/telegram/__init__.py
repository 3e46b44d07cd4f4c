"""A Telegram on loopback: an MTProto 2.0 server that an unchanged Telethon client logs in to over TCP.

    async with TelegramSimulator() as telegram:
        owner = telegram.add_account(phone="+15550001", first_name="Owner")
        channel = telegram.add_channel("VIP Signals", username="vip_signals", members=[owner])
        client = TelegramClient(StringSession(telegram.authorised_session(owner)), 1, "hash")
        await client.connect()
        post = channel.post("LONG BTC")
        channel.edit(post.id, "LONG BTC, stop 55800")

**It models** the full, abridged and intermediate transports; key exchange with an RSA key of its own
(`public_key_pem`), encryption, salts, message ids, containers, gzip and acknowledgements; login by code, by
second factor and by QR code; devices; broadcast channels, groups and forums with history, replies, edits,
reactions, deletions, albums and service messages; dialogs, paging, search; pts of every channel and of the
account, pushes and both kinds of difference; Saved Messages.

**On cue**: `channel.post`, `edit`, `react`, `delete`, `burst`, `album`, `photo`, `service_message`, `rename`;
`gap` and `lost=True` (the push never arrives), `push_again`, `out_of_order`, `silent`, `push_delay_seconds`,
`too_long_difference`; `admit`, `leave`, `kick`; `account.write`, `edit`, `delete` as from another device;
`telegram.flood_wait`, `fail`, `delay`, `hang`, `drop_answer` for requests of one kind; `drop`, `refuse`,
`stop_listening`, `silence` and their ends `accept`, `speak`; `revoke`, `duplicate_keys`, `scan_qr_code`,
`rotate_salt`, `set_clock`.

**It leaves out** obfuscated transports (closed at once), other data centres, sign-up, bots, secret and small-group
chats, private chats other than Saved Messages (PEER_ID_INVALID), writing to channels (CHAT_WRITE_FORBIDDEN),
contacts, files (pictures are placeholders that cannot be fetched), drafts, folders, read marks, the delay of
`ping_delay_disconnect`, checks of sequence numbers, and resending what a lost session was pushed. A request that it
does not know gets `UNSUPPORTED_BY_SIMULATOR_…`, stands in `unknown_requests`, and is logged as an error.

**Modelled, not known**: that differences carry edits and deletions with their original pts; that getDifference names the
channels that have moved since its date; the `timeout` of channel differences; the real flood limits.
"""

from .account import Account
from .channel import Channel
from .faults import Fault
from .keys import ServerKey, new_server_key
from .message import Message
from .requests import Request
from .server import TelegramSimulator

__all__ = [
    "Account",
    "Channel",
    "Fault",
    "Message",
    "Request",
    "ServerKey",
    "TelegramSimulator",
    "new_server_key",
]
