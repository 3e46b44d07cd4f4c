"""One post's whole story, from the journal's tables, in the order in which it happened."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tgbitget.journal.codec import load, told, utc_stamp
from tgbitget.journal.reads import OF_TRADE
from tgbitget.model.edit import edit_words
from tgbitget.model.event import utc_text
from tgbitget.model.ids import ChannelId, SignalId, signal_id
from tgbitget.model.reading import Reading, reading_json

# Where two things bear the same time, the one that caused the other comes first.
_ORDER = (
    "post",
    "start",
    "decision",
    "leg",
    "placement",
    "fill",
    "trade",
    "follow_up",
    "command",
    "deletion",
    "notice",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """`kind`: post, start, decision, leg, placement, fill, trade, follow_up, command, deletion, notice. `facts` are its
    columns; a decision's hold the contract's `reading` too, and of an edit what it `changed` of the text before it, a
    start's how the listener before it `ended`."""

    at: datetime
    kind: str
    facts: dict[str, Any]

    def json(self) -> dict[str, Any]:
        return {"at": utc_text(self.at), "kind": self.kind, **self.facts}


def story(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> list[Chapter]:
    """Every revision, reading and outcome, every order with its answers and fills, every change of the trade,
    what other posts asked of it, its deletion and the last notice. Of a follow-up: the orders that it caused."""
    signal = signal_id(channel, message_id)
    chapters = [
        *_revisions(db, channel, message_id),
        *_own_decisions(db, channel, message_id),
        *_decisions(db, f"{OF_TRADE} AND signal != ?", (signal,) * 3, "follow_up"),
        *_caused(db, channel, message_id, signal),
        *_of_signal(db, "fills", signal, kind="fill", time="at"),
        *_of_signal(db, "trade_changes", signal, kind="trade", time="at"),
        *_commands(db, signal),
        *_of_signal(db, "notices", signal, kind="notice", time="changed_at"),
        *_deletions(db, channel, message_id),
    ]
    chapters += _starts(db, signal, chapters)
    return sorted(chapters, key=lambda chapter: (chapter.at, _ORDER.index(chapter.kind)))


def _starts(db: sqlite3.Connection, signal: SignalId, chapters: list[Chapter]) -> list[Chapter]:
    """Each time that the listener was started again in the course of the story; of an open trade, until now."""
    if not chapters:
        return []
    times = [utc_stamp(chapter.at) for chapter in chapters]
    stands = db.execute(
        "SELECT 1 FROM trades WHERE signal = ? AND state NOT IN ('closed', 'cancelled', 'failed')",
        (signal,),
    ).fetchone()
    rows = db.execute(
        "SELECT starts.at, starts.mode, before.ended_at, before.ending FROM starts "
        "JOIN starts AS before ON before.id = (SELECT max(id) FROM starts AS b WHERE b.id < starts.id) "
        "WHERE starts.at > ? AND (? OR starts.at < ?) ORDER BY starts.id",
        (min(times), stands is not None, max(times)),
    ).fetchall()
    return [_chapter("start", row, time="at") for row in rows]


def _revisions(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> list[Chapter]:
    rows = db.execute(
        "SELECT * FROM posts WHERE channel = ? AND message_id = ?", (channel, message_id)
    ).fetchall()
    return [_chapter("post", row, time=_written(row), but=("parents",)) for row in rows]


def _written(row: sqlite3.Row) -> str:
    return "edited" if row["revision"] and row["edited"] else "date"


def _own_decisions(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> list[Chapter]:
    where = "channel = ? AND message_id = ? ORDER BY revision"
    told_of = _decisions(db, where, (channel, message_id), "decision")
    rows = db.execute(
        "SELECT value FROM readings WHERE channel = ? AND message_id = ? ORDER BY revision",
        (channel, message_id),
    ).fetchall()
    readings = [load(Reading, row["value"]) for row in rows]
    for chapter, before, after in zip(told_of[1:], readings, readings[1:], strict=False):
        chapter.facts["changed"] = list(edit_words(before, after))
    return told_of


def _decisions(
    db: sqlite3.Connection, where: str, params: tuple[Any, ...], kind: str
) -> list[Chapter]:
    rows = db.execute(
        "SELECT decisions.*, readings.value AS reading FROM decisions "  # noqa: S608 -- our own words
        f"JOIN readings USING (channel, message_id, revision) WHERE {where}",
        params,
    ).fetchall()
    return [_chapter(kind, row, time="decided_at") for row in rows]


def _caused(
    db: sqlite3.Connection, channel: ChannelId, message_id: int, signal: SignalId
) -> list[Chapter]:
    """The legs of its own trade, and those that it added to another's as a follow-up; with their answers."""
    decided = db.execute(
        "SELECT legs FROM decisions WHERE channel = ? AND message_id = ?", (channel, message_id)
    ).fetchall()
    own = db.execute("SELECT client_oid FROM legs WHERE signal = ?", (signal,)).fetchall()
    oids = {oid for row in decided for oid in json.loads(row["legs"])}
    oids |= {row["client_oid"] for row in own}
    chapters: list[Chapter] = []
    for table, kind in (("legs", "leg"), ("placements", "placement")):
        sql = f"SELECT rowid AS place, * FROM {table} WHERE client_oid = ?"  # noqa: S608 -- our names
        rows = [row for oid in oids for row in db.execute(sql, (oid,)).fetchall()]
        rows.sort(key=lambda row: int(row["place"]))
        chapters += [_chapter(kind, row, time="recorded_at", but=("place",)) for row in rows]
    return chapters


def _of_signal(
    db: sqlite3.Connection, table: str, signal: SignalId, *, kind: str, time: str
) -> list[Chapter]:
    sql = f"SELECT * FROM {table} WHERE signal = ? ORDER BY rowid"  # noqa: S608 -- our names
    return [_chapter(kind, row, time=time) for row in db.execute(sql, (signal,)).fetchall()]


def _commands(db: sqlite3.Connection, signal: SignalId) -> list[Chapter]:
    """What the owner asked of its trade, and which trades the owner said that it meant."""
    rows = db.execute(
        "SELECT * FROM commands WHERE signal = ? OR post = ? ORDER BY id", (signal, signal)
    ).fetchall()
    return [_chapter("command", row, time="at", but=("id",)) for row in rows]


def _deletions(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> list[Chapter]:
    rows = db.execute(
        "SELECT * FROM deletions WHERE channel = ? AND message_id = ?", (channel, message_id)
    ).fetchall()
    return [_chapter("deletion", row, time="date") for row in rows]


def _chapter(kind: str, row: sqlite3.Row, *, time: str, but: tuple[str, ...] = ()) -> Chapter:
    facts = {name: _fact(name, row[name]) for name in row.keys() if name not in but}  # noqa: SIM118 -- a Row iterates over its values
    if "timings_ms" in facts:
        facts |= timings(row["timings_ms"])
    return Chapter(at=datetime.fromisoformat(row[time]), kind=kind, facts=facts)


def _fact(name: str, value: Any) -> Any:
    if name == "reading":
        return reading_json(load(Reading, value))
    if name in ("legs", "skipped", "asks", "links"):
        return json.loads(value)
    if name in ("reduce_only", "post_only"):
        return bool(value)
    return told(name, value)


def timings(stored: str) -> dict[str, dict[str, int]]:
    """Whole milliseconds, and microseconds, of which most steps take but a few."""
    measured = json.loads(stored)
    return {
        "timings_ms": {name: round(value) for name, value in measured.items()},
        "timings_us": {name: round(value * 1000) for name, value in measured.items()},
    }
