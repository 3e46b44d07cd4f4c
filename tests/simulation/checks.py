"""What must be true of a run, by the exchange's own log and by the journal."""

import asyncio
import sqlite3
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from journeys.coin import Coin
from journeys.invariants import check_one_entry_per_leg
from simulation.broken import Broken
from simulation.watching import Crowd, Leaving, Loosened, Ratchet
from tgbitget.positions.keeper import WATCH_SECONDS
from tgbitget.simulators.bitget.audit import Audit
from tgbitget.simulators.bitget.events import Event, OrderChanged, PlanChanged, PositionChanged
from tgbitget.simulators.bitget.orders import Side

if TYPE_CHECKING:
    from simulation.run import Run

TRIPS_SECONDS = 2.5
"""A look takes five questions, the stop one send; each a round trip of up to 40 ms, and half a second between tries."""
STARTING_SECONDS = 6.0
"""From the start of a process until it leads what is open."""
FAULT_SECONDS = 20.0
"""What a fault of Bitget's or of the wires may hold up: a request of 5 s, its repetition, the next look."""
NOT_OVER = ("planned", "pending", "resting", "open", "closing")
CLOSING_SECONDS_MAX = 90.0
SEND_SECONDS = 0.1
"""A request that was on its way already."""


class Checks:
    def __init__(self, run: "Run") -> None:
        self._run = run
        self.bare_seconds_max = 0.0
        self._proven = 0
        self._journal: sqlite3.Connection | None = None
        self._audit = Audit()
        self._leaving = Leaving()
        self._stops = Ratchet()
        self._crowd = Crowd()
        self._refused: list[str] = []
        self._entered: list[tuple[str, Decimal]] = []  # client ids, as sent (0) and as filled
        run.bitget.exchange.listen(self._hear)

    # while it runs

    def _now_ms(self) -> int:
        return int(self._run.loop.time() * 1000)

    def _hear(self, event: Event) -> None:
        run = self._run
        # The venue's own audit goes by its clock, which faults set wrong.
        self._audit.hear(replace(event, at=self._now_ms()))
        self._leaving.hear(event, run.loop.time())
        self._stops.hear(event, run.loop.time())
        self._crowd.hear(event)
        if isinstance(event, OrderChanged):
            order, fill = event.order, event.fill
            if not order.closing:
                self._entered.append((order.client_id, fill.size if fill else Decimal(0)))
            kind = "closing " if order.closing else ""
            text = f"exchange: {kind}{order.symbol} {order.client_id} {order.side.value} {order.size} {order.status.value}"
            run.tell(text + (f" filled {fill.size} at {fill.price}" if fill else ""))
        elif isinstance(event, PlanChanged):
            plan = event.plan
            run.tell(
                f"exchange: {plan.symbol} {plan.kind.value} {plan.size or 'all'} at {plan.trigger} {plan.status.value}"
            )
        elif isinstance(event, PositionChanged):
            run.tell(
                f"exchange: {event.symbol} position {'long' if event.long else 'short'} {event.size}"
            )

    def note_refusal(self, why: str) -> None:
        """A start that was refused; with trades open it must not be."""
        if standing := self._standing():
            self._refused.append(f"{why}, though {sorted(standing)} stand")

    # at rest

    def is_settled(self) -> bool:
        return self.unsettled() is None

    def unsettled(self) -> str | None:
        """The first thing that is not yet as it must be."""
        run = self._run
        if not run.listener.is_up:
            return "a listener"
        if (missing := self._undecided()) is not None:
            return f"an outcome of {missing}"
        believed = self._believed()
        return next(filter(None, (self._difference(coin, believed) for coin in run.coins)), None)

    def _undecided(self) -> str | None:
        """A post whose text of now has no outcome. What was deleted may never have been seen."""
        known, course = self._decided_texts(), self._run.course
        for post in course.posted:
            standing = next((m for m in post.channel.messages if m.id == post.id), None)
            if standing is not None and known.get(post.signal) != standing.text:
                return post.signal
        return None

    def _difference(self, coin: Coin, believed: dict[str, list[tuple[str, Decimal]]]) -> str | None:
        mine = [
            t for symbol, ts in believed.items() if symbol.startswith(f"{coin.base}/") for t in ts
        ]
        told = sum((amount for state, amount in mine if state == "open"), Decimal(0))
        if told != _size(coin):
            return f"{coin.base}: {told} is believed, {_size(coin)} is open"
        if (coin.resting or coin.plans) and not mine:
            return f"{coin.base}: orders stand for no trade"
        if not _is_covered(coin):
            return f"{coin.base}: no stop for all of {_size(coin)}"
        return None

    async def at_rest(self) -> None:
        """In fair weather: a stop that is cancelled by hand comes back in time, and what is closed leaves nothing."""
        run = self._run
        for coin in run.coins:
            if _size(coin) and _is_covered(coin):
                # Nothing is pushed of it: only who looks can know.
                run.bitget.faults.pushes.silent = True
                run.bitget.by_hand.drop_stops(coin.symbol)
                run.bitget.faults.pushes.silent = False
                run.tell(f"proof: the stops of {coin.base} are gone, and nobody is told")
                await run.until(
                    lambda coin=coin: _is_covered(coin),
                    WATCH_SECONDS + TRIPS_SECONDS,
                    f"the stop of {coin.base} to come back",
                )
                self._proven += 1
        for post, _ in self._run.course.posts:
            if post.signal in self._standing() and any(
                m.id == post.id for m in post.channel.messages
            ):
                run.course.post(post.channel, "Close this trade now", reply_to=post.id)
                run.course.post(post.channel, "Cancel", reply_to=post.id)
        await run.until(
            lambda: self.unsettled() is None and self._is_over(),
            CLOSING_SECONDS_MAX,
            lambda: f"the end: {self.unsettled()} {self._standing()}",
        )
        await asyncio.sleep(WATCH_SECONDS * 2)
        for coin in run.coins:
            if not any(s.startswith(f"{coin.base}/") for s in self._believed()):
                self._want(
                    coin.is_flat, f"{coin.base}: {coin.plans} {coin.resting} are left of no trade"
                )

    def _is_over(self) -> bool:
        deleted = self._run.course.deleted
        return not (self._standing() - deleted)

    # at the end

    def at_the_end(self) -> None:
        run = self._run
        check_one_entry_per_leg(*run.coins)
        self._check_outcomes()
        self._check_orders()
        self._check_guarded()
        may_loosen = any(ways.get("follow_ups", {}).get("edits") == "apply" for ways in run.ways)
        loosened = [str(one) for one in self._stops.loosened if not self._was_overtaken(one)]
        self._want(may_loosen or not loosened, f"a stop was loosened: {loosened}")
        self._want(
            self._crowd.most <= run.open_positions_max,
            f"{self._crowd.most} symbols were in trade, {run.open_positions_max} are allowed",
        )
        self._check_locks()
        self._want(not self._refused, f"a start was refused: {self._refused}")
        crashes = [e["text"] for e in run.listener.of("crash")]
        self._want(not crashes, f"the listener crashed: {crashes}")
        failed = [
            w["text"] for w in run.listener.of("warning") if "failed and was started" in w["text"]
        ]
        self._want(not [w for w in failed if "JournalError" not in w], f"a task failed: {failed}")
        self._want(not run.telegram.unknown_requests, f"Telegram: {run.telegram.unknown_requests}")
        self._want(not run.bitget.unknown_requests, f"Bitget: {run.bitget.unknown_requests}")

    def _check_outcomes(self) -> None:
        """I1: one outcome for each revision, told once at most."""
        told = Counter(
            (line["signal"], line["post"]["revision"]) for line in self._run.listener.of("decision")
        )
        twice = [key for key, count in told.items() if count > 1]
        self._want(not twice, f"decided twice: {twice}")
        missing = self._undecided()
        self._want(missing is None, f"{missing} has no outcome")

    def _check_orders(self) -> None:
        """I2: what was planned is what was ordered, at most once."""
        run = self._run
        legs = {
            row[0]: (row[1], row[2], Decimal(row[3] or 0))
            for row in self._ask("SELECT client_oid, signal, name, amount FROM legs")
        }
        for order in run.bitget.orders:
            if order.client_id.startswith("tg") and not order.closing:
                self._want(
                    order.client_id in legs,
                    f"{order.client_id} of {order.symbol} is no leg of ours",
                )
        filled: dict[tuple[str, str], Decimal] = {}
        most: dict[tuple[str, str], Decimal] = {}
        begun: set[str] = set()
        for client_id, size in self._entered:
            if client_id not in legs:
                continue  # somebody's own hand
            signal, name, amount = legs[client_id]
            so_far = filled.get((signal, name), Decimal(0))
            if client_id not in begun:
                # One that takes the place of another after an edit is of what that one left.
                begun.add(client_id)
                most[signal, name] = so_far + amount
            filled[signal, name] = so_far + size
            self._want(
                filled[signal, name] <= most[signal, name],
                f"{signal} {name}: {filled[signal, name]} of {most[signal, name]} filled",
            )

    def _check_guarded(self) -> None:
        """I3: outside of what a fault explains, no position is bare longer than the watch and its round trips."""
        excused = self._excused()
        now, audit = self._now_ms(), self._audit
        stretches = [(b.symbol, b.since, b.until or now) for b in audit.bare]
        stretches += [(key[0], since, now) for key, since in audit._open.items()]
        for symbol, since, until in stretches:
            leaving = self._leaving.stretches(symbol, now / 1000)
            left = unexcused((since / 1000, until / 1000), [*excused, *leaving])
            self.bare_seconds_max = max(self.bare_seconds_max, left)
            self._want(
                left <= WATCH_SECONDS + TRIPS_SECONDS, f"{symbol} stood {left:.1f} s without a stop"
            )

    def _excused(self) -> list[tuple[float, float]]:
        """When a fault may have held up the watch, or nobody watched."""
        run = self._run
        excused = [(since, until + STARTING_SECONDS) for since, until in run.listener.down]
        excused += [
            (each.at, each.at + FAULT_SECONDS)
            for each in run.weather.drawn
            if each.name.startswith(("bitget", "wire", "disk", "machine"))
        ]
        return excused

    def _was_overtaken(self, one: Loosened) -> bool:
        """Bitget took a request late, after one that was sent after it; the watch has to put that right."""
        until = self._run.loop.time() if one.until is None else one.until
        left = unexcused((one.at, until), self._excused())
        sent = self._run.stop_sent_at(one.client_id)
        return sent is not None and sent < one.best_since and left <= WATCH_SECONDS + TRIPS_SECONDS

    def _check_locks(self) -> None:
        """I4: while nobody knows what became of an entry, no other one of its symbol goes out."""
        run = self._run
        symbols = self._pairs("SELECT client_oid, symbol FROM legs WHERE role = 'entry'")
        sent = list(run.sent_entries())
        for since, until, unknown in run.listener.unknowns():
            # Proven absent it is sent once more, which nobody is told of before.
            again = min((at for at, oid, _ in sent if oid == unknown and at > since), default=until)
            wrong = [
                oid
                for at, oid, symbol in sent
                if oid in symbols
                and oid != unknown
                and symbol == _id(symbols.get(unknown, ""))
                and since + SEND_SECONDS < at < min(until, again) - SEND_SECONDS
            ]
            self._want(not wrong, f"{wrong} went out while nobody knew what became of {unknown}")

    def counts(self) -> Counter[str]:
        run = self._run
        return Counter(
            posts=len(run.course.posted),
            orders=len(run.bitget.orders),
            executions=len(run.bitget.executions),
            kills=run.listener.kills,
            lives=run.listener.life.number if run.listener.life else 0,
            stops_proven=self._proven,
        )

    # the journal

    def _ask(self, question: str) -> list[tuple[str, ...]]:
        if self._journal is None:
            self._journal = sqlite3.connect(self._run.settings.database_file)
        return self._journal.execute(question).fetchall()

    def _pairs(self, question: str) -> dict[str, str]:
        return dict(self._ask(question))  # type: ignore[arg-type] # two columns were asked for

    def _decided_texts(self) -> dict[str, str]:
        """By signal, the text of the last revision that has an outcome."""
        return self._pairs(
            "SELECT signal, text FROM decisions JOIN posts USING (channel, message_id, revision) ORDER BY revision"
        )

    def _believed(self) -> dict[str, list[tuple[str, Decimal]]]:
        found: dict[str, list[tuple[str, Decimal]]] = {}
        for symbol, state, amount in self._ask("SELECT symbol, state, amount FROM trades"):
            if state in NOT_OVER:
                found.setdefault(symbol, []).append((state, Decimal(amount)))
        return found

    def _standing(self) -> set[str]:
        rows = self._ask("SELECT signal, state FROM trades")
        return {signal for signal, state in rows if state in NOT_OVER}

    @staticmethod
    def _want(is_true: object, otherwise: str) -> None:
        if not is_true:
            raise Broken(otherwise)


def unexcused(stretch: tuple[float, float], excused: list[tuple[float, float]]) -> float:
    """The longest part of *stretch* that lies in none of the others."""
    parts = [stretch]
    for since, until in excused:
        parts = [
            part
            for a, b in parts
            for part in ((a, min(b, since)), (max(a, until), b))
            if part[0] < part[1]
        ]
    return max((b - a for a, b in parts), default=0.0)


def _size(coin: Coin) -> Decimal:
    """Of both sides, where both are held."""
    positions = coin.bitget.exchange.desk.positions.values()
    return sum((p.size for p in positions if p.symbol == coin.symbol), Decimal(0))


def _is_covered(coin: Coin) -> bool:
    """A stop of the whole position, or stops that add up to it, on each side that is held."""
    for position in coin.bitget.exchange.desk.positions.values():
        if position.symbol != coin.symbol or not position.size:
            continue
        guards = [
            plan
            for plan in coin.plans
            if plan.kind.stops_loss and (plan.side is Side.SELL) == position.long
        ]
        guarded = sum((plan.size or Decimal(0) for plan in guards), Decimal(0))
        if guarded < position.size and not any(plan.kind.whole_position for plan in guards):
            return False
    return True


def _id(symbol: str) -> str:
    """BTC/USDT:USDT as the venue writes it."""
    return symbol.partition(":")[0].replace("/", "")
