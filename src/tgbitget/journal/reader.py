"""The journal for those who only look, while a listener writes or none runs: rows as plain dicts.

Amounts are text, times ISO UTC; nothing is kept in memory, each call reads what is durable at that moment.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from tgbitget.errors import JournalError
from tgbitget.journal import timings
from tgbitget.journal.codec import Row, load, told
from tgbitget.journal.connection import journal_error, open_reader
from tgbitget.journal.schema import is_current, refuse_newer
from tgbitget.journal.story import Chapter, story
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.money import exact
from tgbitget.model.reading import Reading, reading_json

T = TypeVar("T")
Answer = dict[str, Any]

_SIGNALS = """
SELECT decisions.signal, posts.channel, posts.message_id, posts.revision, posts.date, decisions.decided_at,
       decisions.profile,
       readings.kind, coalesce(readings.symbol, json_extract(readings.value, '$.parent_symbol')) AS symbol,
       readings.side, decisions.outcome, decisions.rule, decisions.reason,
       decisions.trade, trades.state, trades.realised, posts.text
FROM decisions
JOIN posts USING (channel, message_id, revision)
JOIN readings USING (channel, message_id, revision)
LEFT JOIN trades ON trades.signal = decisions.signal
"""
_LATEST = """
WHERE posts.revision = (SELECT max(p.revision) FROM posts AS p
                        WHERE p.channel = posts.channel AND p.message_id = posts.message_id)
  AND (:with_ignored OR decisions.outcome != 'ignored')
ORDER BY decisions.decided_at DESC LIMIT :limit
"""
_POSITIONS = """
SELECT * FROM trades
WHERE :with_final OR state NOT IN ('closed', 'cancelled', 'failed') ORDER BY rowid DESC LIMIT :limit
"""
_ORDERS = """
SELECT legs.*, placements.result, placements.venue_order_id, placements.reason, placements.code,
       placements.recorded_at AS answered_at
FROM legs
LEFT JOIN placements ON placements.id =
    (SELECT max(id) FROM placements AS p WHERE p.client_oid = legs.client_oid)
"""


class Reader:
    """Opens the file read-only; `with Reader(path) as journal:`. JournalError when it is missing or not to be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            raise JournalError(f"there is no journal at {path}: nothing has been recorded yet")
        with ExitStack() as on_failure:
            try:
                self._connection = open_reader(path)
                on_failure.callback(self._connection.close)
                self._db = Database(
                    self._connection, execute_plugins=False, recursive_triggers=False
                )
                self._check_schema()
            except (sqlite3.Error, JournalError) as e:
                raise journal_error(path, "read", e) from e
            on_failure.pop_all()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def signals(self, limit: int = 50, *, with_ignored: bool = False) -> list[Answer]:
        """The latest revision of each post that asked for something, newest first; `state` is its trade's."""
        return self._rows(_SIGNALS + _LATEST, {"limit": limit, "with_ignored": with_ignored})

    def signal(self, id: SignalId) -> Answer | None:
        """One signal: its latest revision with its `reading`, `legs` (as `orders` gives them) and `position`."""
        rows = self._rows(
            f"{_SIGNALS} WHERE decisions.signal = :id ORDER BY posts.revision DESC LIMIT 1",
            {"id": id},
        )
        if not rows:
            return None
        return {
            **rows[0],
            "reading": self._reading(rows[0]),
            "legs": self._orders("WHERE legs.signal = :id ORDER BY legs.rowid", {"id": id}),
            "position": next(
                iter(self._rows("SELECT * FROM trades WHERE signal = :id", {"id": id})), None
            ),
        }

    def story(self, channel: ChannelId, message_id: int) -> list[Chapter]:
        """All that is known of one post, in the order in which it happened; empty when nothing is."""
        return self._asked(story, channel, message_id)

    def timed(self, since: datetime) -> list[timings.Timed]:
        """How long each step took of each post that was decided since then."""
        return self._asked(timings.timed, since)

    def sightings(self, since: datetime) -> list[timings.Sighting]:
        """Posts that came by a second path since then."""
        return self._asked(timings.sightings, since)

    def orders(self, limit: int = 50) -> list[Answer]:
        """Legs, newest first, with `result` (null: no answer recorded yet) and `filled`."""
        return self._orders("ORDER BY legs.rowid DESC LIMIT :limit", {"limit": limit})

    def positions(self, limit: int = 50, *, with_final: bool = False) -> list[Answer]:
        """Trades that are not final, or the last ones of all, newest first."""
        return self._rows(_POSITIONS, {"limit": limit, "with_final": with_final})

    def _asked(self, ask: Callable[..., list[T]], *given: object) -> list[T]:
        try:
            return ask(self._connection, *given)
        except sqlite3.Error as e:
            raise journal_error(self._path, "read", e) from e

    def is_paused(self) -> bool:
        return bool(self._rows("SELECT 1 FROM flags WHERE name = 'paused' AND value = 'yes'", {}))

    def _check_schema(self) -> None:
        refuse_newer(self._db)
        if not is_current(self._db):
            raise JournalError("its schema is older; `tgbitget listen` brings it up to date")

    def _orders(self, rest: str, params: dict[str, Any]) -> list[Answer]:
        orders = self._rows(f"{_ORDERS} {rest}", params)
        return [{**order, "filled": self._filled(order["client_oid"])} for order in orders]

    def _filled(self, client_oid: str) -> str:
        fills = self._rows("SELECT amount FROM fills WHERE client_oid = :oid", {"oid": client_oid})
        return exact(sum((Decimal(fill["amount"]) for fill in fills), Decimal(0)))

    def _reading(self, row: Row) -> Answer:
        (stored,) = self._rows(
            "SELECT value FROM readings WHERE channel = :channel AND message_id = :message_id "
            "AND revision = :revision",
            {name: row[name] for name in ("channel", "message_id", "revision")},
        )
        return reading_json(load(Reading, stored["value"]))

    def _rows(self, sql: str, params: dict[str, Any]) -> list[Answer]:
        try:
            return [_shown(row) for row in self._db.query(sql, params)]
        except sqlite3.Error as e:
            raise journal_error(self._path, "read", e) from e


def _shown(row: Answer) -> Answer:
    """Flags as booleans, lists as lists, odd text as text, times to the millisecond."""
    shown: Answer = {}
    for name, value in row.items():
        if name in ("reduce_only", "post_only"):
            shown[name] = bool(value)
        elif name in ("skipped", "asks"):
            shown[name] = json.loads(value)
        else:
            shown[name] = told(name, value)
    return shown
