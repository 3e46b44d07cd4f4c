from typing import Any

import pytest
from telethon import errors, functions, types

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from waiting import eventually

from .conftest import Connect, Seen


async def difference(client: Any, channel: Channel, pts: int, limit: int = 100) -> Any:
    named = await client.get_input_entity(channel.marked_id)
    request = functions.updates.GetChannelDifferenceRequest(
        named, types.ChannelMessagesFilterEmpty(), pts=pts, limit=limit
    )
    return await client(request)


async def test_posts_edits_and_deletions_are_pushed(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    post = channel.post("LONG BTC")
    channel.edit(post.id, "LONG BTC now")
    channel.delete(post.id)
    await eventually(lambda: seen.deleted == [post.id])
    assert (seen.new, seen.edited) == (["LONG BTC"], ["LONG BTC now"])
    first, edited = seen.messages
    assert first.post
    assert not first.edit_date
    assert edited.edit_date
    assert not edited.edit_hide


async def test_a_push_carries_its_chat(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    channel.post("LONG BTC")
    await eventually(lambda: len(seen.messages) == 1)
    assert seen.messages[0].chat.title == "VIP Signals"
    assert seen.messages[0].chat_id == channel.marked_id


async def test_links_replies_and_authors_arrive(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    first = channel.post("LONG BTC")
    link = types.MessageEntityTextUrl(offset=0, length=6, url="https://t.me/vip_signals/1")
    channel.post("Signal closed", reply_to=first.id, entities=[link], author="Ann")
    await eventually(lambda: len(seen.messages) == 2)
    answer = seen.messages[1]
    assert answer.reply_to_msg_id == first.id
    assert answer.entities[0].url == "https://t.me/vip_signals/1"
    assert answer.post_author == "Ann"


async def test_a_reaction_is_a_hidden_edit(client: Any, channel: Channel) -> None:
    post = channel.post("LONG BTC")
    seen = Seen(client)
    channel.react(post.id)
    await eventually(lambda: seen.edited == ["LONG BTC"])
    assert seen.messages[-1].edit_hide
    assert seen.messages[-1].reactions.results[0].count == 1


async def test_pictures_albums_and_service_messages_arrive(client: Any, channel: Channel) -> None:
    updates: list[Any] = []
    client.add_event_handler(lambda update: _note(updates, update))
    channel.photo("a chart")
    channel.photo()
    channel.album(["LONG BTC", ""])
    channel.rename("VIP")
    await eventually(lambda: len(updates) == 5)
    chart, bare, first, second, renamed = (update.message for update in updates)
    assert isinstance(chart.media, types.MessageMediaPhoto)
    assert (chart.message, bare.message) == ("a chart", "")
    assert first.grouped_id == second.grouped_id is not None
    assert isinstance(renamed, types.MessageService)
    assert renamed.action.title == "VIP"


async def _note(notes: list[Any], note: Any) -> None:
    notes.append(note)


async def test_groups_name_who_wrote(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    ann = telegram.add_account(phone="+15550003", first_name="Ann", username="ann")
    group = telegram.add_channel("Talk", kind="group", members=[owner])
    client = await connect(owner)
    seen = Seen(client)
    post = group.post("LONG BTC", sender=ann)
    answer = group.post("why?", reply_to=post.id, sender=owner)
    group.post("because", reply_to=answer.id, sender=ann)
    await eventually(lambda: len(seen.messages) == 3)
    assert not seen.messages[0].post
    assert seen.messages[0].sender.username == "ann"
    assert seen.messages[2].reply_to.reply_to_top_id == post.id


async def test_forums_name_the_topic(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    forum = telegram.add_channel("Forum", kind="forum", members=[owner])
    topic = forum.topic("Signals")
    client = await connect(owner)
    seen = Seen(client)
    post = forum.post("LONG BTC", topic=topic)
    forum.post("closed", topic=topic, reply_to=post.id)
    await eventually(lambda: len(seen.messages) == 2)
    new, answer = (message.reply_to for message in seen.messages)
    assert (new.forum_topic, new.reply_to_msg_id, new.reply_to_top_id) == (True, topic, None)
    assert (answer.reply_to_msg_id, answer.reply_to_top_id) == (post.id, topic)


async def test_a_burst_of_1000_posts_arrives_in_order(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    posts = channel.burst(1000)
    await eventually(lambda: len(seen.new) == 1000)
    assert seen.new == [post.text for post in posts]


async def test_a_duplicate_push_is_seen_once(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    post = channel.post("once")
    channel.push_again(post.id)
    channel.post("next")
    await eventually(lambda: "next" in seen.new)
    assert seen.new == ["once", "next"]


async def test_pushes_out_of_order_keep_their_pts(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    with channel.out_of_order():
        channel.post("first")
        channel.post("second")
    await eventually(lambda: len(seen.new) == 2)
    assert seen.new == ["first", "second"]  # Telethon puts them in order without asking


async def test_an_edit_may_be_pushed_before_its_post(
    telegram: TelegramSimulator, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    with channel.out_of_order():
        post = channel.post("LONG BTC")
        channel.edit(post.id, "SHORT BTC")
    await eventually(lambda: seen.edited == ["SHORT BTC"])
    assert seen.new == ["LONG BTC"]


async def test_a_gap_is_filled_by_the_difference(
    telegram: TelegramSimulator, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    channel.gap("lost")
    channel.post("revealing")
    await eventually(lambda: len(seen.new) == 2)
    assert seen.new == ["lost", "revealing"]
    assert telegram.requests.count(functions.updates.GetChannelDifferenceRequest) == 1


async def test_differences_come_in_slices_of_100(
    telegram: TelegramSimulator, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    channel.silent = True
    channel.burst(350)
    channel.silent = False
    await client.catch_up()
    await eventually(lambda: len(seen.new) == 350)
    assert seen.new == [str(n) for n in range(1, 351)]
    assert telegram.requests.count("updates.getChannelDifference") == 4


async def test_a_silent_channel_tells_only_who_asks(client: Any, channel: Channel) -> None:
    channel.silent = True
    pts = channel.box.pts
    channel.post("quiet")
    found = await difference(client, channel, pts)
    assert [m.message for m in found.new_messages] == ["quiet"]
    assert found.final
    assert found.pts == pts + 1


async def test_a_difference_has_edits_and_deletions_with_their_own_pts(
    client: Any, channel: Channel
) -> None:
    kept, gone = channel.post("LONG BTC"), channel.post("oops")
    channel.edit(kept.id, "SHORT BTC")
    channel.delete(gone.id)
    found = await difference(client, channel, 1)
    assert [m.message for m in found.new_messages] == ["SHORT BTC"]
    edited, deleted = found.other_updates
    assert (edited.message.message, edited.pts, edited.pts_count) == ("SHORT BTC", 4, 1)
    assert (deleted.messages, deleted.pts, deleted.pts_count) == ([gone.id], 5, 1)
    assert found.pts == 5


async def test_nothing_new_is_an_empty_difference_with_a_timeout(
    client: Any, channel: Channel
) -> None:
    channel.difference_timeout = 7
    found = await difference(client, channel, channel.box.pts)
    assert isinstance(found, types.updates.ChannelDifferenceEmpty)
    assert (found.pts, found.final, found.timeout) == (channel.box.pts, True, 7)


async def test_a_limit_makes_a_slice_that_is_not_final(client: Any, channel: Channel) -> None:
    channel.burst(15)
    found = await difference(client, channel, 1, limit=10)
    assert (len(found.new_messages), found.final, found.pts) == (10, False, 11)
    rest = await difference(client, channel, found.pts, limit=10)
    assert (len(rest.new_messages), rest.final, rest.pts) == (5, True, 16)


async def test_a_too_long_difference_has_the_dialog_and_the_latest_posts(
    client: Any, channel: Channel
) -> None:
    channel.burst(30)
    channel.too_long_difference()
    found = await difference(client, channel, 5)
    assert isinstance(found, types.updates.ChannelDifferenceTooLong)
    assert found.final
    assert found.dialog.pts == channel.box.pts
    assert found.dialog.top_message == 30
    assert [m.id for m in found.messages] == list(range(30, 10, -1))
    channel.post("next")
    following = await difference(client, channel, found.dialog.pts)
    assert [m.message for m in following.new_messages] == ["next"]


@pytest.mark.parametrize(
    ("pts", "error"),
    [
        pytest.param(0, errors.PersistentTimestampEmptyError, id="none"),
        pytest.param(99, errors.PersistentTimestampInvalidError, id="from the future"),
    ],
)
async def test_an_impossible_pts_is_refused(
    client: Any, channel: Channel, pts: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await difference(client, channel, pts)


async def test_the_accounts_difference_names_channels_that_moved(
    telegram: TelegramSimulator, owner: Account, client: Any, channel: Channel
) -> None:
    quiet = telegram.add_channel("Quiet", members=[owner])
    state = await client(functions.updates.GetStateRequest())
    channel.post("LONG BTC")
    owner.write("a note")
    request = functions.updates.GetDifferenceRequest(pts=state.pts, date=state.date, qts=0)
    found = await client(request)
    assert [m.message for m in found.new_messages] == ["a note"]
    assert [u.channel_id for u in found.other_updates] == [channel.id]
    assert quiet.id not in {chat.id for chat in found.chats}


async def test_who_asks_without_updates_is_pushed_nothing(
    telegram: TelegramSimulator, owner: Account, channel: Channel, connect: Connect
) -> None:
    quiet, loud = await connect(owner, receive_updates=False), await connect(owner)
    seen_quietly, seen_loudly = Seen(quiet), Seen(loud)
    assert telegram.listening(owner) == 1
    channel.post("LONG BTC")
    await eventually(lambda: len(seen_loudly.new) == 1)
    await quiet.get_me()  # whatever was pushed before this answer has arrived
    assert seen_quietly.new == []


async def test_only_members_are_pushed(
    telegram: TelegramSimulator, channel: Channel, client: Any, connect: Connect
) -> None:
    ann = telegram.add_account(phone="+15550003")
    stranger = await connect(ann)
    seen, seen_by_stranger = Seen(client), Seen(stranger)
    channel.post("LONG BTC")
    await eventually(lambda: len(seen.new) == 1)
    await stranger.get_me()
    assert seen_by_stranger.new == []


async def test_pushes_are_acknowledged(
    telegram: TelegramSimulator, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    channel.burst(10)
    await eventually(lambda: len(seen.new) == 10)
    (session,) = telegram.world.pushes.sessions
    assert len(session.unacknowledged) >= 10
    await client.get_me()  # Telethon's acknowledgements travel with its next request
    await eventually(lambda: len(session.unacknowledged) <= 1)


async def test_pushes_may_be_late_while_differences_are_not(client: Any, channel: Channel) -> None:
    seen = Seen(client)
    channel.push_delay_seconds = 0.1
    channel.post("late")
    found = await difference(client, channel, 1)
    assert [m.message for m in found.new_messages] == ["late"]
    assert seen.new == []
    await eventually(lambda: seen.new == ["late"])
