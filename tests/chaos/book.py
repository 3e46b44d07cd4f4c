"""What the journal of a run says, read beside its writer."""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path

FINAL = frozenset({"closed", "cancelled", "failed"})
UNDERWAY = frozenset({"planned", "pending", "closing"})


class Book:
    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, question: str) -> list[tuple[str, ...]]:
        # As any command that looks: opened anew each time, for its writer comes and goes.
        with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(question).fetchall()

    def unsettled(
        self,
        *,
        texts: Mapping[str, str],
        deleted: Collection[str],
        over: Collection[str],
        held: Mapping[str, Decimal],
        standing: Collection[str],
    ) -> str | None:
        """The first thing that is not yet as it must be.

        *texts* are the posts as they stand, *over* those whose trades must have ended, *held* each symbol's position,
        *standing* the symbols that orders stand at.
        """
        known = self.texts()
        for signal, text in texts.items():
            if known.get(signal) != text:
                return f"an outcome of {signal}"
        told = {
            f"{row[0]}/{row[1]}" for row in self.ask("SELECT channel, message_id FROM deletions")
        }
        for signal in deleted:
            if signal in known and signal not in told:
                return f"the deletion of {signal}"
        if waiting := self._unanswered():
            return f"the answer to {waiting}"
        believed: dict[str, Decimal] = {}
        for signal, symbol, state, amount in self.ask(
            "SELECT signal, symbol, state, amount FROM trades"
        ):
            if state in FINAL:
                continue
            if signal in over:
                return f"the end of {signal}, which is {state}"
            if state in UNDERWAY:
                return f"{signal}, which is {state}"
            at = symbol.partition(":")[0].replace("/", "")
            believed[at] = believed.get(at, Decimal(0)) + Decimal(amount)
        for symbol in {*held, *believed}:
            if held.get(symbol, Decimal(0)) != believed.get(symbol, Decimal(0)):
                return f"{symbol}: {held.get(symbol)} is open, {believed.get(symbol)} is believed"
        left = set(standing) - set(believed)
        return f"orders of {sorted(left)}, where no trade stands" if left else None

    def _unanswered(self) -> str | None:
        """An entry of a standing trade, in its latest shape, whose send has no known end and nothing filled."""
        rows = self.ask(
            "SELECT legs.signal || ' ' || legs.name FROM legs JOIN trades USING (signal) "
            "WHERE legs.role = 'entry' AND trades.state NOT IN ('closed', 'cancelled', 'failed') "
            "AND legs.rowid = (SELECT max(l.rowid) FROM legs AS l "
            "WHERE l.signal = legs.signal AND l.name = legs.name) "
            "AND NOT EXISTS (SELECT 1 FROM fills WHERE fills.client_oid = legs.client_oid) "
            "AND NOT EXISTS (SELECT 1 FROM placements WHERE placements.client_oid = legs.client_oid "
            "AND result IN ('placed', 'rejected'))"
        )
        return rows[0][0] if rows else None

    def texts(self) -> dict[str, str]:
        """By signal, the text of the last revision that has an outcome."""
        return dict(
            self.ask(
                "SELECT signal, text FROM decisions JOIN posts USING (channel, message_id, revision) "
                "ORDER BY revision"
            )  # type: ignore[arg-type] # two columns were asked for
        )

    def outcomes(self) -> dict[str, list[str]]:
        """By signal, the outcome of each revision."""
        found: dict[str, list[str]] = {}
        for signal, outcome in self.ask("SELECT signal, outcome FROM decisions ORDER BY revision"):
            found.setdefault(signal, []).append(outcome)
        return found

    def story(self, signal: str) -> str:
        """Its outcomes and what became of its trade, in a line."""
        told = self.ask(
            "SELECT signal, outcome, coalesce(rule, ''), coalesce(reason, '') FROM decisions"
        )
        told += self.ask("SELECT signal, state, amount, cause FROM trade_changes ORDER BY id")
        return "; ".join(" ".join(row[1:]) for row in told if row[0] == signal)

    def legs(self) -> dict[str, tuple[str, str, Decimal]]:
        """By client id: signal, role, amount."""
        rows = self.ask("SELECT client_oid, signal, role, amount FROM legs")
        return {oid: (signal, role, Decimal(amount or 0)) for oid, signal, role, amount in rows}

    def replaced(self) -> dict[str, tuple[str, str]]:
        """By client id, signal and name of orders that took the place of another one, or left theirs to one."""
        rows = self.ask(
            "SELECT client_oid, signal, name, replacement FROM legs WHERE role = 'entry'"
        )
        again = {(signal, name) for _, signal, name, replacement in rows if int(replacement)}
        return {oid: (s, name) for oid, s, name, _ in rows if (s, name) in again}

    def unsent(self) -> dict[str, str]:
        """By client id, why an order was not sent after all."""
        rows = self.ask(
            "SELECT client_oid, reason FROM placements WHERE result = 'rejected' AND code IS NULL"
        )
        return dict(rows)  # type: ignore[arg-type] # two columns were asked for
