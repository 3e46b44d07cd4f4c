"""The posts that a post answers, nearest first, from what came before it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from tgbitget.model.post import Post

PARENTS_MAX = 10
"""How far up a chain of answers is followed; channels answer a signal two or three deep."""

POSTS_REMEMBERED_MAX = 10_000
"""How many posts of a replayed file are known for answers and edits: months of a channel, and 6 MB."""

Find = Callable[[int], Post | None]


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
    """The latest revision of the last posts of one channel; the oldest are forgotten first."""

    def __init__(self, posts_max: int) -> None:
        self._posts: OrderedDict[int, Post] = OrderedDict()
        self._posts_max = posts_max

    def find(self, message_id: int) -> Post | None:
        return self._posts.get(message_id)

    def add(self, post: Post) -> None:
        self._posts[post.message_id] = replace(post, parents=()) if post.parents else post
        self._posts.move_to_end(post.message_id)
        if len(self._posts) > self._posts_max:
            self._posts.popitem(last=False)
