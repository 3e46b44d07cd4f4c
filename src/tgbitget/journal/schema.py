"""The journal's tables, as numbered migrations; each is one transaction together with its record.

A migration that has been released is never changed: the next one changes what it made.
"""

from collections.abc import Callable

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

from tgbitget.errors import JournalError

_MESSAGE = ("channel", "message_id")
_REVISION = (*_MESSAGE, "revision")


def migrate(db: Database, *, steps: Migrations | None = None) -> None:
    """Bring *db* up to date. JournalError names the migration of a newer tgbitget, and nothing is touched."""
    refuse_newer(db)
    (steps or migrations).apply(db)


def refuse_newer(db: Database) -> None:
    unknown = [step.name for step in migrations.applied(db) if step.name not in known]
    if unknown:
        raise JournalError(
            f"it was written by a newer tgbitget (its schema has {unknown[-1]}, the newest known here is "
            f"{known[-1]}); upgrade tgbitget, or set TGBITGET_HOME to another folder"
        )


def is_current(db: Database) -> bool:
    return not migrations.pending(db)


def _posts(db: Database) -> None:
    _create(
        db,
        "posts",
        {
            "channel": str,
            "message_id": int,
            "revision": int,
            "date": str,
            "edited": str,
            "text": str,
            "via": str,
            "reply_to": int,
            "sender": str,
            "sender_name": str,
            "topic": int,
            "links": str,
            "parents": str,
        },
        pk=_REVISION,
        needed=("date", "text", "via"),
    )
    _create(
        db,
        "deletions",
        {
            "channel": str,
            "message_id": int,
            "date": str,
            "via": str,
            "change": str,
            "recorded_at": str,
        },
        pk=_MESSAGE,
        needed=("date", "via", "change", "recorded_at"),
    )
    _create(
        db,
        "cursors",
        {"channel": str, "pts": int, "message_id": int, "moved_at": str},
        pk=("channel",),
        needed=("pts", "message_id", "moved_at"),
    )


def _decisions(db: Database) -> None:
    revision = {"channel": str, "message_id": int, "revision": int}
    _create(
        db,
        "readings",
        {
            **revision,
            "kind": str,
            "symbol": str,
            "side": str,
            "parser": str,
            "reason": str,
            "value": str,
        },
        pk=_REVISION,
        needed=("kind", "value"),
        parents=[(_REVISION, "posts", _REVISION)],
    )
    decisions = _create(
        db,
        "decisions",
        {
            **revision,
            "signal": str,
            "decided_at": str,
            "outcome": str,
            "rule": str,
            "reason": str,
            "profile": str,
            "account": str,
            "trade": str,
            "legs": str,
            "skipped": str,
            "timings_ms": str,
        },
        pk=_REVISION,
        needed=(
            "signal",
            "decided_at",
            "outcome",
            "profile",
            "account",
            "legs",
            "skipped",
            "timings_ms",
        ),
        parents=[(_REVISION, "posts", _REVISION)],
    )
    decisions.create_index(["outcome", "decided_at"])
    decisions.create_index(["decided_at"])
    decisions.create_index(["trade"])
    decisions.create_index(["signal"])
    plans = _create(
        db,
        "plans",
        {**revision, "signal": str, "symbol": str, "side": str, "stop": str, "value": str},
        pk=_REVISION,
        needed=("signal", "symbol", "side", "stop", "value"),
        parents=[(_REVISION, "decisions", _REVISION)],
    )
    plans.create_index(["signal"])


def _orders(db: Database) -> None:
    legs = _create(
        db,
        "legs",
        {
            "client_oid": str,
            "signal": str,
            "name": str,
            "role": str,
            "symbol": str,
            "side": str,
            "position_side": str,
            "type": str,
            "amount": str,
            "price": str,
            "trigger_price": str,
            "stop_loss": str,
            "reduce_only": int,
            "post_only": int,
            "replacement": int,
            "recorded_at": str,
        },
        pk=("client_oid",),
        needed=("signal", "name", "role", "symbol", "side", "position_side", "type", "recorded_at"),
    )
    legs.create_index(["signal", "name"])
    legs.create_index(["recorded_at"])
    placements = _create(
        db,
        "placements",
        {
            "id": int,
            "client_oid": str,
            "signal": str,
            "result": str,
            "venue_order_id": str,
            "reason": str,
            "code": str,
            "recorded_at": str,
        },
        pk=("id",),
        needed=("client_oid", "signal", "result", "recorded_at"),
        parents=[(("client_oid",), "legs", ("client_oid",))],
    )
    placements.create_index(["client_oid"])
    placements.create_index(["signal"])
    fills = _create(
        db,
        "fills",
        {
            "symbol": str,
            "trade_id": str,
            "venue_order_id": str,
            "signal": str,
            "client_oid": str,
            "side": str,
            "amount": str,
            "price": str,
            "fee": str,
            "fee_coin": str,
            "at": str,
            "realised": str,
            "recorded_at": str,
        },
        pk=("symbol", "trade_id", "venue_order_id"),
        needed=("signal", "side", "amount", "price", "fee", "fee_coin", "at", "recorded_at"),
    )
    fills.create_index(["signal"])
    fills.create_index(["client_oid"])


def _trades(db: Database) -> None:
    standing = {
        "channel": str,
        "symbol": str,
        "side": str,
        "state": str,
        "notional": str,
        "amount": str,
        "entry": str,
        "stop": str,
        "realised": str,
        "opened_at": str,
        "closed_at": str,
    }
    needed = ("channel", "symbol", "side", "state", "notional", "amount", "realised")
    trades = _create(
        db,
        "trades",
        {"signal": str, **standing, "changed_at": str},
        pk=("signal",),
        needed=(*needed, "changed_at"),
    )
    trades.create_index(["state"])
    changes = _create(
        db,
        "trade_changes",
        {"id": int, "signal": str, "at": str, "cause": str, **standing},
        pk=("id",),
        needed=("signal", "at", "cause", *needed),
        parents=[(("signal",), "trades", ("signal",))],
    )
    changes.create_index(["signal"])


def _notices(db: Database) -> None:
    _create(
        db,
        "notices",
        {"signal": str, "message_id": int, "text": str, "changed_at": str},
        pk=("signal",),
        needed=("message_id", "text", "changed_at"),
    )
    _create(
        db,
        "flags",
        {"name": str, "value": str, "changed_at": str},
        pk=("name",),
        needed=("value", "changed_at"),
    )


def _commands(db: Database) -> None:
    commands = _create(
        db,
        "commands",
        {
            "id": int,
            "at": str,
            "source": str,
            "name": str,
            "signal": str,
            "key": str,
            "fraction": str,
            "post": str,
            "outcome": str,
        },
        pk=("id",),
        needed=("at", "source", "name", "outcome"),
    )
    commands.create_index(["signal"])
    commands.create_index(["post"])
    db.table("decisions").add_column("asks", str, not_null_default="[]")
    db.table("notices").create_index(["message_id"])


def _trailing(db: Database) -> None:
    db.table("legs").add_column("trail_percent", str)


def _trigger_by(db: Database) -> None:
    db.table("legs").add_column("trigger_by", str, not_null_default="mark")


def _money(db: Database) -> None:
    fills = db.table("fills")
    fills.add_column("position_side", str)
    fills.add_column("is_forced", int, not_null_default=0)
    for name in ("trades", "trade_changes"):
        db.table(name).add_column("funding", str, not_null_default="0")


def _starts(db: Database) -> None:
    _create(
        db,
        "starts",
        {"id": int, "at": str, "mode": str, "ended_at": str, "ending": str},
        pk=("id",),
        needed=("at", "mode"),
    )


def _times(db: Database) -> None:
    placements = db.table("placements")
    placements.add_column("sent_at", str)
    placements.add_column("answered_us", int)
    _create(
        db,
        "sightings",
        {"channel": str, "message_id": int, "via": str, "behind_us": int, "recorded_at": str},
        pk=(*_MESSAGE, "via"),
        needed=("behind_us", "recorded_at"),
    )


def _every(db: Database) -> None:
    # Few posts name several trades; what looks for them must not read all the others.
    db.execute("CREATE INDEX idx_decisions_asks ON decisions (outcome) WHERE asks != '[]'")


def _create(
    db: Database,
    name: str,
    columns: dict[str, type],
    *,
    pk: tuple[str, ...],
    needed: tuple[str, ...],
    parents: list[tuple[tuple[str, ...], str, tuple[str, ...]]] | None = None,
) -> Table:
    db.table(name).create(
        columns,
        pk=pk if len(pk) > 1 else pk[0],
        not_null=(*pk, *needed),
        foreign_keys=parents or [],
    )
    return db.table(name)


_STEPS: tuple[tuple[str, Callable[[Database], None]], ...] = (
    ("0001_posts", _posts),
    ("0002_decisions", _decisions),
    ("0003_orders", _orders),
    ("0004_trades", _trades),
    ("0005_notices", _notices),
    ("0006_commands", _commands),
    ("0007_trailing", _trailing),
    ("0008_money", _money),
    ("0009_trigger_by", _trigger_by),
    ("0010_starts", _starts),
    ("0011_times", _times),
    ("0012_every", _every),
)

migrations = Migrations("tgbitget")
for _name, _step in _STEPS:
    migrations(name=_name)(_step)
known = tuple(name for name, _ in _STEPS)
