"""How long each step of each signal took, as the journal has it."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tgbitget.journal.codec import utc_stamp
from tgbitget.model.ids import ChannelId
from tgbitget.model.post import Via

SEGMENTS: Final = ("seen", "read", "decided", "sent", "answered")
"""From the socket to the reading, the reading, the decision; from there to its first order leaving; to that one's answer."""

_FIRST_ORDER = """
SELECT posts.channel, posts.message_id, posts.revision, posts.via, posts.date, posts.edited,
       decisions.decided_at, decisions.timings_ms, placements.sent_at, placements.answered_us
FROM decisions
JOIN posts USING (channel, message_id, revision)
LEFT JOIN placements ON placements.id =
    (SELECT min(p.id) FROM json_each(decisions.legs) AS leg
     JOIN placements AS p ON p.client_oid = leg.value AND p.sent_at IS NOT NULL)
WHERE decisions.decided_at >= :since
ORDER BY decisions.decided_at
"""
_SIGHTINGS = """
SELECT sightings.channel, posts.via AS first, sightings.via AS second, sightings.behind_us
FROM sightings
JOIN posts ON posts.channel = sightings.channel AND posts.message_id = sightings.message_id
          AND posts.revision = 0
WHERE sightings.recorded_at >= :since
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One post. *taken_us* has the segments that there were; a post that sends nothing has no `sent`.

    `age` is how old the text was when it was seen; Telegram tells its time in whole seconds.
    """

    channel: ChannelId
    via: Via
    age: timedelta
    taken_us: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A post that came by two paths: by which first, by which later, and how much."""

    channel: ChannelId
    first: Via
    second: Via
    behind_us: int


def timed(db: sqlite3.Connection, since: datetime) -> list[Timed]:
    """Posts that were decided since then, in that order; those of a replayed file are not among them."""
    rows = db.execute(_FIRST_ORDER, {"since": utc_stamp(since)})
    return [_timed(row) for row in rows if row["via"] != str(Via.REPLAY)]


def sightings(db: sqlite3.Connection, since: datetime) -> list[Sighting]:
    rows = db.execute(_SIGHTINGS, {"since": utc_stamp(since)})
    return [
        Sighting(
            channel=ChannelId(row["channel"]),
            first=Via(row["first"]),
            second=Via(row["second"]),
            behind_us=row["behind_us"],
        )
        for row in rows
    ]


def _timed(row: sqlite3.Row) -> Timed:
    taken_ms: dict[str, float] = json.loads(row["timings_ms"])
    taken_us = {name: round(ms * 1000) for name, ms in taken_ms.items() if name in SEGMENTS}
    decided_at = datetime.fromisoformat(row["decided_at"])
    seen_at = decided_at - timedelta(microseconds=sum(taken_us.values()))
    if row["sent_at"] is not None:
        waited = datetime.fromisoformat(row["sent_at"]) - decided_at
        taken_us["sent"] = round(waited / timedelta(microseconds=1))
        taken_us["answered"] = row["answered_us"]
    written = row["edited"] if row["revision"] and row["edited"] else row["date"]
    return Timed(
        channel=ChannelId(row["channel"]),
        via=Via(row["via"]),
        age=seen_at - datetime.fromisoformat(written),
        taken_us=taken_us,
    )
