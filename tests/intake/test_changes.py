"""Edits and deletions, as they come and inside a difference, over real sockets."""

from tgbitget.simulators.telegram import Channel
from waiting import eventually

from .conftest import Enter
from .world import World


async def test_an_edit_is_the_next_revision(world: World, enter: Enter, vip: Channel) -> None:
    async with world.running(await enter(), vip):
        vip.post("stop 100")
        vip.edit(1, "stop 101")
        await eventually(lambda: len(world.posts) == 2)
    assert [(p.revision, p.text) for p in world.posts] == [(0, "stop 100"), (1, "stop 101")]
    assert world.posts[1].edited is not None


async def test_twenty_edits_in_a_second_are_twenty_revisions_in_order(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("0")
        for n in range(1, 21):
            vip.edit(1, str(n))
        await eventually(lambda: len(world.posts) == 21)
    assert [(p.revision, p.text) for p in world.posts] == [(n, str(n)) for n in range(21)]


async def test_a_reaction_is_no_revision(world: World, enter: Enter, vip: Channel) -> None:
    async with world.running(await enter(), vip):
        vip.post("BUY")
        for _ in range(5):
            vip.react(1)
        vip.post("next")
        await eventually(lambda: "next" in world.texts)
    assert world.texts == ["BUY", "next"]


async def test_a_deletion_of_a_known_post_is_told_once(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.post("before our time")
    async with world.running(await enter(), vip):
        vip.burst(["a", "b"])
        vip.delete(1, 2)
        vip.push_again(2)
        vip.post("c")
        await eventually(lambda: world.texts == ["a", "b", "c"])
    assert world.deleted == [2]


async def test_an_edit_of_history_is_not_ours(world: World, enter: Enter, vip: Channel) -> None:
    vip.post("an old signal")
    async with world.running(await enter(), vip):
        vip.edit(1, "an old signal, now hot")
        vip.post("new")
        await eventually(lambda: "new" in world.texts)
    assert world.texts == ["new"]


async def test_edits_and_deletions_inside_a_difference_are_told(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.burst(["a", "b", "c"])
        await eventually(lambda: len(world.posts) == 3)
    vip.edit(1, "a2")
    vip.edit(1, "a3")
    vip.delete(2)
    vip.post("d")
    vip.edit(4, "d2")
    vip.post("gone")
    vip.delete(5)
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.arrivals) == 6)
    later = world.posts[3:]
    assert {(p.message_id, p.revision, p.text) for p in later} == {(4, 0, "d2"), (1, 1, "a3")}
    assert world.deleted == [2]


async def test_a_difference_read_twice_tells_nothing_twice(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.burst(["a", "b"])
        vip.edit(1, "a2")
        vip.delete(2)
        await eventually(lambda: len(world.arrivals) == 4)
    channel = world.posts[0].channel
    old = world.journal.cursors[channel]
    world.journal.cursors[channel] = type(old)(channel=channel, pts=1, message_id=0)
    async with world.running(await enter(), vip):
        vip.post("c")
        await eventually(lambda: "c" in world.texts)
    assert world.texts == ["a", "b", "a2", "c"]
    assert world.deleted == [2]
