"""What the journal reads back as values, on any of its connections."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tgbitget.journal.codec import from_row, load, plain_text, utc_stamp
from tgbitget.journal.journal import OpenTrade
from tgbitget.model.command import Command
from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId, VenueOrderId
from tgbitget.model.intent import Side
from tgbitget.model.order import Fill, Placed, Placement, Rejected, Unknown
from tgbitget.model.plan import Decision, Leg, OrderPlan, Outcome, Role
from tgbitget.model.post import Cursor, Post
from tgbitget.model.reading import Reading
from tgbitget.model.trade import Trade, TradeState

_FINAL = tuple(str(state) for state in TradeState if state.is_final)
_TARGET = "target-"


def cursor(db: sqlite3.Connection, channel: ChannelId) -> Cursor | None:
    row = db.execute("SELECT * FROM cursors WHERE channel = ?", (channel,)).fetchone()
    return None if row is None else from_row(Cursor, row)


def latest_revision(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> int | None:
    sql = "SELECT max(revision) FROM posts WHERE channel = ? AND message_id = ?"
    (revision,) = db.execute(sql, (channel, message_id)).fetchone()
    return None if revision is None else int(revision)


def latest_post(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> Post | None:
    row = db.execute(
        "SELECT * FROM posts WHERE channel = ? AND message_id = ? ORDER BY revision DESC LIMIT 1",
        (channel, message_id),
    ).fetchone()
    return None if row is None else from_row(Post, row)


def is_deleted(db: sqlite3.Connection, channel: ChannelId, message_id: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM deletions WHERE channel = ? AND message_id = ?", (channel, message_id)
    ).fetchone()
    return row is not None


def planned_since(db: sqlite3.Connection, since: datetime) -> list[Decision]:
    rows = db.execute(
        "SELECT * FROM decisions WHERE outcome = ? AND decided_at >= ? ORDER BY decided_at",
        (str(Outcome.PLANNED), utc_stamp(since)),
    ).fetchall()
    return [decision_of(db, row) for row in rows]


OF_TRADE = (
    "decisions.rowid IN (SELECT rowid FROM decisions WHERE trade = ? UNION ALL SELECT d.rowid FROM decisions AS d, "
    "json_each(d.asks) AS each WHERE d.asks != '[]' AND d.outcome = 'planned' AND each.value = ?)"
)
"""Decisions that change one trade, alone or with all others of its channel."""


def follow_ups(db: sqlite3.Connection, signal: SignalId) -> tuple[Decision, ...]:
    rows = db.execute(
        f"SELECT * FROM decisions WHERE {OF_TRADE} ORDER BY decided_at, rowid",  # noqa: S608 -- our own words
        (signal, signal),
    ).fetchall()
    return tuple(decision_of(db, row) for row in rows)


def revisions(db: sqlite3.Connection, signal: SignalId) -> tuple[Decision, ...]:
    rows = db.execute(
        "SELECT * FROM decisions WHERE signal = ? ORDER BY revision", (signal,)
    ).fetchall()
    return tuple(decision_of(db, row) for row in rows)


def decision_of(db: sqlite3.Connection, row: sqlite3.Row) -> Decision:
    """The whole decision of one row of `decisions`."""
    key = (row["channel"], row["message_id"], row["revision"])
    post = _of_revision(db, "posts", key)
    reading = _of_revision(db, "readings", key)
    plan = _of_revision(db, "plans", key)
    assert post is not None, f"foreign keys hold the post of a decision: {key}"
    assert reading is not None, f"written with every decision: {key}"
    return Decision(
        post=from_row(Post, post),
        reading=load(Reading, reading["value"]),
        outcome=Outcome(row["outcome"]),
        decided_at=datetime.fromisoformat(row["decided_at"]),
        profile=plain_text(row["profile"]),
        account=row["account"],
        rule=_text(row["rule"]),
        reason=_text(row["reason"]),
        plan=None if plan is None else load(OrderPlan, plan["value"]),
        legs=_legs(db, json.loads(row["legs"])),
        trade=row["trade"],
        skipped=tuple(json.loads(row["skipped"])),
        timings_ms=json.loads(row["timings_ms"]),
        asks=tuple(json.loads(row["asks"])),
    )


def open_trades(db: sqlite3.Connection) -> tuple[OpenTrade, ...]:
    marks = ", ".join("?" * len(_FINAL))
    sql = f"SELECT * FROM trades WHERE state NOT IN ({marks}) ORDER BY rowid"  # noqa: S608 -- marks only
    return tuple(_open_trade(db, row) for row in db.execute(sql, _FINAL).fetchall())


def ended_trades(
    db: sqlite3.Connection, since: datetime, account: str | None
) -> tuple[tuple[datetime, Trade], ...]:
    rows = _ended(db, since, account)
    return tuple((datetime.fromisoformat(row["changed_at"]), from_row(Trade, row)) for row in rows)


def ended_in_full(
    db: sqlite3.Connection, since: datetime, account: str
) -> tuple[tuple[datetime, OpenTrade], ...]:
    rows = _ended(db, since, account)
    return tuple((datetime.fromisoformat(row["changed_at"]), _open_trade(db, row)) for row in rows)


def _ended(db: sqlite3.Connection, since: datetime, account: str | None) -> list[sqlite3.Row]:
    marks = ", ".join("?" * len(_FINAL))
    sql = (
        f"SELECT * FROM trades WHERE state IN ({marks}) AND changed_at >= ? AND (? IS NULL OR EXISTS "  # noqa: S608 -- marks only
        "(SELECT 1 FROM decisions WHERE decisions.signal = trades.signal AND decisions.account = ?)) "
        "ORDER BY changed_at"
    )
    return db.execute(sql, (*_FINAL, utc_stamp(since), account, account)).fetchall()


def realised_before(db: sqlite3.Connection, signal: SignalId, moment: datetime) -> Decimal:
    row = db.execute(
        "SELECT realised FROM trade_changes WHERE signal = ? AND at < ? ORDER BY id DESC LIMIT 1",
        (signal, utc_stamp(moment)),
    ).fetchone()
    return Decimal(0) if row is None else Decimal(row["realised"])


def fills_of_ended(
    db: sqlite3.Connection, symbol: str, since: datetime
) -> tuple[tuple[Side, Fill], ...]:
    marks = ", ".join("?" * len(_FINAL))
    sql = (
        "SELECT fills.*, trades.side AS trade_side FROM fills JOIN trades USING (signal) "  # noqa: S608 -- marks only
        f"WHERE fills.symbol = ? AND fills.at >= ? AND trades.state IN ({marks}) ORDER BY fills.rowid"
    )
    rows = db.execute(sql, (symbol, utc_stamp(since), *_FINAL)).fetchall()
    return tuple((Side(row["trade_side"]), from_row(Fill, row)) for row in rows)


def notice(db: sqlite3.Connection, signal: SignalId) -> tuple[int, str] | None:
    row = db.execute("SELECT * FROM notices WHERE signal = ?", (signal,)).fetchone()
    return None if row is None else (row["message_id"], plain_text(row["text"]))


def signal_of_notice(db: sqlite3.Connection, message_id: int) -> SignalId | None:
    row = db.execute("SELECT signal FROM notices WHERE message_id = ?", (message_id,)).fetchone()
    return None if row is None else row["signal"]


def commands(db: sqlite3.Connection, signal: SignalId) -> tuple[Command, ...]:
    rows = db.execute("SELECT * FROM commands WHERE signal = ? ORDER BY id", (signal,)).fetchall()
    return tuple(from_row(Command, row) for row in rows)


def is_answered(db: sqlite3.Connection, post: SignalId) -> bool:
    row = db.execute("SELECT 1 FROM commands WHERE post = ? AND name = ?", (post, "answer"))
    return row.fetchone() is not None


def flag(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM flags WHERE name = ?", (name,)).fetchone()
    return None if row is None else row["value"]


def last_mode(db: sqlite3.Connection) -> str | None:
    """Of the latest start that traded."""
    sql = "SELECT mode FROM starts WHERE mode != 'dry-run' ORDER BY id DESC LIMIT 1"
    row = db.execute(sql).fetchone()
    return None if row is None else row["mode"]


def flag_changed_at(db: sqlite3.Connection, name: str, value: str) -> datetime | None:
    """When the flag took this value, if it has it."""
    sql = "SELECT changed_at FROM flags WHERE name = ? AND value = ?"
    row = db.execute(sql, (name, value)).fetchone()
    return None if row is None else datetime.fromisoformat(row["changed_at"])


# inside


def _open_trade(db: sqlite3.Connection, row: sqlite3.Row) -> OpenTrade:
    signal = row["signal"]
    plan = db.execute(
        "SELECT plans.value, decisions.profile FROM plans "
        "JOIN decisions USING (channel, message_id, revision) "
        "WHERE plans.signal = ? ORDER BY plans.revision DESC LIMIT 1",
        (signal,),
    ).fetchone()
    assert plan is not None, f"no trade is written without its plan: {signal}"
    legs = tuple(from_row(Leg, row) for row in _of_signal(db, "legs", signal))
    fills = tuple(from_row(Fill, row) for row in _of_signal(db, "fills", signal))
    return OpenTrade(
        trade=from_row(Trade, row),
        plan=load(OrderPlan, plan["value"]),
        profile=plain_text(plan["profile"]),
        legs=legs,
        placements=_last_placements(_of_signal(db, "placements", signal)),
        fills=fills,
        reached_targets=_reached(legs, fills),
        planned=_planned(db, signal),
    )


def _planned(db: sqlite3.Connection, signal: SignalId) -> frozenset[ClientOrderId]:
    rows = db.execute("SELECT legs FROM decisions WHERE signal = ?", (signal,)).fetchall()
    return frozenset(ClientOrderId(oid) for row in rows for oid in json.loads(row["legs"]))


def _last_placements(rows: Sequence[sqlite3.Row]) -> tuple[Placement, ...]:
    """How each leg's send ended at last, in the order of the first sends."""
    last: dict[str, Placement] = {}
    for row in rows:
        last[row["client_oid"]] = _placement(row)
    return tuple(last.values())


def _placement(row: sqlite3.Row) -> Placement:
    oid = ClientOrderId(row["client_oid"])
    if row["result"] == "placed":
        return Placed(client_oid=oid, venue_order_id=VenueOrderId(row["venue_order_id"]))
    reason = plain_text(row["reason"])
    if row["result"] == "rejected":
        return Rejected(client_oid=oid, reason=reason, code=row["code"])
    return Unknown(client_oid=oid, reason=reason, code=row["code"])


def _reached(legs: Sequence[Leg], fills: Sequence[Fill]) -> tuple[int, ...]:
    """The numbers of the targets whose orders filled to the end."""
    filled: dict[str | None, Decimal] = {}
    for fill in fills:
        filled[fill.client_oid] = filled.get(fill.client_oid, Decimal(0)) + fill.amount
    numbers = {
        int(leg.name.removeprefix(_TARGET))
        for leg in legs
        if leg.role is Role.TAKE_PROFIT and leg.amount and leg.name.startswith(_TARGET)
        if filled.get(leg.client_oid, Decimal(0)) >= leg.amount
    }
    return tuple(sorted(numbers))


def _legs(db: sqlite3.Connection, oids: list[str]) -> tuple[Leg, ...]:
    found = (db.execute("SELECT * FROM legs WHERE client_oid = ?", (oid,)) for oid in oids)
    return tuple(from_row(Leg, row) for rows in found for row in rows.fetchall())


def _of_revision(
    db: sqlite3.Connection, table: str, key: tuple[Any, Any, Any]
) -> sqlite3.Row | None:
    sql = f"SELECT * FROM {table} WHERE channel = ? AND message_id = ? AND revision = ?"  # noqa: S608 -- our names
    row: sqlite3.Row | None = db.execute(sql, key).fetchone()
    return row


def _of_signal(db: sqlite3.Connection, table: str, signal: SignalId) -> list[sqlite3.Row]:
    """In the order in which they were recorded."""
    sql = f"SELECT * FROM {table} WHERE signal = ? ORDER BY rowid"  # noqa: S608 -- our names
    return db.execute(sql, (signal,)).fetchall()


def _text(value: str | bytes | None) -> str | None:
    return None if value is None else plain_text(value)
