from typing import Any

import pytest
from telethon import errors, functions, types

from tgbitget.simulators.telegram import Account, Channel
from waiting import eventually

from .conftest import Connect, Seen, once


async def test_a_note_is_sent_edited_and_deleted(client: Any, owner: Account) -> None:
    sent = await client.send_message("me", "**read** BTC")
    await client.edit_message("me", sent.id, "**sent** BTC")
    (note,) = owner.saved_messages()
    assert (note.text, note.revisions) == ("sent BTC", ("read BTC",))
    assert isinstance(note.entities[0], types.MessageEntityBold)
    assert [m.message for m in await client.get_messages("me")] == ["sent BTC"]
    await client.delete_messages("me", [sent.id])
    assert owner.saved_messages() == ()


async def test_an_edit_that_changes_nothing_is_refused(client: Any) -> None:
    sent = await client.send_message("me", "read")
    with pytest.raises(errors.MessageNotModifiedError):
        await client.edit_message("me", sent.id, "read")
    with pytest.raises(errors.MessageIdInvalidError):
        await client.edit_message("me", 999, "read")


async def test_the_same_random_id_is_sent_once(client: Any, owner: Account) -> None:
    request = functions.messages.SendMessageRequest(types.InputPeerSelf(), "once", random_id=7)
    await once(client, request)
    with pytest.raises(errors.RandomIdDuplicateError):
        await once(client, request)
    assert [note.text for note in owner.saved_messages()] == ["once"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("", errors.MessageEmptyError, id="empty"),
        pytest.param("x" * 4097, errors.MessageTooLongError, id="too long"),
        pytest.param("\N{ROCKET}" * 2049, errors.MessageTooLongError, id="counted in UTF-16"),
    ],
)
async def test_texts_have_bounds(client: Any, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await client(functions.messages.SendMessageRequest("me", text))


async def test_the_owner_writes_from_another_device(client: Any, owner: Account) -> None:
    seen = Seen(client)
    first = owner.write("/pause")
    owner.write("/resume", reply_to=first.id)
    owner.edit(first.id, "/stop")
    owner.delete(first.id)
    await eventually(lambda: seen.deleted == [first.id])
    assert seen.new == ["/pause", "/resume"]
    assert seen.edited == ["/stop"]
    assert seen.messages[0].out
    assert seen.messages[1].reply_to_msg_id == first.id


async def test_the_other_devices_hear_of_a_note_and_the_sender_does_not(
    client: Any, owner: Account, connect: Connect
) -> None:
    other = await connect(owner)
    here, there = Seen(client), Seen(other)
    sent = await client.send_message("me", "read")
    await client.edit_message("me", sent.id, "sent")
    await eventually(lambda: there.edited == ["sent"])
    assert there.new == ["read"]
    await client.get_me()
    assert (here.new, here.edited) == ([], [])


async def test_missed_notes_come_with_the_difference(client: Any, owner: Account) -> None:
    state = await client(functions.updates.GetStateRequest())
    first, second = owner.write("one"), owner.write("two")
    owner.edit(first.id, "ONE")
    owner.delete(second.id)
    request = functions.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0)
    found = await client(request)
    assert [m.message for m in found.new_messages] == ["ONE"]
    edited, deleted = found.other_updates
    assert (edited.message.message, deleted.messages) == ("ONE", [second.id])
    assert found.state.pts == state.pts + 4
    owner.too_long_difference()
    assert isinstance(await client(request), types.updates.DifferenceTooLong)


async def test_many_missed_notes_come_in_slices(client: Any, owner: Account) -> None:
    state = await client(functions.updates.GetStateRequest())
    for n in range(150):
        owner.write(str(n))
    request = functions.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0)
    found = await client(request)
    assert isinstance(found, types.updates.DifferenceSlice)
    assert (len(found.new_messages), found.intermediate_state.pts) == (100, state.pts + 100)


async def test_a_reader_may_not_write_to_the_channel(client: Any, channel: Channel) -> None:
    with pytest.raises(errors.ChatWriteForbiddenError):
        await client.send_message(channel.marked_id, "hello")
