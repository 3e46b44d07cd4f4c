"""Files instead of Telegram: exports and JSON lines, whole and broken."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tgbitget.clock import FakeClock
from tgbitget.errors import BadInput
from tgbitget.intake.json_lines import LineReader
from tgbitget.intake.raw_post import Broken
from tgbitget.intake.replay import ReplaySource, read_posts
from tgbitget.intake.stdin import stdin_lines
from tgbitget.model.event import Event, Warned
from tgbitget.model.post import Arrival, Post, Via

START = 1_780_000_000
NOON = datetime.fromtimestamp(START, UTC)


def message(id: int, text: Any = "hello", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "type": "message",
        "date": "2026-05-28T20:26:40",
        "date_unixtime": str(START + 60 * id),
        "from": "Signals",
        "from_id": "channel1500000001",
        "text": text,
        "text_entities": [],
        **more,
    }


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    head = {"name": "Signals", "type": "private_channel", "id": 1500000001}
    return {**head, **more, "messages": list(messages)}


@pytest.fixture
def export(tmp_path: Path) -> Callable[[Any], Path]:
    def write(content: Any) -> Path:
        path = tmp_path / "result.json"
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    def write(*content: Any) -> Path:
        path = tmp_path / "posts.jsonl"
        rows = [one if isinstance(one, str) else json.dumps(one) for one in content]
        path.write_text("\n".join(rows), encoding="utf-8")
        return path

    return write


def posts_of(path: Path) -> list[Post]:
    return [item for item in read_posts(path) if isinstance(item, Post)]


def broken_in(path: Path) -> list[Broken]:
    return [item for item in read_posts(path) if isinstance(item, Broken)]


def line(id: int = 1, text: str = "hello", **more: Any) -> dict[str, Any]:
    date = datetime.fromtimestamp(START + 60 * id, UTC).isoformat()
    return {"channel": "alpha", "message_id": id, "date": date, "text": text, **more}


# Telegram Desktop's export.


@pytest.mark.parametrize(
    ("kind", "id", "channel"),
    [
        pytest.param("private_channel", 1500000001, "-1001500000001", id="channel"),
        pytest.param("public_supergroup", 77, "-10077", id="group with public name"),
        pytest.param("private_group", 4242, "-4242", id="basic group"),
        pytest.param("personal_chat", 99, "99", id="person"),
        pytest.param("private_channel", -1001500000001, "-1001500000001", id="marked already"),
    ],
)
def test_an_exported_chat_has_the_id_that_a_listener_sees(
    export: Callable[[Any], Path], kind: str, id: int, channel: str
) -> None:
    (post,) = posts_of(export(chat(message(1), type=kind, id=id)))
    assert post.channel == channel


def test_an_exported_message_becomes_a_post(export: Callable[[Any], Path]) -> None:
    (post,) = posts_of(export(chat(message(7, "BUY BTC"))))
    assert post == Post(
        channel=post.channel,
        message_id=7,
        date=datetime.fromtimestamp(START + 420, UTC),
        text="BUY BTC",
        via=Via.REPLAY,
    )
    assert post.signal == "-1001500000001/7"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("plain", "plain", id="string"),
        pytest.param("", "", id="picture without words"),
        pytest.param(["a ", {"type": "bold", "text": "b"}, " c"], "a b c", id="list"),
        pytest.param([], "", id="empty list"),
        pytest.param("\ud83d broken half", "� broken half", id="half of a character"),
    ],
)
def test_the_text_is_the_content(export: Callable[[Any], Path], text: Any, plain: str) -> None:
    (post,) = posts_of(export(chat(message(1, text))))
    assert post.text == plain


def test_text_entities_only_add_links(export: Callable[[Any], Path]) -> None:
    entities = [
        {"type": "plain", "text": "other words "},
        {"type": "text_link", "text": "here", "href": "https://t.me/c/1500000001/5"},
        {"type": "link", "text": "https://example.org"},
        {"type": "bold", "text": "bold"},
    ]
    (post,) = posts_of(export(chat(message(1, "see t.me/alpha/3.", text_entities=entities))))
    assert post.text == "see t.me/alpha/3."
    assert post.links == ("https://t.me/c/1500000001/5", "https://example.org", "t.me/alpha/3")


def test_service_messages_are_no_posts(export: Callable[[Any], Path]) -> None:
    service = {**message(1), "type": "service", "action": "pin_message"}
    assert [post.message_id for post in posts_of(export(chat(service, message(2))))] == [2]


def test_an_edited_message_is_one_revision(export: Callable[[Any], Path]) -> None:
    (post,) = posts_of(export(chat(message(1, edited_unixtime=str(START + 999)))))
    assert (post.revision, post.edited) == (0, datetime.fromtimestamp(START + 999, UTC))
    assert post.moment == post.date


def test_an_answer_knows_what_it_answers_nearest_first(export: Callable[[Any], Path]) -> None:
    first, second = message(1, "signal"), message(2, "TP1", reply_to_message_id=1)
    third = message(3, "close", reply_to_message_id=2)
    last = posts_of(export(chat(first, second, third)))[-1]
    assert [parent.text for parent in last.parents] == ["TP1", "signal"]
    assert last.parents[0].parents == ()


@pytest.mark.parametrize(
    ("from_id", "sender"),
    [
        pytest.param("user5000000001", "5000000001", id="person"),
        pytest.param("channel1500000001", None, id="the channel itself"),
        pytest.param("channel9", "-1009", id="another channel"),
        pytest.param(None, None, id="nobody"),
    ],
)
def test_the_sender_is_who_a_listener_would_see(
    export: Callable[[Any], Path], from_id: str | None, sender: str | None
) -> None:
    (post,) = posts_of(export(chat(message(1, from_id=from_id))))
    assert post.sender == sender


def test_several_chats_are_merged_by_date(export: Callable[[Any], Path]) -> None:
    one = chat(message(1), message(4), id=1)
    two = chat(message(2), message(3), id=2)
    all_chats = {"about": "…", "chats": {"about": "…", "list": [one, two]}, "left_chats": {}}
    found = posts_of(export(all_chats))
    assert [(post.channel, post.message_id) for post in found] == [
        ("-1001", 1),
        ("-1002", 2),
        ("-1002", 3),
        ("-1001", 4),
    ]


def test_what_is_broken_in_one_of_several_chats_has_its_line_in_the_file(
    export: Callable[[Any], Path],
) -> None:
    chats = [
        chat(message(1), message(2), id=1),
        chat(message(3), {**message(4), "id": "four"}, id=2),
        chat(message(5), id=3),
    ]
    path = export({"chats": {"list": chats}})
    (broken,) = broken_in(path)
    assert path.read_text().splitlines()[broken.line].strip() == '"id": "four",'
    assert [post.message_id for post in posts_of(path)] == [1, 2, 3, 5]


def test_a_message_that_stands_twice_is_one_post(export: Callable[[Any], Path]) -> None:
    path = export(chat(message(1, "a"), message(1, "a"), message(1, "b")))
    assert [(post.revision, post.text) for post in posts_of(path)] == [(0, "a"), (1, "b")]


def test_a_head_after_the_messages_is_found(export: Callable[[Any], Path]) -> None:
    late_head = {"messages": [message(1)], "name": "Late", "type": "public_channel", "id": 12}
    assert [post.channel for post in posts_of(export(late_head))] == ["-10012"]


def test_a_large_export_is_read_in_pieces(export: Callable[[Any], Path]) -> None:
    many = [message(n, "ö" * 500) for n in range(1, 2001)]
    path = export(chat(*many))
    assert path.stat().st_size > 1_000_000
    assert [post.message_id for post in posts_of(path)] == list(range(1, 2001))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        pytest.param({"id": None}, "id must be a number above 0, was None", id="no id"),
        pytest.param({"date_unixtime": "soon"}, "must be a time, was 'soon'", id="no date"),
        pytest.param({"text": 5}, "text must be a string or a list, was int", id="text a number"),
        pytest.param({"reply_to_message_id": "x"}, "reply_to_message_id must be", id="reply"),
    ],
)
def test_a_broken_message_is_named_and_the_others_are_read(
    export: Callable[[Any], Path], wrong: dict[str, Any], named: str
) -> None:
    path = export(chat(message(1), {**message(2), **wrong}, message(3)))
    (broken,) = broken_in(path)
    assert named in broken.why
    assert path.read_text().splitlines()[broken.line - 1].strip() == "{"
    assert [post.message_id for post in posts_of(path)] == [1, 3]


def test_reading_goes_on_behind_what_is_not_json(export: Callable[[Any], Path]) -> None:
    text = json.dumps(chat(*(message(n) for n in range(1, 6))), indent=1)
    path = export(text.replace('"id": 3,', '"id": 3 4 5,'))
    assert len(broken_in(path)) == 1
    assert [post.message_id for post in posts_of(path)] == [1, 2, 4, 5]


def test_a_torn_export_gives_what_it_has(export: Callable[[Any], Path]) -> None:
    text = json.dumps(chat(*(message(n) for n in range(1, 6))), indent=1)
    path = export(text[: text.index('"id": 4') + 60])
    assert [post.message_id for post in posts_of(path)] == [1, 2, 3]
    assert broken_in(path)


# JSON lines.


def test_a_line_becomes_a_post(lines: Callable[..., Path]) -> None:
    parent = line(1, "BUY")
    answer = {**line(2, "see https://t.me/alpha/1", reply_to=1), "channel": "alpha"}
    first, second = posts_of(lines(parent, answer))
    assert (first.channel, first.message_id, first.revision) == ("alpha", 1, 0)
    assert second.parents == (first,)
    assert second.links == ("https://t.me/alpha/1",)


def test_what_is_too_far_back_is_not_known_any_more() -> None:
    reader = LineReader(posts_max=4)  # two at least
    written = [
        *(line(n) for n in range(1, 6)),
        line(6, reply_to=4),
        line(7, reply_to=1),
        line(6, "C"),
    ]
    read = (reader.read(n, json.dumps(one).encode()) for n, one in enumerate(written))
    *_, near, far, edit = (post for post in read if isinstance(post, Post))
    assert [parent.message_id for parent in near.parents] == [4]
    assert (far.reply_to, far.parents) == (1, ())
    assert (near.revision, edit.revision) == (0, 1)


def test_the_same_message_with_another_text_is_its_edit(lines: Callable[..., Path]) -> None:
    edited = datetime.fromtimestamp(START + 90, UTC).isoformat()
    path = lines(line(1, "a"), line(1, "a"), line(1, "b", edited=edited), line(1, "b"))
    assert [(p.revision, p.text) for p in posts_of(path)] == [(0, "a"), (1, "b")]
    assert posts_of(path)[1].moment == datetime.fromtimestamp(START + 90, UTC)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        pytest.param("{not json", "not JSON", id="not JSON"),
        pytest.param("[1, 2]", "must be an object, was list", id="a list"),
        pytest.param(line(1) | {"message_id": "x"}, "message_id must be", id="id a word"),
        pytest.param(line(1) | {"message_id": True}, "message_id must be", id="id a truth"),
        pytest.param(line(1) | {"date": "yesterday"}, "date must be a time", id="date a word"),
        pytest.param(line(1) | {"date": 1e300}, "date must be a time", id="date too far"),
        pytest.param(line(1) | {"date": -5}, "between 1970 and 2100", id="seconds before 1970"),
        pytest.param(
            line(1) | {"date": "9999-12-31T00:00:00Z"},
            "between 1970 and 2100",
            id="no year of ours",
        ),
        pytest.param(line(1) | {"text": None}, "text must be a string", id="no text"),
        pytest.param(line(1) | {"channel": ""}, "channel must be", id="no channel"),
        pytest.param("[" * 100_000, "not JSON", id="nested too deeply"),
        pytest.param('{"text": "' + "x" * (1 << 20) + '"}', "longer than", id="too long"),
    ],
)
def test_a_broken_line_is_named_by_number(
    lines: Callable[..., Path], wrong: Any, named: str
) -> None:
    path = lines(line(1), "", wrong, line(4))
    (broken,) = broken_in(path)
    assert broken.line == 3
    assert named in broken.why
    assert [post.message_id for post in posts_of(path)] == [1, 4]


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reader(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "posts"
    good = json.dumps(line(9)).encode()
    path.write_bytes(noise.replace(b"\n", b" ") + b"\n" + good)
    if not noise.strip().startswith(b"{"):
        assert [post.message_id for post in posts_of(path)] == [9]
    else:
        list(read_posts(path))


@given(st.binary(max_size=100), st.integers(0, 600))
def test_no_bytes_inside_an_export_stop_the_reader(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    path = tmp_path_factory.mktemp("noise") / "result.json"
    whole = json.dumps(chat(message(1), message(2), message(3)), indent=1).encode()
    path.write_bytes(whole[:place] + noise + whole[place:])
    assert all(post.message_id for post in posts_of(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot read .*nowhere.json: No such file"):
        list(read_posts(tmp_path / "nowhere.json"))


# The source.


async def test_the_clock_follows_the_posts_and_broken_lines_are_counted(
    lines: Callable[..., Path],
) -> None:
    clock = FakeClock(datetime.fromtimestamp(START, UTC))
    seen: list[tuple[datetime, int]] = []
    events: list[Event] = []

    async def deliver(arrival: Arrival) -> None:
        seen.append((clock.now(), arrival.what.message_id))

    source = ReplaySource(
        lines(line(1), "oops", line(3), line(2)), clock=clock, publish=events.append
    )
    await source.run(deliver)
    times = [(when.timestamp() - START, message_id) for when, message_id in seen]
    assert times == [(60, 1), (180, 3), (180, 2)]
    assert (source.posts, source.broken) == (3, 1)
    assert events == [
        Warned(
            text="posts.jsonl line 2: not JSON: Expecting value at column 1; skipped",
        )
    ]


async def test_lines_come_from_a_pipe_as_they_are_written() -> None:
    reader, writer = os.pipe()
    lines = stdin_lines(reader)
    os.write(writer, b"one\ntw")
    assert await anext(lines) == b"one"
    os.write(writer, b"o\n\nlast")
    assert await anext(lines) == b"two"
    assert await anext(lines) == b""
    os.close(writer)
    assert await anext(lines) == b"last"
    with pytest.raises(StopAsyncIteration):
        await anext(lines)
    os.close(reader)


async def test_standard_input_is_replayed_as_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        os.write(writer, "".join(json.dumps(one) + "\n" for one in (line(1), line(2))).encode())
        os.write(writer, b"oops\n")
        os.close(writer)
        source, seen = ReplaySource("-", clock=FakeClock(NOON), publish=lambda _: None), []

        async def deliver(arrival: Arrival) -> None:
            seen.append(arrival.what.message_id)

        await source.run(deliver)
    assert (seen, source.posts, source.broken) == ([1, 2], 2, 1)
