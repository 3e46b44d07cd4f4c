"""Saved Messages: notes to the owner, the only place this account ever writes to; and what the owner types there."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telethon import TelegramClient, errors
from telethon.tl import functions, types

from tgbitget.errors import Unreachable
from tgbitget.telegram.answers import Refused, ask

TEXT_CHARS_MAX = 4096
NEWEST_READ = 50  # one page; whoever types more within seconds is no person
SENT_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A message that stands in Saved Messages.

    `is_typed`: the owner wrote just these words, there and then: nothing forwarded, quoted, scheduled or made by a
    bot, no caption, and not sent by this session.
    """

    id: int
    at: datetime
    text: str
    reply_to: int | None = None
    is_typed: bool = True


class SavedMessages:
    """Plain text, no preview of links. Raises what `answers` names; a note that may have been sent is not sent again."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self._sent: deque[int] = deque(maxlen=SENT_KEPT)
        # A look that crosses a send would meet a note of ours whose id is not known yet.
        self._turn = asyncio.Lock()

    async def send(self, text: str) -> int:
        """The new message's id, for `edit`."""
        number = secrets.randbits(63)
        request = functions.messages.SendMessageRequest(
            peer=types.InputPeerSelf(), message=_cut(text), random_id=number, no_webpage=True
        )
        async with self._turn:
            id_ = _id_of(await ask(self._client, request), number)
            self._sent.append(id_)
        return id_

    async def newer(self, than: int | None) -> list[Note]:
        """What came after the message *than*, oldest first; None: only the newest there is."""
        request = functions.messages.GetHistoryRequest(
            peer=types.InputPeerSelf(),
            offset_id=0,
            offset_date=None,
            add_offset=0,
            limit=1 if than is None else NEWEST_READ,
            max_id=0,
            min_id=than or 0,
            hash=0,
        )
        async with self._turn:
            answer = await ask(self._client, request)
        found = [m for m in answer.messages if isinstance(m, types.Message) and m.id > (than or 0)]
        return sorted((self._note(message) for message in found), key=lambda note: note.id)

    def _note(self, message: Any) -> Note:
        return Note(
            id=message.id,
            at=message.date,
            text=message.message or "",
            reply_to=_reply_of(message),
            is_typed=message.id not in self._sent and _is_typed(message),
        )

    async def edit(self, id: int, text: str) -> None:
        """The same text again changes nothing and is no error."""
        request = functions.messages.EditMessageRequest(
            peer=types.InputPeerSelf(), id=id, message=_cut(text), no_webpage=True
        )
        try:
            await ask(self._client, request)
        except Refused as error:
            if not isinstance(error.cause, errors.MessageNotModifiedError):
                raise


def _is_typed(message: Any) -> bool:
    entities = message.entities or ()
    is_quote = any(isinstance(e, types.MessageEntityBlockquote) and not e.offset for e in entities)
    is_plain = message.media is None or isinstance(message.media, types.MessageMediaWebPage)
    return not (message.fwd_from or message.via_bot_id or message.from_scheduled or is_quote) and (
        is_plain
    )


def _reply_of(message: Any) -> int | None:
    """Of an answer to another chat's message, none."""
    header = message.reply_to
    if not isinstance(header, types.MessageReplyHeader) or header.reply_to_peer_id is not None:
        return None
    return None if header.reply_to_msg_id is None else int(header.reply_to_msg_id)


def _cut(text: str) -> str:
    """Telegram counts UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= TEXT_CHARS_MAX * 2:
        return text
    return units[: (TEXT_CHARS_MAX - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _id_of(answer: Any, number: int) -> int:
    if isinstance(answer, types.UpdateShortSentMessage):
        return int(answer.id)
    for update in answer.updates:
        if isinstance(update, types.UpdateMessageID) and update.random_id == number:
            return int(update.id)
    raise Unreachable(f"Telegram answered without the message's id: {type(answer).__name__}")
