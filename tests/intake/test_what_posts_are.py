"""What counts as a post, what it says of itself, and what it answers."""

from telethon.tl import functions, types

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from waiting import eventually

from .conftest import Enter
from .world import World, quicker

MESSAGES = functions.channels.GetMessagesRequest


# what a post answers


async def test_an_answer_comes_with_what_it_answers(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("BUY BTC")
        vip.post("TP1 reached", reply_to=1)
        vip.post("close all", reply_to=2)
        await eventually(lambda: len(world.posts) == 3)
    assert [parent.text for parent in world.posts[2].parents] == ["TP1 reached", "BUY BTC"]
    assert telegram.requests.count(MESSAGES) == 0


async def test_an_answer_to_history_fetches_it(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    vip.post("BUY BTC")
    vip.post("comment", reply_to=1)
    async with world.running(await enter(), vip):
        vip.post("close", reply_to=2)
        vip.post("close again", reply_to=2)
        await eventually(lambda: len(world.posts) == 2)
    assert [parent.text for parent in world.posts[0].parents] == ["comment", "BUY BTC"]
    assert [parent.text for parent in world.posts[1].parents] == ["comment", "BUY BTC"]
    assert telegram.requests.count(MESSAGES) == 2
    assert len(world.posts) == 2


async def test_a_parent_that_does_not_come_in_time_is_left_out(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    vip.post("history")
    telegram.hang(MESSAGES)
    async with world.running(await enter(), vip, pace=quicker(parents=0.1)):
        vip.post("close", reply_to=1)
        await eventually(lambda: world.texts == ["close"])
    assert (world.posts[0].reply_to, world.posts[0].parents) == (1, ())


# what a post is


async def test_service_messages_are_no_posts_and_pictures_are(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.service_message()
        vip.photo()
        vip.photo("caption")
        await eventually(lambda: len(world.posts) == 2)
    assert world.texts == ["", "caption"]
    assert world.journal.cursors[world.posts[0].channel].message_id == 3


async def test_a_group_tells_who_wrote_and_in_which_topic(
    telegram: TelegramSimulator, world: World, enter: Enter, owner: Account
) -> None:
    analyst = telegram.add_account(phone="+15550002", first_name="Ann", username="ann_alyst")
    forum = telegram.add_channel("Forum", kind="forum", members=[owner, analyst])
    topic = forum.topic("Signals")
    async with world.running(await enter(), forum):
        forum.post("BUY", topic=topic, sender=analyst)
        forum.post("close", reply_to=2, sender=owner)
        await eventually(lambda: len(world.posts) == 2)
    first, second = world.posts
    assert (first.sender, first.sender_name) == (str(analyst.id), "@ann_alyst")
    assert (first.topic, first.reply_to) == (topic, None)
    assert (second.sender, second.sender_name) == (str(owner.id), None)
    assert (second.topic, second.reply_to) == (topic, 2)
    assert [parent.text for parent in second.parents] == ["BUY"]


async def test_links_are_where_they_lead(world: World, enter: Enter, vip: Channel) -> None:
    text = "🚀 chart here, see example.org and t.me/vip/7"
    entities = [
        types.MessageEntityTextUrl(offset=9, length=4, url="https://charts.example/1"),
        types.MessageEntityUrl(offset=19, length=11),
    ]
    async with world.running(await enter(), vip):
        vip.post(text, entities=entities)
        await eventually(lambda: len(world.posts) == 1)
    assert world.posts[0].links == ("https://charts.example/1", "example.org", "t.me/vip/7")
