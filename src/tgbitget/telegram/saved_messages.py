"""Notes to the owner in Saved Messages: the only place this account ever writes to."""

import secrets
from typing import Any

from telethon import TelegramClient, errors
from telethon.tl import functions, types

from tgbitget.errors import Unreachable
from tgbitget.telegram.answers import Refused, ask

TEXT_CHARS_MAX = 4096


class SavedMessages:
    """Plain text, no preview of links. Raises what `answers` names; a note that may have been sent is not sent again."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client

    async def send(self, text: str) -> int:
        """The new message's id, for `edit`."""
        number = secrets.randbits(63)
        answer = await ask(
            self._client,
            functions.messages.SendMessageRequest(
                peer=types.InputPeerSelf(), message=_cut(text), random_id=number, no_webpage=True
            ),
        )
        return _id_of(answer, number)

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
