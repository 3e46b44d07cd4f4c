"""Notes to the owner."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon.tl import functions

from tgbitget.simulators.telegram import Account, TelegramSimulator
from tgbitget.telegram.answers import Throttled
from tgbitget.telegram.saved_messages import SavedMessages

Enter = Callable[..., Awaitable[Any]]


async def test_a_note_is_sent_and_edited(enter: Enter, owner: Account) -> None:
    notes = SavedMessages(await enter())
    first = await notes.send("**read** a_b")
    second = await notes.send("another")
    await notes.edit(first, "sent")
    await notes.edit(first, "sent")
    assert {m.id: m.text for m in owner.box.messages} == {first: "sent", second: "another"}


async def test_a_note_is_plain_text_of_bounded_length(enter: Enter, owner: Account) -> None:
    await SavedMessages(await enter()).send("🚀" * 3000)
    (note,) = owner.box.messages
    assert len(note.text.encode("utf-16-le")) // 2 <= 4096
    assert note.text.endswith("🚀…")


async def test_a_flood_wait_is_told(
    telegram: TelegramSimulator, enter: Enter, owner: Account
) -> None:
    notes = SavedMessages(await enter())
    telegram.flood_wait(functions.messages.SendMessageRequest, 30)
    with pytest.raises(Throttled):
        await notes.send("note")
    assert await notes.send("note")
