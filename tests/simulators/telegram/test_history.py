from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telethon import errors, functions, types

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator

from .conftest import PHONE, Connect

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def full(channel: Channel) -> Channel:
    """The channel with posts 1 to 250, an hour apart."""
    for n in range(250):
        channel.post(f"post {n + 1}", date=NEW_YEAR + timedelta(hours=n))
    return channel


async def page(client: Any, channel: Channel, **asked: Any) -> list[int]:
    defaults = dict.fromkeys(("offset_id", "add_offset", "max_id", "min_id", "hash"), 0)
    request = functions.messages.GetHistoryRequest(
        peer=await client.get_input_entity(channel.marked_id),
        **{"offset_date": None, "limit": 100, **defaults, **asked},
    )
    return [message.id for message in (await client(request)).messages]


def down(newest: int, oldest: int) -> list[int]:
    return list(range(newest, oldest - 1, -1))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({}, down(250, 151), id="the latest"),
        pytest.param({"limit": 3}, down(250, 248), id="a few"),
        pytest.param({"limit": 1000}, down(250, 151), id="never more than 100"),
        pytest.param({"offset_id": 151}, down(150, 51), id="older than a post"),
        pytest.param({"offset_id": 51}, down(50, 1), id="the end"),
        pytest.param({"offset_id": 1}, [], id="beyond the end"),
        pytest.param({"offset_id": 9999, "limit": 2}, [250, 249], id="from the future"),
        pytest.param({"offset_id": 100, "add_offset": 10, "limit": 2}, [89, 88], id="further back"),
        pytest.param(
            {"offset_id": 100, "add_offset": -3, "limit": 5}, down(102, 98), id="around a post"
        ),
        pytest.param(
            {"offset_id": 1, "add_offset": -100}, down(100, 1), id="the oldest, as reverse reading"
        ),
        pytest.param(
            {"offset_id": 249, "add_offset": -10, "limit": 12},
            down(250, 247),
            id="what would be newer than the newest is missing",
        ),
        pytest.param({"min_id": 245}, down(250, 246), id="newer than"),
        pytest.param({"max_id": 248, "limit": 5}, [247, 246], id="bounds take from the page only"),
        pytest.param({"max_id": 50}, [], id="a bound before the page leaves nothing"),
        pytest.param(
            {"offset_date": NEW_YEAR + timedelta(hours=9), "limit": 2}, [9, 8], id="before a moment"
        ),
    ],
)
async def test_history_pages_as_telegrams(
    client: Any, full: Channel, asked: dict[str, Any], expected: list[int]
) -> None:
    assert await page(client, full, **asked) == expected


@pytest.mark.parametrize("reverse", [False, True], ids=["newest first", "oldest first"])
async def test_all_posts_are_read_page_by_page(client: Any, full: Channel, reverse: bool) -> None:
    found = [m.id async for m in client.iter_messages(full.marked_id, reverse=reverse, wait_time=0)]
    assert found == sorted(found, reverse=not reverse)
    assert len(found) == 250


async def test_deleted_posts_leave_holes(client: Any, full: Channel) -> None:
    full.delete(250, 248)
    assert await page(client, full, limit=3) == [249, 247, 246]
    assert [m and m.id for m in await client.get_messages(full.marked_id, ids=[247, 248, 249])] == [
        247,
        None,
        249,
    ]


async def test_posts_are_found_by_their_words(client: Any, full: Channel) -> None:
    found = await client.get_messages(full.marked_id, search="POST 24", limit=50)
    assert [m.id for m in found] == [*down(249, 240), 24]


async def test_a_topic_is_read_by_itself(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    forum = telegram.add_channel("Forum", kind="forum", members=[owner])
    topic = forum.topic("Signals")
    forum.post("elsewhere")
    post = forum.post("LONG BTC", topic=topic)
    client = await connect(owner)
    await client.get_dialogs()
    found = await client.get_messages(forum.marked_id, reply_to=topic, limit=10)
    assert [m.id for m in found] == [post.id]


async def test_history_is_sent_gzipped_and_read(client: Any, channel: Channel) -> None:
    text = "signal " * 500
    channel.burst([text] * 100)
    found = await client.get_messages(channel.marked_id, limit=100)
    assert [m.message for m in found] == [text] * 100


async def test_dialogs_list_channels_and_saved_messages_newest_first(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    old = telegram.add_channel("Old", members=[owner])
    new = telegram.add_channel("New", members=[owner])
    telegram.add_channel("Not mine")
    old.post("LONG BTC", date=NEW_YEAR)
    new.post("LONG ETH", date=NEW_YEAR + timedelta(days=1))
    owner.write("a note")
    client = await connect(owner)
    dialogs = await client.get_dialogs()
    assert [d.name for d in dialogs] == ["Owner", "New", "Old"]
    assert [d.message.message for d in dialogs] == ["a note", "LONG ETH", "LONG BTC"]
    assert dialogs[1].dialog.pts == new.box.pts
    assert await client.get_dialogs(archived=True) == []


async def test_many_dialogs_come_in_pages(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    for n in range(250):
        telegram.add_channel(f"Channel {n}", members=[owner]).post(
            "hello", date=NEW_YEAR + timedelta(hours=n)
        )
    client = await connect(owner)
    names = [dialog.name for dialog in await client.get_dialogs()]
    assert names == [f"Channel {n}" for n in range(249, -1, -1)]
    assert telegram.requests.count("messages.getDialogs") == 3


async def test_one_dialog_is_asked_for(client: Any, channel: Channel) -> None:
    channel.post("LONG BTC")
    peer = types.InputDialogPeer(await client.get_input_entity(channel.marked_id))
    found = await client(functions.messages.GetPeerDialogsRequest([peer]))
    assert found.dialogs[0].pts == channel.box.pts
    assert found.messages[0].message == "LONG BTC"


async def test_a_username_is_resolved(owner: Account, channel: Channel, connect: Connect) -> None:
    client = await connect(owner)
    assert (await client.get_entity("@VIP_signals")).id == channel.id
    with pytest.raises(ValueError, match="No user has"):
        await client.get_entity("nobody_here")


async def test_a_public_channel_is_read_joined_and_left(
    telegram: TelegramSimulator, channel: Channel, connect: Connect
) -> None:
    ann = telegram.add_account(phone="+15550003")
    channel.post("LONG BTC")
    client = await connect(ann)
    entity = await client.get_entity("vip_signals")
    assert entity.left
    assert (await client.get_messages(entity))[0].message == "LONG BTC"
    with pytest.raises(errors.UserNotParticipantError):
        await client(functions.channels.GetParticipantRequest(entity, "me"))
    await client(functions.channels.JoinChannelRequest(entity))
    found = await client(functions.channels.GetParticipantRequest(entity, "me"))
    assert found.participant.user_id == ann.id
    await client(functions.channels.LeaveChannelRequest(entity))
    assert await client.get_dialogs() == []


async def test_a_private_channel_is_closed_to_strangers(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    private = telegram.add_channel("Private", members=[owner])
    client = await connect(owner)
    (dialog,) = await client.get_dialogs()
    private.leave(owner)
    with pytest.raises(errors.ChannelPrivateError):
        await client.get_messages(dialog.input_entity)


async def test_whoever_is_kicked_is_shut_out_of_everything(
    telegram: TelegramSimulator, owner: Account, channel: Channel, client: Any
) -> None:
    named = await client.get_input_entity(channel.marked_id)
    channel.kick(owner)
    for request in (
        functions.updates.GetChannelDifferenceRequest(
            named, types.ChannelMessagesFilterEmpty(), pts=1, limit=10
        ),
        functions.channels.GetFullChannelRequest(named),
        functions.channels.GetMessagesRequest(named, [types.InputMessageID(1)]),
    ):
        with pytest.raises(errors.ChannelPrivateError):
            await client(request)
    assert await client.get_dialogs() == []
    channel.admit(owner)
    assert (await client(functions.channels.GetFullChannelRequest(named))).full_chat.pts


async def test_access_hashes_belong_to_one_account(
    telegram: TelegramSimulator, channel: Channel, client: Any, connect: Connect
) -> None:
    ann = telegram.add_account(phone="+15550003")
    mine = await client.get_input_entity(channel.marked_id)
    stranger = await connect(ann)
    with pytest.raises(errors.ChannelInvalidError):
        await stranger.get_messages(mine)


async def test_the_owner_is_described(client: Any, owner: Account) -> None:
    full = await client(functions.users.GetFullUserRequest("me"))
    assert full.users[0].phone == PHONE.removeprefix("+")
    assert (await client(functions.help.GetNearestDcRequest())).this_dc == 2
    assert await client(functions.account.UpdateStatusRequest(offline=False))


async def test_people_are_found_by_name_and_by_membership(
    telegram: TelegramSimulator, owner: Account, channel: Channel, client: Any
) -> None:
    ann = telegram.add_account(phone="+15550003", first_name="Ann", username="ann")
    channel.admit(ann)
    found = await client.get_entity("ann")
    assert (found.id, found.phone) == (ann.id, None)
    named = await client.get_input_entity(channel.marked_id)
    member = await client(functions.channels.GetParticipantRequest(named, found))
    assert member.participant.user_id == ann.id
    assert (await client(functions.channels.GetChannelsRequest([named]))).chats[0].id == channel.id
    strangers = [types.InputUser(ann.id, 0), types.InputUser(ann.id, found.access_hash)]
    empty, known = await client(functions.users.GetUsersRequest(strangers))
    assert isinstance(empty, types.UserEmpty)
    assert known.first_name == "Ann"
    stranger = types.InputPeerUser(ann.id, 0)
    with pytest.raises(errors.ParticipantIdInvalidError):
        await client(functions.channels.GetParticipantRequest(named, stranger))


@pytest.mark.parametrize("join", [True, False], ids=["joining twice", "leaving twice"])
async def test_membership_changes_once(client: Any, channel: Channel, join: bool) -> None:
    named = await client.get_input_entity(channel.marked_id)
    if join:
        with pytest.raises(errors.UserAlreadyParticipantError):
            await client(functions.channels.JoinChannelRequest(named))
    else:
        await client(functions.channels.LeaveChannelRequest(named))
        with pytest.raises(errors.UserNotParticipantError):
            await client(functions.channels.LeaveChannelRequest(named))


@pytest.mark.parametrize(
    ("peer", "error"),
    [
        pytest.param(types.InputPeerUser(1, 1), errors.PeerIdInvalidError, id="a stranger's chat"),
        pytest.param(types.InputPeerChannel(1, 1), errors.ChannelInvalidError, id="no channel"),
    ],
)
async def test_what_is_not_there_cannot_be_read(
    client: Any, peer: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await client.get_messages(peer)


async def test_posts_are_found_by_their_author(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    ann = telegram.add_account(phone="+15550003", username="ann")
    group = telegram.add_channel("Talk", kind="group", members=[owner, ann])
    group.post("LONG BTC", sender=ann)
    mine = group.post("LONG BTC too", sender=owner)
    client = await connect(owner)
    await client.get_dialogs()
    found = await client.get_messages(group.marked_id, from_user="me", limit=5)
    assert [m.id for m in found] == [mine.id]
