"""The planned decisions of the last hours, kept in memory: each new post is compared with them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tgbitget.model.plan import Decision

ADDED_MAX = 2000  # some days of a busy account; then all is forgotten and read from the file again
_FORGET_EVERY = timedelta(minutes=10)  # by the time that is asked for


class RecentDecisions:
    """*read* gives all since a time, oldest first; `add` keeps up from then on."""

    def __init__(self, read: Callable[[datetime], Iterable[Decision]]) -> None:
        self._read = read
        self._since: datetime | None = None
        self._kept: dict[tuple[str, int], Decision] = {}
        self._added = 0

    def add(self, decision: Decision) -> None:
        """The same again, or one that was read already, changes nothing."""
        self._added += 1
        if self._added > ADDED_MAX:
            self._since = None
        if self._since is not None:
            self._kept.setdefault(_key(decision), decision)

    def since(self, moment: datetime) -> tuple[Decision, ...]:
        if self._since is None or moment < self._since:
            self._kept = {_key(decision): decision for decision in self._read(moment)}
            self._since = moment
            self._added = 0
        elif moment - self._since >= _FORGET_EVERY:
            self._forget_before(moment)
        return tuple(d for d in self._kept.values() if d.decided_at >= moment)

    def _forget_before(self, moment: datetime) -> None:
        self._kept = {key: one for key, one in self._kept.items() if one.decided_at >= moment}
        self._since = moment
        self._added = len(self._kept)


def _key(decision: Decision) -> tuple[str, int]:
    return decision.signal, decision.post.revision
