"""Dialogues, and names of a profile turned into channels."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import functions

from tgbitget.errors import ConfigError
from tgbitget.settings import Settings
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram.answers import Refused
from tgbitget.telegram.channel import bare_id, marked_id
from tgbitget.telegram.channels import list_dialogues, parse_name, resolve
from tgbitget.telegram.client import connect, hang_up
from tgbitget.telegram.session import Login, SessionFile

Enter = Callable[..., Awaitable[Any]]

GET_DIALOGS = functions.messages.GetDialogsRequest
RESOLVE = functions.contacts.ResolveUsernameRequest


@pytest.fixture
def vip(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("VIP Signals", username="vip_signals", members=[owner])


@pytest.fixture
def group(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("Traders", kind="group", members=[owner])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("@VIP_signals", "vip_signals", id="user name"),
        pytest.param("vip_signals", "vip_signals", id="without @"),
        pytest.param("https://t.me/vip_signals", "vip_signals", id="link"),
        pytest.param("t.me/s/vip_signals", "vip_signals", id="link to the preview"),
        pytest.param("https://t.me/vip_signals/123?single", "vip_signals", id="link to a post"),
        pytest.param("t.me/c/1500000001/7", 1500000001, id="link to a private post"),
        pytest.param(-1001500000001, 1500000001, id="marked id"),
        pytest.param("-1001500000001", 1500000001, id="marked id as text"),
        pytest.param(1500000001, 1500000001, id="bare id"),
    ],
)
def test_a_channel_may_be_named_in_many_ways(name: str | int, key: int | str) -> None:
    assert parse_name(name) == key


@pytest.mark.parametrize(
    ("name", "named"),
    [
        pytest.param("t.me/+AbCdEf", "an invite link", id="invite"),
        pytest.param("https://t.me/joinchat/AbCd", "an invite link", id="old invite"),
        pytest.param("two words", "neither a user name nor an id", id="words"),
        pytest.param("", "neither a user name nor an id", id="nothing"),
        pytest.param("t.me/", "neither a user name nor an id", id="bare link"),
        pytest.param(-123456, "a basic group must be upgraded", id="basic group"),
    ],
)
def test_a_name_that_can_be_no_channel_is_refused(name: str | int, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        parse_name(name)


@given(st.integers(1, 10**12))
def test_marks_come_off_again(bare: int) -> None:
    assert bare_id(marked_id(bare)) == bare


async def test_dialogues_say_what_can_be_followed(
    enter: Enter, vip: Channel, group: Channel, owner: Account
) -> None:
    found = {one.title: one for one in await list_dialogues(await enter())}
    assert (found["VIP Signals"].kind, found["Traders"].kind) == ("channel", "group")
    assert found["VIP Signals"].id == vip.marked_id
    assert found["VIP Signals"].username == "vip_signals"
    channel = found["Traders"].channel
    assert channel is not None
    assert channel.id == str(group.marked_id)


async def test_names_are_found_with_one_sweep_of_the_dialogues(
    telegram: TelegramSimulator, enter: Enter, vip: Channel, group: Channel
) -> None:
    client = await enter()
    found = await resolve(client, ["@vip_signals", group.marked_id])
    assert [found["@vip_signals"].bare_id, found[group.marked_id].bare_id] == [vip.id, group.id]
    assert telegram.requests.count(GET_DIALOGS) == 1
    assert telegram.requests.count(RESOLVE) == 0


async def test_what_the_session_knows_costs_no_sweep(
    telegram: TelegramSimulator, owner: Account, settings: Settings, vip: Channel
) -> None:
    session = telegram.authorised_session(owner)
    SessionFile(settings.session_file).write(Login(session=session))
    first = await connect(settings)
    await resolve(first, ["@vip_signals"])
    await hang_up(first)

    vip.title = "Renamed"
    second = await connect(settings)
    found = await resolve(second, ["@vip_signals"])
    await hang_up(second)
    assert found["@vip_signals"].title == "Renamed"
    assert telegram.requests.count(GET_DIALOGS) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param((400, "METHOD_INVALID"), id="the list is refused"),
        pytest.param((420, "FLOOD_WAIT_30"), id="asked for too often"),
    ],
)
async def test_a_name_is_looked_up_where_dialogues_are_not_told(
    telegram: TelegramSimulator, enter: Enter, vip: Channel, refusal: tuple[int, str]
) -> None:
    telegram.fail(GET_DIALOGS, *refusal)
    found = await resolve(await enter(), ["@vip_signals"])
    assert found["@vip_signals"].bare_id == vip.id
    assert telegram.requests.count(RESOLVE) == 1


async def test_an_id_cannot_be_looked_up_and_needs_the_dialogues(
    telegram: TelegramSimulator, enter: Enter, vip: Channel
) -> None:
    telegram.fail(GET_DIALOGS, 400, "METHOD_INVALID")
    with pytest.raises(Refused):
        await resolve(await enter(), [vip.marked_id])


@pytest.mark.parametrize(
    ("name", "named"),
    [
        pytest.param("@nobody_here", "channel @nobody_here: there is nobody", id="nobody"),
        pytest.param("@open_house", "has not joined it", id="not joined"),
        pytest.param("@somebody", "a person or a bot, not a channel", id="a person"),
        pytest.param(-1001599999999, "not among this account's channels", id="unknown id"),
    ],
)
async def test_an_unknown_name_is_named(
    telegram: TelegramSimulator, enter: Enter, vip: Channel, name: str | int, named: str
) -> None:
    telegram.add_channel("Open House", username="open_house")
    telegram.add_account(phone="+15550077", username="somebody")
    with pytest.raises(ConfigError, match=named):
        await resolve(await enter(), ["@vip_signals", name])


@pytest.mark.parametrize("way", ["kicked", "left"])
async def test_a_channel_that_was_left_is_named(
    enter: Enter, vip: Channel, group: Channel, owner: Account, way: str
) -> None:
    client = await enter()
    await resolve(client, [group.marked_id, vip.marked_id])
    group.kick(owner) if way == "kicked" else group.leave(owner)
    with pytest.raises(ConfigError, match=str(group.marked_id)):
        await resolve(client, [vip.marked_id, group.marked_id])


async def test_a_flood_wait_on_names_points_to_ids(
    telegram: TelegramSimulator, enter: Enter
) -> None:
    telegram.flood_wait(RESOLVE, 54000)
    with pytest.raises(ConfigError, match=r"no more names for 54000 s; use the id"):
        await resolve(await enter(), ["@anybody"])
