"""Telegram's messages as posts: what they answer, where they stand, who wrote them, where their links lead."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import types

from tgbitget.intake.convert import post_of
from tgbitget.intake.links import links_of
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post, Via

CHANNEL = ChannelId("-1001500000001")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLACE = types.PeerChannel(channel_id=1500000001)


def message(text: str | None = "BUY", **more: Any) -> Any:
    return types.Message(id=7, peer_id=PLACE, date=NOON, message=text, **more)


def converted(message: Any, names: dict[int, Any] | None = None) -> Post:
    post = post_of(message, CHANNEL, Via.PUSH, names or {})
    assert post is not None
    return post


@pytest.mark.parametrize(
    ("header", "reply_to", "topic"),
    [
        pytest.param(None, None, None, id="no answer"),
        pytest.param(types.MessageReplyHeader(reply_to_msg_id=5), 5, None, id="an answer"),
        pytest.param(
            types.MessageReplyHeader(reply_to_msg_id=5, reply_to_top_id=2),
            5,
            None,
            id="an answer in a thread",
        ),
        pytest.param(
            types.MessageReplyHeader(reply_to_msg_id=3, forum_topic=True),
            None,
            3,
            id="in a topic, no answer",
        ),
        pytest.param(
            types.MessageReplyHeader(reply_to_msg_id=5, reply_to_top_id=3, forum_topic=True),
            5,
            3,
            id="an answer in a topic",
        ),
        pytest.param(
            types.MessageReplyHeader(reply_to_msg_id=5, reply_to_peer_id=types.PeerChannel(9)),
            None,
            None,
            id="an answer to another chat",
        ),
        pytest.param(
            types.MessageReplyStoryHeader(peer=PLACE, story_id=5), None, None, id="to a story"
        ),
    ],
)
def test_what_a_post_answers(header: Any, reply_to: int | None, topic: int | None) -> None:
    post = converted(message(reply_to=header))
    assert (post.reply_to, post.topic) == (reply_to, topic)


@pytest.mark.parametrize(
    ("from_id", "names", "sender", "sender_name"),
    [
        pytest.param(None, {}, None, None, id="the channel itself"),
        pytest.param(types.PeerUser(5), {}, "5", None, id="a person not sent along"),
        pytest.param(
            types.PeerUser(5), {5: types.User(id=5, username="ann")}, "5", "@ann", id="by name"
        ),
        pytest.param(types.PeerUser(5), {5: types.User(id=5)}, "5", None, id="without name"),
        pytest.param(types.PeerChannel(9), {}, "-1000000000009", None, id="another channel"),
    ],
)
def test_who_wrote_a_post(
    from_id: Any, names: dict[int, Any], sender: str | None, sender_name: str | None
) -> None:
    post = converted(message(from_id=from_id), names)
    assert (post.sender, post.sender_name) == (sender, sender_name)


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(types.MessageEmpty(id=7, peer_id=PLACE), id="gone"),
        pytest.param(
            types.MessageService(
                id=7, peer_id=PLACE, date=NOON, action=types.MessageActionPinMessage()
            ),
            id="service message",
        ),
    ],
)
def test_what_is_no_post(gone: Any) -> None:
    assert post_of(gone, CHANNEL, Via.PUSH, {}) is None


@pytest.mark.parametrize("text", [None, ""])
def test_a_picture_without_words_is_a_post_without_text(text: str | None) -> None:
    assert converted(message(text, media=types.MessageMediaPhoto())).text == ""


@given(
    st.text(max_size=60), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=5)
)
def test_marks_anywhere_break_nothing(text: str, marks: list[tuple[int, int]]) -> None:
    entities = [types.MessageEntityUrl(offset=start, length=length) for start, length in marks]
    assert converted(message(text, entities=entities)).message_id == 7


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param("see t.me/vip/12.", ("t.me/vip/12",), id="at the end of a sentence"),
        pytest.param("https://t.me/c/150/7 x", ("https://t.me/c/150/7",), id="private"),
        pytest.param("(T.ME/vip/1)", ("T.ME/vip/1",), id="in brackets"),
        pytest.param("t.me/a/1 t.me/a/1", ("t.me/a/1",), id="twice"),
        pytest.param("at.me/x is not ours", (), id="part of a word"),
        pytest.param("no link", (), id="none"),
    ],
)
def test_telegram_links_in_the_text(text: str, links: tuple[str, ...]) -> None:
    assert links_of(text, ()) == links
