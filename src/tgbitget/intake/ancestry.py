"""The posts that a post answers, nearest first, from what came before it."""

from collections.abc import Callable
from dataclasses import replace

from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Post

PARENTS_MAX = 10
"""How far up a chain of answers is followed; channels answer a signal two or three deep."""

POSTS_REMEMBERED_MAX = 6_000
"""How many posts of a replayed file are known for answers and edits: months of a channel, and 2 MB."""

Find = Callable[[int], Post | None]
_Posts = dict[ChannelId, dict[int, Post]]
_NONE: dict[int, Post] = {}


def ancestors(reply_to: int | None, find: Find) -> tuple[Post, ...]:
    """As far up as `find` knows; a chain that bites its tail ends there."""
    found: dict[int, Post] = {}
    while reply_to is not None and reply_to not in found and len(found) < PARENTS_MAX:
        parent = find(reply_to)
        if parent is None:
            break
        found[reply_to] = replace(parent, parents=()) if parent.parents else parent
        reply_to = parent.reply_to
    return tuple(found.values())


class Memory:
    """The latest revision of the last posts: of *posts_max* at most, of half as many at least.

    In two halves, of which the older one goes as a whole: that takes a third less memory than to know the oldest post.
    """

    def __init__(self, posts_max: int) -> None:
        self._half = max(1, posts_max // 2)
        self._count = 0
        self._newer: _Posts = {}
        self._older: _Posts = {}

    def find(self, channel: ChannelId, message_id: int) -> Post | None:
        newer = self._newer.get(channel, _NONE).get(message_id)
        return newer or self._older.get(channel, _NONE).get(message_id)

    def add(self, post: Post) -> None:
        if self._count == self._half:
            self._older, self._newer, self._count = self._newer, {}, 0
        self._count += 1
        alone = replace(post, parents=()) if post.parents else post
        self._newer.setdefault(post.channel, {})[post.message_id] = alone
