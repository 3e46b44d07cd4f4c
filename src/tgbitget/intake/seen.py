"""Which revisions of which messages of one channel were taken in: each is, once, and the first wins."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tgbitget.intake.record import Record
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Deletion, Post

KEPT_MAX = 5_000
"""More than may wait in an inbox: what was taken in and has no outcome yet must not be forgotten."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Known:
    """`as_of` is the channel's pts when this text was current; it orders two edits of the same second."""

    post: Post
    as_of: int
    is_deleted: bool = False

    def is_older_than(self, post: Post, as_of: int) -> bool:
        mine, other = self.post.edited or _NEVER, post.edited or _NEVER
        return (mine, self.as_of) < (other, as_of)


class Seen:
    """Memory of what is on its way, and the journal for what has an outcome.

    *history_to* is the message id at which following began: what is older and unknown was never ours.
    """

    def __init__(self, channel: ChannelId, journal: Record, *, history_to: int) -> None:
        self._channel = channel
        self._journal = journal
        self._history_to = history_to
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self._deleted_unseen: OrderedDict[int, None] = OrderedDict()

    def admit(self, post: Post, *, as_of: int) -> Post | None:
        """The post with its revision, or None: known, older than what is known, or not ours.

        A revision is a change of text; reactions, views, another picture are none. JournalError passes through.
        """
        known = self._find(post.message_id)
        if known is None:
            if post.message_id <= self._history_to or post.message_id in self._deleted_unseen:
                return None
            return self._keep(post, as_of)
        if known.is_deleted or known.post.text == post.text or not known.is_older_than(post, as_of):
            return None
        return self._keep(replace(post, revision=known.post.revision + 1), as_of)

    def admit_deletion(self, deletion: Deletion) -> bool:
        """False for a message that is not known; should it come after all, it is not taken in."""
        known = self._find(deletion.message_id)
        if known is None:
            self._deleted_unseen[deletion.message_id] = None
            if len(self._deleted_unseen) > KEPT_MAX:
                self._deleted_unseen.popitem(last=False)
            return False
        if known.is_deleted:
            return False
        self._put(deletion.message_id, replace(known, is_deleted=True))
        return True

    def post(self, message_id: int) -> Post | None:
        """In its latest revision, with an outcome or on its way to one."""
        known = self._find(message_id)
        return known.post if known else None

    def _find(self, message_id: int) -> _Known | None:
        known = self._known.get(message_id)
        if known is not None:
            return known
        post = self._journal.latest_post(self._channel, message_id)
        if post is None:
            return None
        is_deleted = self._journal.is_deleted(self._channel, message_id)
        return _Known(post, as_of=0, is_deleted=is_deleted)

    def _keep(self, post: Post, as_of: int) -> Post:
        self._put(post.message_id, _Known(post, as_of))
        return post

    def _put(self, message_id: int, known: _Known) -> None:
        self._known[message_id] = known
        self._known.move_to_end(message_id)
        if len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
