"""From a post in the simulated Telegram to an outcome in the journal, over real sockets."""

import asyncio
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from telethon.tl import functions, types

from tgbitget.errors import NotAuthorised
from tgbitget.intake.pace import Pace
from tgbitget.model.post import Arrival, Via
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram.answers import ask
from tgbitget.telegram.client import dial

from .conftest import Enter
from .world import NEVER, World, eventually, quicker

DIFFERENCE = functions.updates.GetChannelDifferenceRequest
MESSAGES = functions.channels.GetMessagesRequest
GET_STATE = functions.updates.GetStateRequest


@pytest.fixture
def world() -> World:
    return World()


# First start, live, restart.


async def test_a_first_start_begins_at_the_top(world: World, enter: Enter, vip: Channel) -> None:
    vip.burst(["old 1", "old 2"])
    async with world.running(await enter(), vip):
        vip.post("new")
        await eventually(lambda: world.texts == ["new"])
    cursor = world.journal.cursors[world.posts[0].channel]
    assert (cursor.message_id, cursor.pts) == (3, vip.box.pts)


async def test_the_first_start_is_remembered_though_nothing_was_posted(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.burst(["old 1", "old 2"])
    async with world.running(await enter(), vip):
        pass
    vip.post("while away")
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["while away"])


async def test_a_live_post_comes_by_push(world: World, enter: Enter, vip: Channel) -> None:
    async with world.running(await enter(), vip):
        shown = vip.post("BUY BTC")
        await eventually(lambda: len(world.posts) == 1)
    (post,) = world.posts
    assert (post.via, post.revision, post.text) == (Via.PUSH, 0, "BUY BTC")
    assert post.date == shown.date.replace(microsecond=0)
    assert post.channel == str(vip.marked_id)
    assert world.arrivals[0].seen_monotonic > 0


async def test_posts_made_while_away_are_read_in_order_at_the_next_start(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("live")
        await eventually(lambda: world.texts == ["live"])
    vip.burst(250)
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 251)
    assert world.texts == ["live", *(str(n) for n in range(1, 251))]
    assert {post.via for post in world.posts[1:]} == {Via.BACKFILL}


async def test_the_cursor_moves_only_with_outcomes(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        pass
    begun = world.journal.cursors[next(iter(world.journal.cursors))]
    vip.burst(120)
    gate = asyncio.Event()

    async def stop_at_the_third(arrival: Arrival) -> None:
        if arrival.what.message_id == 3:
            await gate.wait()

    world.before = stop_at_the_third
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 2)
        cursor = world.journal.cursors[begun.channel]
        assert (cursor.message_id, cursor.pts) == (2, begun.pts)
        gate.set()
        await eventually(lambda: len(world.posts) == 120)
        cursor = world.journal.cursors[begun.channel]
        assert (cursor.message_id, cursor.pts) == (120, vip.box.pts)


async def test_a_crash_between_offer_and_outcome_delivers_again(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("first")
        await eventually(lambda: world.texts == ["first"])

        async def crash(arrival: Arrival) -> None:
            await asyncio.Event().wait()

        world.before = crash
        vip.burst(["second", "third"])
        await eventually(lambda: vip.box.pts == 4)
    world.before = None
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["first", "second", "third"])


async def test_a_burst_of_a_thousand_posts_keeps_its_order(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.burst(1000)
        await eventually(lambda: len(world.posts) == 1000)
    assert world.texts == [str(n) for n in range(1, 1001)]


async def test_a_slow_outcome_in_a_burst_loses_nothing(
    world: World, enter: Enter, vip: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.intake.inbox.WAITING_MAX", 20)
    gate = asyncio.Event()

    async def wait(arrival: Arrival) -> None:
        await gate.wait()

    world.before = wait
    client = await enter()
    async with world.running(client, vip):
        vip.burst(300)
        await ask(
            client, GET_STATE()
        )  # its answer comes behind the pushes: they were all taken by now
        gate.set()
        await eventually(lambda: len(world.posts) == 300)
    assert world.texts == [str(n) for n in range(1, 301)]


# Edits and deletions.


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


# Pushes that are late, doubled, reversed, missing.


async def test_a_push_that_comes_twice_is_one_post(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        vip.push_again(1)
        vip.post("b")
        await eventually(lambda: "b" in world.texts)
    assert world.texts == ["a", "b"]


async def test_pushes_in_the_wrong_order_are_put_right(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
        with vip.out_of_order():
            vip.post("b")
            vip.edit(2, "b2")
            vip.post("c")
        await eventually(lambda: len(world.posts) >= 3 and "c" in world.texts)
    assert [t for t in world.texts if t != "b"] == ["a", "b2", "c"]


async def test_a_gap_is_filled_before_what_comes_after_it(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
        vip.gap("lost")
        vip.post("c")
        await eventually(lambda: len(world.posts) == 3)
    assert world.texts == ["a", "lost", "c"]


@pytest.mark.parametrize("missing", [1, 99, 101, 1500])
async def test_a_gap_of_any_size_is_filled(
    world: World, enter: Enter, vip: Channel, missing: int
) -> None:
    async with world.running(await enter(), vip):
        for n in range(missing):
            vip.gap(str(n))
        vip.post("seen")
        await eventually(lambda: len(world.posts) == missing + 1)
    assert world.texts == [*(str(n) for n in range(missing)), "seen"]


async def test_a_withheld_push_is_found_by_the_poll(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    async with world.running(await enter(), vip, fast=Decimal("0.05")):
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"])
    assert world.posts[0].via is Via.POLL


async def test_auto_polls_at_the_servers_pace(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    vip.difference_timeout = 1
    async with world.running(await enter(), vip, fast="auto"):
        asked = telegram.requests.count(DIFFERENCE)
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"], within=3)
        assert telegram.requests.count(DIFFERENCE) - asked <= 2


async def test_a_channel_without_fast_poll_is_asked_in_the_slow_round(
    world: World, enter: Enter, vip: Channel
) -> None:
    vip.silent = True
    async with world.running(await enter(), vip, fast=NEVER, pace=quicker(slow_poll=0.1)):
        vip.post("never pushed")
        await eventually(lambda: world.texts == ["never pushed"])


async def test_only_ten_channels_are_polled_fast(
    telegram: TelegramSimulator, world: World, enter: Enter, owner: Account
) -> None:
    channels = [telegram.add_channel(f"Channel {n}", members=[owner]) for n in range(11)]
    async with world.running(await enter(), *channels, fast=Decimal("0.02")):
        await telegram.requests.wait_for(DIFFERENCE, count=60)
    asked = Counter(r.body.channel.channel_id for r in telegram.requests.named(DIFFERENCE))
    assert asked[channels[10].id] == 1
    assert all(asked[channel.id] > 1 for channel in channels[:10])
    assert world.warnings == ["11 channels want a fast poll, 10 of them get it"]


# The line.


async def test_posts_made_while_the_line_was_down_are_read_after_it(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    async with world.running(await enter(), vip):
        vip.post("before")
        await eventually(lambda: world.texts == ["before"])
        telegram.refuse()
        telegram.drop()
        await eventually(
            lambda: telegram.listening(next(iter(telegram.world.accounts.values()))) == 0
        )
        vip.burst(["missed 1", "missed 2"])
        await eventually(lambda: any("dialling for ever" in text for text in world.warnings))
        await telegram.accept()
        await eventually(lambda: len(world.posts) == 3)
        assert world.posts[1].via is Via.BACKFILL
        vip.post("after")
        await eventually(lambda: "after" in world.texts)
    assert world.texts == ["before", "missed 1", "missed 2", "after"]
    assert world.posts[-1].via is Via.PUSH


@pytest.mark.parametrize("reset", [True, False])
async def test_a_dropped_line_is_dialled_again_at_once(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, reset: bool
) -> None:
    async with world.running(await enter(), vip):
        for n in range(5):
            telegram.drop(reset=reset)
            vip.post(str(n))
            await eventually(lambda n=n: len(world.posts) == n + 1)  # type: ignore[misc]  # mypy and default arguments
    assert world.texts == list("01234")


async def test_a_silent_line_is_noticed_and_replaced(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        telegram.silence()
        vip.post("into the void")
        await eventually(lambda: any("dialling for ever" in text for text in world.warnings))
        telegram.speak()
        await eventually(lambda: world.texts == ["into the void"])


def test_by_default_a_silent_line_is_noticed_within_fifteen_seconds() -> None:
    pace = Pace()
    # Looked at every `watch` seconds; an answer may have come right after the last look.
    assert 2 * pace.watch + pace.sign_of_life < 15


async def test_it_never_gives_up_dialling(
    telegram: TelegramSimulator,
    world: World,
    enter: Enter,
    vip: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = 0

    async def counted(client: Any, **options: Any) -> None:
        nonlocal attempts
        attempts += 1
        await dial(client, **options)

    monkeypatch.setattr("tgbitget.intake.line.dial", counted)
    pace = quicker(dial_pause_first=0.001, dial_pause_max=0.002)
    async with world.running(await enter(), vip, pace=pace):
        telegram.stop_listening()
        telegram.drop()
        await eventually(lambda: attempts > 100)
        vip.post("after a long night")
        await telegram.accept()
        await eventually(lambda: world.texts == ["after a long night"])
    assert len([w for w in world.warnings if "dialling for ever" in w]) == 1


async def test_a_clock_that_is_set_back_does_not_make_us_deaf(
    telegram: TelegramSimulator,
    world: World,
    enter: Enter,
    vip: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = telegram.requests.count(GET_STATE)
    async with world.running(await enter(), vip):
        true_time = time.time
        monkeypatch.setattr(time, "time", lambda: true_time() - 100)
        telegram.set_clock(100)  # the server's clock did not step
        vip.post("from the future")
        await eventually(lambda: world.texts == ["from the future"])
        vip.post("and again")
        await eventually(lambda: world.texts == ["from the future", "and again"])
        assert telegram.requests.count(GET_STATE) > asked


async def test_a_request_that_hangs_does_not_stop_the_channel(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    client = await enter()
    async with world.running(client, vip, fast=Decimal("0.05"), pace=quicker(difference=0.2)):
        telegram.hang(DIFFERENCE, times=2)
        vip.post("pushed", lost=True)
        await eventually(lambda: world.texts == ["pushed"])


async def test_a_revoked_login_ends_the_run_once_what_was_read_is_done(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    gate = asyncio.Event()

    async def wait_until_it_is_revoked(arrival: Arrival) -> None:
        asyncio.get_running_loop().call_later(0.3, gate.set)
        await gate.wait()

    world.before = wait_until_it_is_revoked
    source = await world.source(await enter(), vip)
    running = asyncio.create_task(source.run(world.deliver))
    await source.following()
    vip.burst(["last", "words"])
    telegram.revoke(owner)
    with pytest.raises(NotAuthorised, match="ended from another device"):
        await asyncio.wait_for(running, 5)
    assert world.texts == ["last", "words"]


async def test_a_duplicated_login_ends_the_run(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, owner: Account
) -> None:
    source = await world.source(await enter(), vip, fast=Decimal("0.05"))
    running = asyncio.create_task(source.run(world.deliver))
    await source.following()
    telegram.duplicate_keys(owner)
    with pytest.raises(NotAuthorised, match="AUTH_KEY_DUPLICATED"):
        await asyncio.wait_for(running, 5)


# One channel's trouble beside others.


@pytest.fixture
def calm(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("Calm", members=[owner])


async def test_a_flood_wait_of_one_channel_does_not_hold_up_another(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    vip.silent = calm.silent = True
    telegram.flood_wait(DIFFERENCE, 300, channel=vip, times=None)
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        calm.post("calm")
        await eventually(lambda: world.texts == ["calm"])
        asked = [
            r for r in telegram.requests.named(DIFFERENCE) if r.body.channel.channel_id == vip.id
        ]
        assert len(asked) == 1
    assert [w for w in world.warnings if "300 s" in w and "VIP" in w]


async def test_pushes_go_on_while_telegram_wants_no_questions(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        telegram.flood_wait(DIFFERENCE, 300, times=None)
        vip.post("a")
        vip.gap("lost")
        vip.post("c")
        await eventually(lambda: world.texts == ["a", "c"])
        cursor = world.journal.cursors[world.posts[0].channel]
        assert cursor.message_id == 1
    telegram.clear_faults()
    async with world.running(await enter(), vip):
        await eventually(lambda: sorted(world.texts) == ["a", "c", "lost"])


async def test_a_server_error_is_waited_out(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        vip.silent = True
        telegram.fail(DIFFERENCE, 500, "PERSISTENT_TIMESTAMP_OUTDATED", channel=vip, times=4)
        vip.post("late")
        calm.post("calm")
        await eventually(lambda: sorted(world.texts) == ["calm", "late"])
    assert world.texts == ["calm", "late"]


async def test_answers_that_never_come_are_told_once(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel, calm: Channel
) -> None:
    pace = quicker(difference=0.05)
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05"), pace=pace):
        fault = telegram.hang(DIFFERENCE, channel=vip)
        await eventually(lambda: fault.hits > 8)
        vip.post("pushed")
        await eventually(lambda: world.texts == ["pushed"])
    assert [text for text in world.warnings if "did not answer in time" in text] == world.warnings
    assert len(world.warnings) == 1


async def test_a_journal_that_refuses_the_first_cursor_is_told_and_asked_again(
    world: World, enter: Enter, vip: Channel
) -> None:
    world.journal.refusals = 2
    async with world.running(await enter(), vip):
        await eventually(lambda: bool(world.journal.cursors))
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
    assert [text for text in world.warnings if "the journal refused: disk full" in text]


async def test_a_channel_that_throws_us_out_is_told_once_and_others_go_on(
    world: World, enter: Enter, vip: Channel, calm: Channel, owner: Account
) -> None:
    async with world.running(await enter(), vip, calm, fast=Decimal("0.05")):
        vip.kick(owner)
        await eventually(lambda: any("cannot be read any more" in w for w in world.warnings))
        calm.post("calm")
        await eventually(lambda: world.texts == ["calm"])
        vip.post("not for us")
        vip.admit(owner)
        vip.post("welcome back")
        await eventually(lambda: "welcome back" in world.texts)
    assert len([w for w in world.warnings if "cannot be read any more" in w]) == 1


# Too much was missed.


async def test_history_is_read_where_a_difference_is_too_long(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("live")
        await eventually(lambda: world.texts == ["live"])
    vip.burst(230)
    vip.service_message()
    vip.too_long_difference()
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 231)
        vip.post("and on")
        await eventually(lambda: "and on" in world.texts)
    assert world.texts == ["live", *(str(n) for n in range(1, 231)), "and on"]
    assert world.posts[1].via is Via.BACKFILL
    assert world.journal.cursors[world.posts[0].channel].pts == vip.box.pts


async def test_what_became_of_traded_posts_is_read_again_where_a_difference_is_too_long(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    world.journal.is_trading = True
    async with world.running(await enter(), vip):
        vip.burst(["a", "b", "c"])
        await eventually(lambda: len(world.posts) == 3)
    vip.edit(1, "a2")
    vip.delete(2)
    vip.post("d")
    vip.too_long_difference()
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.arrivals) == 6)
    assert [(p.message_id, p.revision, p.text) for p in world.posts[3:]] == [
        (4, 0, "d"),
        (1, 1, "a2"),
    ]
    assert world.deleted == [2]
    assert telegram.requests.count(MESSAGES) == 1


async def test_a_crash_while_history_is_read_goes_on_where_it_was(
    telegram: TelegramSimulator, world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        pass
    vip.burst(150)
    vip.too_long_difference()

    async def crash_at_120(arrival: Arrival) -> None:
        if arrival.what.message_id == 120:
            await asyncio.Event().wait()

    world.before = crash_at_120
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 119)
    world.before = None
    async with world.running(await enter(), vip):
        await eventually(lambda: len(world.posts) == 150)
    assert world.texts == [str(n) for n in range(1, 151)]


async def test_a_pts_that_the_server_does_not_know_leads_to_history(
    world: World, enter: Enter, vip: Channel
) -> None:
    async with world.running(await enter(), vip):
        vip.post("a")
        await eventually(lambda: world.texts == ["a"])
    channel = world.posts[0].channel
    cursor = world.journal.cursors[channel]
    world.journal.cursors[channel] = type(cursor)(channel=channel, pts=9_999, message_id=1)
    vip.post("b")
    async with world.running(await enter(), vip):
        await eventually(lambda: world.texts == ["a", "b"])
        vip.post("c")
        await eventually(lambda: world.texts == ["a", "b", "c"])


# The journal.


async def test_what_the_journal_refused_is_offered_again_and_nothing_overtakes_it(
    world: World, enter: Enter, vip: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tgbitget.intake.inbox.RETRY_SECONDS_FIRST", 0.01)
    async with world.running(await enter(), vip):
        world.journal.refusals = 3
        vip.burst(["a", "b"])
        await eventually(lambda: world.texts == ["a", "b"])
    assert any("waits for the journal: disk full" in text for text in world.warnings)


# What a post answers.


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


# What a post is.


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
