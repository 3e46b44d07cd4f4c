import asyncio
import time
from typing import Any

import pytest
from telethon import errors, functions, types

from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from waiting import eventually

from .conftest import Connect, Seen, once

STATE = functions.updates.GetStateRequest


async def test_a_flood_wait_says_its_seconds_and_passes(
    telegram: TelegramSimulator, client: Any
) -> None:
    client.flood_sleep_threshold = 0
    fault = telegram.flood_wait("updates.getState", 2)
    with pytest.raises(errors.FloodWaitError) as raised:
        await client(STATE())
    assert raised.value.seconds == 2
    assert fault.hits == 1
    assert (await client(STATE())).pts


async def test_a_failure_meets_one_channel_only(
    telegram: TelegramSimulator, owner: Account, connect: Connect, channel: Channel
) -> None:
    other = telegram.add_channel("Other", members=[owner])
    client = await connect(owner)
    await client.get_dialogs()
    telegram.fail("messages.getHistory", 400, "CHANNEL_PRIVATE", channel=channel)
    with pytest.raises(errors.ChannelPrivateError):
        await client.get_messages(channel.marked_id)
    assert await client.get_messages(other.marked_id) == []
    telegram.clear_faults()
    assert await client.get_messages(channel.marked_id) == []


async def test_any_request_may_fail(telegram: TelegramSimulator, client: Any) -> None:
    fault = telegram.fail(None, 400, "INPUT_REQUEST_TOO_LONG", times=2)
    for _ in range(2):
        with pytest.raises(errors.BadRequestError):
            await client(STATE())
    assert fault.hits == 2
    assert (await client(STATE())).pts


async def test_a_server_error_passes(telegram: TelegramSimulator, client: Any) -> None:
    telegram.fail(STATE, 500, "HISTORY_GET_FAILED", times=1)
    with pytest.raises(errors.HistoryGetFailedError):
        await once(client, STATE())
    assert (await client(STATE())).pts


async def test_a_delayed_answer_lets_others_pass(telegram: TelegramSimulator, client: Any) -> None:
    telegram.delay("updates.getState", 0.2)
    start = time.monotonic()
    slow = asyncio.ensure_future(client(STATE()))
    await telegram.requests.wait_for("updates.getState")
    await client.get_me()
    assert not slow.done()
    await slow
    assert time.monotonic() - start >= 0.2


async def test_a_hanging_request_is_carried_out_and_never_answered(
    telegram: TelegramSimulator, owner: Account, client: Any
) -> None:
    telegram.hang("messages.sendMessage")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.send_message("me", "read")
    assert [note.text for note in owner.saved_messages()] == ["read"]


async def test_a_dropped_answer_is_asked_for_again_and_not_carried_out_twice(
    telegram: TelegramSimulator, owner: Account, client: Any
) -> None:
    telegram.drop_answer("messages.sendMessage")
    with pytest.raises(errors.RandomIdDuplicateError):
        await once(client, functions.messages.SendMessageRequest(types.InputPeerSelf(), "read"))
    assert telegram.requests.count("messages.sendMessage") == 2
    assert [note.text for note in owner.saved_messages()] == ["read"]


@pytest.mark.parametrize("reset", [True, False], ids=["RST", "FIN"])
async def test_a_dropped_client_comes_back_and_is_pushed_no_replay(
    telegram: TelegramSimulator, owner: Account, client: Any, channel: Channel, reset: bool
) -> None:
    seen = Seen(client)
    telegram.drop(reset=reset)
    channel.post("missed")
    await eventually(lambda: telegram.listening(owner) == 1)
    await client.get_me()
    assert seen.new == []
    await client.catch_up()
    await eventually(lambda: seen.new == ["missed"])


async def test_posts_survive_drops_in_a_burst(
    telegram: TelegramSimulator, owner: Account, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    for start in range(0, 300, 100):
        channel.burst(str(n) for n in range(start, start + 100))
        telegram.drop()
        await eventually(lambda: telegram.listening(owner) == 1)
    await client.catch_up()
    await eventually(lambda: len(seen.new) >= 300)
    assert seen.new == [str(n) for n in range(300)]


@pytest.mark.parametrize("way", ["refuse", "stop_listening"])
async def test_no_client_comes_in_until_it_is_let_in(
    telegram: TelegramSimulator, owner: Account, connect: Connect, way: str
) -> None:
    client = await connect(owner, connection_retries=None)
    getattr(telegram, way)()
    telegram.drop()
    await eventually(lambda: telegram.connections == 0)
    waiting = asyncio.ensure_future(client.get_me())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await asyncio.shield(waiting)
    await telegram.accept()
    assert (await waiting).id == owner.id


async def test_a_black_hole_takes_everything_and_gives_nothing(
    telegram: TelegramSimulator, owner: Account, client: Any, channel: Channel
) -> None:
    seen = Seen(client)
    before = len(telegram.requests)
    telegram.silence()
    channel.post("swallowed")
    waiting = asyncio.ensure_future(client(STATE()))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await asyncio.shield(waiting)
    assert len(telegram.requests) == before
    assert client.is_connected()  # Telethon has noticed nothing
    assert seen.new == []
    telegram.speak()
    assert (await waiting).pts
    await client.catch_up()
    await eventually(lambda: seen.new == ["swallowed"])


async def test_new_connections_fall_into_the_black_hole_too(
    telegram: TelegramSimulator, owner: Account, connect: Connect
) -> None:
    telegram.silence()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await connect(owner)
    telegram.speak()
    assert (await (await connect(owner)).get_me()).id == owner.id


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param("SESSION_REVOKED", errors.SessionRevokedError, id="ended elsewhere"),
        pytest.param("AUTH_KEY_UNREGISTERED", errors.AuthKeyUnregisteredError, id="forgotten"),
    ],
)
async def test_a_revoked_session_is_silent_until_it_asks(
    telegram: TelegramSimulator,
    owner: Account,
    client: Any,
    channel: Channel,
    error: str,
    kind: type[Exception],
) -> None:
    seen = Seen(client)
    telegram.revoke(owner, error=error)
    channel.post("unseen")
    assert telegram.listening(owner) == 0
    with pytest.raises(kind):
        await client(STATE())
    assert seen.new == []


async def test_a_duplicated_key_is_dead(
    telegram: TelegramSimulator, owner: Account, client: Any
) -> None:
    telegram.duplicate_keys(owner)
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await client(STATE())
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await client(functions.help.GetConfigRequest())


async def test_an_unknown_request_fails_loudly(
    telegram: TelegramSimulator, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(
        errors.BadRequestError, match=r"UNSUPPORTED_BY_SIMULATOR_help\.getInviteText"
    ):
        await client(functions.help.GetInviteTextRequest())
    assert telegram.unknown_requests == ["help.getInviteText"]
    assert "help.getInviteText" in caplog.text
    telegram.unknown_requests.clear()


async def test_a_request_from_another_schema_is_unknown_too(
    telegram: TelegramSimulator, client: Any
) -> None:
    class FromTomorrow(functions.PingRequest):  # type: ignore[misc] # Telethon is untyped
        def _bytes(self) -> bytes:
            return b"\x01\x02\x03\x04"

    with pytest.raises(errors.BadRequestError, match="UNSUPPORTED_BY_SIMULATOR_04030201"):
        await client(FromTomorrow(0))
    assert telegram.unknown_requests == ["04030201"]
    telegram.unknown_requests.clear()


def test_a_fault_for_a_request_that_does_not_exist_is_refused(telegram: TelegramSimulator) -> None:
    with pytest.raises(LookupError, match=r"updates\.getDiference"):
        telegram.flood_wait("updates.getDiference", 5)


async def test_requests_are_logged_and_waited_for(
    telegram: TelegramSimulator, owner: Account, client: Any
) -> None:
    waiting = asyncio.ensure_future(telegram.requests.wait_for("updates.getState", count=2))
    await client(STATE())
    logged = await waiting
    assert (logged.name, logged.account_id) == ("updates.getState", owner.id)
    assert isinstance(logged.body, STATE)
    assert logged in list(telegram.requests)
    with pytest.raises(TimeoutError):
        await telegram.requests.wait_for("updates.getState", count=9, timeout=0.01)


async def test_a_new_salt_is_learnt_at_once(telegram: TelegramSimulator, client: Any) -> None:
    telegram.rotate_salt()
    assert (await client(STATE())).pts


@pytest.mark.parametrize("offset", [-3600, 3600], ids=["an hour behind", "an hour ahead"])
async def test_clients_follow_the_servers_clock(
    telegram: TelegramSimulator, owner: Account, channel: Channel, connect: Connect, offset: int
) -> None:
    telegram.set_clock(offset)
    client = await connect(owner)
    seen = Seen(client)
    channel.post("LONG BTC")
    await eventually(lambda: seen.new == ["LONG BTC"])
    assert abs(seen.messages[0].date.timestamp() - time.time() - offset) < 5


async def test_pings_salts_and_sessions_are_served(client: Any) -> None:
    assert (await client(functions.PingRequest(42))).ping_id == 42
    assert len((await client(functions.GetFutureSaltsRequest(1))).salts) == 1
    answer = await client(functions.DestroySessionRequest(1))
    assert isinstance(answer, types.DestroySessionNone)


async def test_stopping_does_not_wait_for_who_does_not_read(
    telegram: TelegramSimulator, owner: Account, channel: Channel, connect: Connect
) -> None:
    client = await connect(owner, auto_reconnect=False)
    client._sender._connection._writer.transport.pause_reading()
    channel.burst(["\N{ROCKET}" * 4000] * 2000)
    async with asyncio.timeout(3):
        await telegram.stop()
    assert telegram.connections == 0
