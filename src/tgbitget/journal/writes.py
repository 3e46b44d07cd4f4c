"""What the journal writes, as statements on its one connection. Each function belongs inside a transaction."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from tgbitget.errors import Contradiction
from tgbitget.journal.codec import SqlValue, dump, from_row, sql_text, sql_value, to_row, utc_stamp
from tgbitget.model.command import Command
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.order import Fill, Placed, Placement, Rejected, Unknown
from tgbitget.model.plan import Decision, Leg, OrderPlan
from tgbitget.model.post import Cursor, Deletion, Post, Via
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear, reading_kind
from tgbitget.model.trade import Trade


def write_decision(db: sqlite3.Connection, decision: Decision, at: datetime) -> bool:
    """Post, reading, decision, plan and legs; False when this revision had its outcome already."""
    post = decision.post
    key: dict[str, SqlValue] = {
        "channel": post.channel,
        "message_id": post.message_id,
        "revision": post.revision,
    }
    if not _insert(db, "posts", _post_row(post), or_ignore=True):
        return False
    _insert(db, "readings", {**key, **_reading_row(decision.reading)})
    _insert(
        db,
        "decisions",
        {
            **key,
            "signal": decision.signal,
            "decided_at": utc_stamp(decision.decided_at),
            "outcome": str(decision.outcome),
            "rule": _text(decision.rule),
            "reason": _text(decision.reason),
            "profile": sql_text(decision.profile),
            "account": decision.account,
            "trade": decision.trade,
            "legs": sql_value([leg.client_oid for leg in decision.legs]),
            "skipped": sql_value(decision.skipped),
            "timings_ms": sql_value(decision.timings_ms),
            "asks": sql_value(decision.asks),
        },
    )
    if decision.plan is not None:
        _insert(db, "plans", {**key, **_plan_row(decision.plan)})
    for leg in decision.legs:
        write_leg(db, leg, at)
    return True


def write_leg(db: sqlite3.Connection, leg: Leg, at: datetime) -> None:
    """Contradiction when the same id is there with other values: two orders would be one to the venue."""
    row = {**to_row(leg), "recorded_at": utc_stamp(at)}
    if _insert(db, "legs", row, or_ignore=True):
        return
    stored = db.execute("SELECT * FROM legs WHERE client_oid = ?", (leg.client_oid,)).fetchone()
    if from_row(Leg, stored) != leg:
        raise Contradiction(
            f"{leg.name} of {leg.signal} is already recorded as {leg.client_oid} with other values"
        )


def write_placement(
    db: sqlite3.Connection, signal: SignalId, placement: Placement, at: datetime
) -> None:
    row = {"client_oid": placement.client_oid, "signal": signal, **_result(placement)}
    last = db.execute(
        "SELECT client_oid, signal, result, venue_order_id, reason, code FROM placements "
        "WHERE client_oid = ? ORDER BY id DESC LIMIT 1",
        (placement.client_oid,),
    ).fetchone()
    if last is None or dict(last) != row:
        _insert(db, "placements", {**row, **_times(placement), "recorded_at": utc_stamp(at)})


def write_fill(db: sqlite3.Connection, signal: SignalId, fill: Fill, at: datetime) -> bool:
    row = {"signal": signal, **to_row(fill), "recorded_at": utc_stamp(at)}
    return _insert(db, "fills", row, or_ignore=True)


def write_trade(db: sqlite3.Connection, trade: Trade, cause: str, at: datetime) -> None:
    """The trade as it stands now, and the change in its history. The same again changes nothing."""
    row = to_row(trade)
    stored = db.execute("SELECT * FROM trades WHERE signal = ?", (trade.signal,)).fetchone()
    if stored is None:
        _need_plan(db, trade.signal)
        _insert(db, "trades", {**row, "changed_at": utc_stamp(at)})
    elif from_row(Trade, stored) == trade and cause in ("", _last_cause(db, trade.signal)):
        return
    else:
        _update(db, "trades", {**row, "changed_at": utc_stamp(at)}, key="signal")
    _insert(db, "trade_changes", {**row, "at": utc_stamp(at), "cause": sql_text(cause)})


def write_deletion(db: sqlite3.Connection, deletion: Deletion, change: str, at: datetime) -> None:
    row = {**to_row(deletion), "change": sql_text(change), "recorded_at": utc_stamp(at)}
    _insert(db, "deletions", row, or_ignore=True)


def advance_cursor(db: sqlite3.Connection, cursor: Cursor, at: datetime) -> None:
    """Never backwards: what comes twice comes with an old cursor."""
    db.execute(
        "INSERT INTO cursors (channel, pts, message_id, moved_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (channel) DO UPDATE SET pts = max(pts, excluded.pts), "
        "message_id = max(message_id, excluded.message_id), moved_at = excluded.moved_at",
        (cursor.channel, cursor.pts, cursor.message_id, utc_stamp(at)),
    )


def set_cursor(db: sqlite3.Connection, cursor: Cursor, at: datetime) -> None:
    row = {**to_row(cursor), "moved_at": utc_stamp(at)}
    _upsert(db, "cursors", row, key="channel")


def write_sighting(
    db: sqlite3.Connection,
    channel: ChannelId,
    message_id: int,
    via: Via,
    *,
    behind_us: int,
    at: datetime,
) -> None:
    """The first time that this path brought it; what comes again changes nothing."""
    row: dict[str, SqlValue] = {
        "channel": channel,
        "message_id": message_id,
        "via": str(via),
        "behind_us": behind_us,
        "recorded_at": utc_stamp(at),
    }
    _insert(db, "sightings", row, or_ignore=True)


def write_command(db: sqlite3.Connection, command: Command) -> None:
    _insert(db, "commands", to_row(command))


def write_start(db: sqlite3.Connection, mode: str, at: datetime) -> None:
    _insert(db, "starts", {"mode": mode, "at": utc_stamp(at)})


def write_end(db: sqlite3.Connection, ending: str, at: datetime) -> None:
    """Of the latest start. One that was killed has none."""
    db.execute(
        "UPDATE starts SET ended_at = ?, ending = ? WHERE id = (SELECT max(id) FROM starts)",
        (utc_stamp(at), sql_text(ending)),
    )


def write_notice(
    db: sqlite3.Connection, signal: SignalId, message_id: int, text: str, at: datetime
) -> None:
    row: dict[str, SqlValue] = {
        "signal": signal,
        "message_id": message_id,
        "text": sql_text(text),
        "changed_at": utc_stamp(at),
    }
    _upsert(db, "notices", row, key="signal")


def write_flag(db: sqlite3.Connection, name: str, value: str, at: datetime) -> None:
    _upsert(db, "flags", {"name": name, "value": value, "changed_at": utc_stamp(at)}, key="name")


# rows


def _post_row(post: Post) -> dict[str, SqlValue]:
    if any(parent.parents for parent in post.parents):
        # Without the parents' own parents: they stand in the same list, behind them.
        post = replace(post, parents=tuple(replace(p, parents=()) for p in post.parents))
    return to_row(post)


def _reading_row(reading: Reading) -> dict[str, SqlValue]:
    symbol = side = reason = None
    match reading:
        case Read(intent=intent):
            symbol, side = intent.symbol, intent.side
        case Unclear():
            symbol, reason = reading.symbol, reading.reason
        case NotASignal():
            pass
    return {
        "kind": reading_kind(reading),
        "symbol": _text(symbol),
        "side": sql_value(side),
        "parser": _text(reading.parser),
        "reason": _text(reason),
        "value": dump(reading),
    }


def _plan_row(plan: OrderPlan) -> dict[str, SqlValue]:
    return {
        "signal": plan.signal,
        "symbol": plan.market.symbol,
        "side": str(plan.side),
        "stop": sql_value(plan.stop),
        "value": dump(plan),
    }


def _result(placement: Placement) -> dict[str, SqlValue]:
    match placement:
        case Placed():
            return {
                "result": "placed",
                "venue_order_id": placement.venue_order_id,
                "reason": None,
                "code": None,
            }
        case Rejected():
            return _failure("rejected", placement.reason, placement.code)
        case Unknown():
            return _failure("unknown", placement.reason, placement.code)


def _times(placement: Placement) -> dict[str, SqlValue]:
    sent = placement.sent
    if sent is None:
        return {}
    return {"sent_at": utc_stamp(sent.at), "answered_us": sent.answered_us}


def _failure(result: str, reason: str, code: str | None) -> dict[str, SqlValue]:
    return {"result": result, "venue_order_id": None, "reason": sql_text(reason), "code": code}


def _need_plan(db: sqlite3.Connection, signal: SignalId) -> None:
    if db.execute("SELECT 1 FROM plans WHERE signal = ?", (signal,)).fetchone() is None:
        raise Contradiction(f"a trade of {signal} has no recorded plan to stand on")


def _last_cause(db: sqlite3.Connection, signal: SignalId) -> str | None:
    row = db.execute(
        "SELECT cause FROM trade_changes WHERE signal = ? ORDER BY id DESC LIMIT 1", (signal,)
    ).fetchone()
    return None if row is None else row["cause"]


def _text(text: str | None) -> str | bytes | None:
    return None if text is None else sql_text(text)


# statements; names come from this page and from field names, values are always bound


def _insert(
    db: sqlite3.Connection, table: str, row: Mapping[str, SqlValue], *, or_ignore: bool = False
) -> bool:
    """Whether a row came in; with *or_ignore*, one of the same key is left as it is."""
    sql = _insert_sql(table, tuple(row), or_ignore=or_ignore)
    return db.execute(sql, tuple(row.values())).rowcount == 1


@cache
def _insert_sql(table: str, columns: tuple[str, ...], *, or_ignore: bool) -> str:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    # Not OR IGNORE, which would swallow a missing value as well.
    unless = " ON CONFLICT DO NOTHING" if or_ignore else ""
    return f"INSERT INTO {table} ({names}) VALUES ({marks}){unless}"  # noqa: S608 -- no outside text


def _update(db: sqlite3.Connection, table: str, row: Mapping[str, SqlValue], *, key: str) -> None:
    sets = ", ".join(f"{name} = ?" for name in row if name != key)
    values = [value for name, value in row.items() if name != key]
    sql = f"UPDATE {table} SET {sets} WHERE {key} = ?"  # noqa: S608 -- no outside text
    db.execute(sql, (*values, row[key]))


def _upsert(db: sqlite3.Connection, table: str, row: Mapping[str, SqlValue], *, key: str) -> None:
    if not _insert(db, table, row, or_ignore=True):
        _update(db, table, row, key=key)
