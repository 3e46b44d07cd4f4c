"""A channel's history as Telegram Desktop would write it: whole, resumed, patient."""

import json
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import functions, types

from tgbitget.errors import ConfigError, Unreachable
from tgbitget.intake.replay import read_posts
from tgbitget.model.post import Post
from tgbitget.simulators.telegram import Account, Channel, TelegramSimulator
from tgbitget.telegram.channels import resolve
from tgbitget.telegram.desktop import text_entities
from tgbitget.telegram.export import ExportProgress, export

Enter = Callable[..., Awaitable[Any]]

GET_HISTORY = functions.messages.GetHistoryRequest


@pytest.fixture
def vip(telegram: TelegramSimulator, owner: Account) -> Channel:
    return telegram.add_channel("VIP Signals", members=[owner])


Export = Callable[[], Awaitable[int]]


@pytest.fixture
def reports() -> list[ExportProgress]:
    return []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


@pytest.fixture
def run(enter: Enter, vip: Channel, file: Path, reports: list[ExportProgress]) -> Export:
    async def run() -> int:
        client = await enter()
        channel = (await resolve(client, [vip.marked_id]))[vip.marked_id]
        return await export(client, channel, file, reports.append, pause_seconds=0)

    return run


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def written(file: Path) -> Any:
    return json.loads(file.read_text())


async def test_an_export_is_what_desktop_writes(run: Export, vip: Channel, file: Path) -> None:
    vip.post("BUY BTC 🚀 now", entities=[types.MessageEntityBold(offset=4, length=3)])
    vip.photo("chart", reply_to=1)
    vip.service_message()
    vip.post("old")
    vip.edit(4, "new")
    vip.post("gone")
    vip.delete(5)
    assert await run() == 4
    found = written(file)
    assert (found["name"], found["type"], found["id"]) == ("VIP Signals", "private_channel", vip.id)
    first, second, third, fourth = found["messages"]
    assert first["text"] == ["BUY ", {"type": "bold", "text": "BTC"}, " 🚀 now"]
    assert [e["type"] for e in first["text_entities"]] == ["plain", "bold", "plain"]
    assert (first["from"], first["from_id"]) == ("VIP Signals", f"channel{vip.id}")
    assert first["date_unixtime"] == str(int(vip.messages[0].date.timestamp()))
    assert (second["text"], second["reply_to_message_id"]) == ("chart", 1)
    assert "photo" in second
    assert (third["type"], third["action"]) == ("service", "pin_message")
    assert (fourth["text"], "edited_unixtime" in fourth) == ("new", True)
    assert not file.with_name("result.json.part").exists()
    assert mode_of(file) == 0o600


async def test_an_export_can_be_replayed(run: Export, vip: Channel, file: Path) -> None:
    vip.burst(250)
    vip.post("answer", reply_to=7)
    await run()
    posts = [item for item in read_posts(file) if isinstance(item, Post)]
    assert [post.message_id for post in posts] == list(range(1, 252))
    assert posts[0].channel == str(vip.marked_id)
    assert posts[-1].parents[0].text == "7"


async def test_an_empty_channel_is_an_empty_export(run: Export, vip: Channel, file: Path) -> None:
    assert await run() == 0
    assert written(file)["messages"] == []


async def test_an_export_goes_on_where_it_was_broken_off(
    telegram: TelegramSimulator,
    run: Export,
    vip: Channel,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tgbitget.telegram.export.FAILURES_MAX", 1)
    vip.burst(250)
    await telegram_fails_after(telegram, run, pages=2)
    part = file.with_name("result.json.part")
    with part.open("a") as lines:
        lines.write('{"id": 201, "type": "mess')
    telegram.clear_faults()
    asked = telegram.requests.count(GET_HISTORY)
    assert await run() == 250
    assert [m["id"] for m in written(file)["messages"]] == list(range(1, 251))
    assert telegram.requests.count(GET_HISTORY) == asked + 2


async def telegram_fails_after(telegram: TelegramSimulator, run: Export, pages: int) -> None:
    """The first *pages* requests pass."""
    seen = 0
    original = telegram.requests.add

    def count(request: Any) -> None:
        nonlocal seen
        original(request)
        seen += request.name == "messages.getHistory"
        if seen == pages + 1:
            telegram.fail(GET_HISTORY, 500, "HISTORY_GET_FAILED")

    telegram.requests.add = count  # type: ignore[method-assign]  # cues have no "after n"
    with pytest.raises(Unreachable):
        await run()
    telegram.requests.add = original  # type: ignore[method-assign]  # as it was


async def test_a_flood_wait_is_waited_and_told(
    telegram: TelegramSimulator, run: Export, vip: Channel, reports: list[ExportProgress]
) -> None:
    vip.burst(3)
    telegram.flood_wait(GET_HISTORY, 1, times=1)
    assert await run() == 3
    assert [r.waiting_seconds for r in reports] == [1.0, None]
    assert reports[-1] == ExportProgress(done=3, total=3)


async def test_a_line_that_breaks_is_dialled_again(
    telegram: TelegramSimulator, run: Export, vip: Channel
) -> None:
    vip.burst(150)
    telegram.drop_answer(GET_HISTORY)
    assert await run() == 150


async def test_the_part_of_another_channel_is_refused(
    run: Export, vip: Channel, file: Path
) -> None:
    file.with_name("result.json.part").write_text('{"name": "x", "type": "y", "id": 1}\n')
    with pytest.raises(ConfigError, match="belongs to another channel"):
        await run()


async def test_a_file_that_cannot_be_written_is_named(
    enter: Enter, vip: Channel, tmp_path: Path
) -> None:
    client = await enter()
    channel = (await resolve(client, [vip.marked_id]))[vip.marked_id]
    with pytest.raises(ConfigError, match=r"cannot write .*nowhere/result.json"):
        await export(client, channel, tmp_path / "nowhere" / "result.json", lambda _: None)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=6),
)
def test_pieces_add_up_to_the_text(text: str, marks: list[tuple[int, int]]) -> None:
    entities = [types.MessageEntityBold(offset=o, length=n) for o, n in marks]
    pieces = text_entities(text, entities)
    halves = any("�" in piece["text"] for piece in pieces)  # a mark may cut an emoji in two
    assert halves or "".join(piece["text"] for piece in pieces) == text
