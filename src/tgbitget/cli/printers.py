"""Where events go: JSON lines, plain lines, or the live view; all of them through `handle`."""

import json
import queue
import sys
import threading
from contextlib import suppress
from typing import Protocol, Self, TextIO

from loguru import logger

from tgbitget.cli.words import clock_time, harmless, intent_line, outcome_line, rounded, signed
from tgbitget.model.event import (
    Commanded,
    Decided,
    Deleted,
    Event,
    Filled,
    Paused,
    Ready,
    SendEnded,
    Stopped,
    TradeChanged,
    Warned,
    event_json,
)
from tgbitget.model.money import exact
from tgbitget.model.order import Placed, Rejected, Unknown
from tgbitget.model.plan import Decision
from tgbitget.model.reading import NotASignal, Read
from tgbitget.model.trade import Trade, TradeState

WAITING_MAX = 50_000  # events; some tens of megabytes
_INDENT = " " * 10  # below the time of the post that it belongs to
_TEXT_SHOWN = 60
_ID_SHOWN = 8
_LAST_LINES_SECONDS = 1.0  # Ctrl-C ends everything within five


class Printer(Protocol):
    """Shows events to a person or a program while its `with` block lasts."""

    def handle(self, event: Event, /) -> None:
        """Never raises."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class _Lines:
    """A line for each event, written at once. Once nobody reads any more, nothing is written, and all goes on."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._is_read = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _write(self, line: str) -> None:
        if not self._is_read:
            return
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except OSError as e:
            self._is_read = False
            logger.warning("Nobody reads our output any more: {}", e.strerror)


class JsonPrinter(_Lines):
    """The contract's lines."""

    def handle(self, event: Event, /) -> None:
        self._write(json.dumps(event_json(event)))


class PlainPrinter(_Lines):
    """One sentence for each event, for logs and pipes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._titles: dict[str, str] = {}

    def handle(self, event: Event, /) -> None:
        if isinstance(event, Ready):
            self._titles = {id_: harmless(title) for id_, title in event.channels}
        for line in self._sentences(event):
            self._write(line)

    def _sentences(self, event: Event) -> list[str]:
        match event:
            case Ready():
                titles = ", ".join(self._titles.values())
                what = f"Following {titles}" if titles else "Replaying"
                origin = f" ({event.markets_from})" if event.markets_from else ""
                return [
                    f"{what} in {event.mode} mode on {event.venue}, {event.markets} markets{origin}."
                ]
            case Decided():
                return [self._decision(event.decision)]
            case Deleted():
                gone = event.deletion
                return [
                    f"{clock_time(gone.date)}  {self._title(gone.channel)} deleted {gone.message_id}: "
                    f"{harmless(event.change)}"
                ]
            case SendEnded():
                return [self._send(event)]
            case Filled():
                return [
                    f"{_INDENT}{event.signal} {event.role.replace('_', ' ')} filled: "
                    f"{exact(event.amount)} at {exact(event.price)}, fee {exact(event.fee)}"
                ]
            case TradeChanged():
                return [_trade_sentence(event.trade, event.cause)]
            case Warned():
                urgent = "LOOK: " if event.is_urgent else "Warning: "
                return [f"{urgent}{harmless(event.text)}"]
            case Paused():
                return ["Paused: no new entries." if event.is_paused else "Resumed."]
            case Commanded(command=command):
                about = f"{_INDENT}{command.signal} " if command.signal else ""
                return [f"{about}The owner asked ({command.source}): {harmless(command.outcome)}."]
            case Stopped():
                return [f"Stopped: {event.reason}."]

    def _decision(self, decision: Decision) -> str:
        post, reading = decision.post, decision.reading
        match reading:
            case Read():
                says = intent_line(reading.intent, reading.parent_symbol)
            case NotASignal():
                says = f"“{_beginning(post.text)}”" if post.text.strip() else "(no text)"
            case _:
                says = f"“{_beginning(post.text)}”"
        edited = f" (edit {post.revision})" if post.revision else ""
        head = f"{clock_time(post.moment)}  {self._title(post.channel)}/{post.message_id}{edited}"
        unmade = f" (not checked: {', '.join(decision.skipped)})" if decision.skipped else ""
        return f"{head}: {says} → {outcome_line(decision)}{unmade}"

    def _send(self, event: SendEnded) -> str:
        placement = event.placement
        head = f"{_INDENT}{event.signal} {self._name(event)}"
        match placement:
            case Placed():
                return f"{head} placed"
            case Rejected():
                return f"{head} rejected: {harmless(placement.reason)}"
            case Unknown():
                return f"{head} unknown, asking the venue: {harmless(placement.reason)}"

    @staticmethod
    def _name(event: SendEnded) -> str:
        leg = event.leg
        if leg is None:
            return f"order {event.placement.client_oid[:_ID_SHOWN]}…"
        level = leg.trigger_price or leg.price
        amount = "" if leg.amount is None else f" {exact(leg.amount)}"
        return f"{leg.name}{amount}" if level is None else f"{leg.name}{amount} at {exact(level)}"

    def _title(self, channel: str) -> str:
        return self._titles.get(channel) or harmless(channel)


class Aside:
    """Another printer in a thread of its own: a reader that stands still holds up no trade.

    Events wait in a queue with a bound; those beyond it are dropped and counted.
    """

    def __init__(self, inner: Printer, *, waiting_max: int = WAITING_MAX) -> None:
        self._inner = inner
        self._waiting: queue.Queue[Event | None] = queue.Queue(maxsize=waiting_max)
        self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
        self.dropped = 0

    def handle(self, event: Event, /) -> None:
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self.dropped += 1
            if self.dropped == 1:
                logger.warning("Our output is not read fast enough: events are dropped from it")

    def __enter__(self) -> Self:
        self._inner.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        """Prints what waits, for a moment; whoever reads nothing is not waited for."""
        with suppress(queue.Full):
            self._waiting.put(None, timeout=_LAST_LINES_SECONDS)
        self._thread.join(timeout=_LAST_LINES_SECONDS)
        self._inner.__exit__(*why)

    def _print(self) -> None:
        while (event := self._waiting.get()) is not None:
            self._inner.handle(event)


def _trade_sentence(trade: Trade, cause: str) -> str:
    parts = [f"{trade.side} {trade.symbol}", str(trade.state)]
    if trade.state is TradeState.OPEN:
        entry = "?" if trade.entry is None else exact(trade.entry)
        stop = "NO STOP" if trade.stop is None else f"stop {exact(trade.stop)}"
        parts.append(f"{exact(trade.amount)} at {entry}, {stop}")
    if trade.realised:
        parts.append(f"realised {signed(rounded(trade.realised))}")
    why = f" ({harmless(cause)})" if cause else ""
    return f"{_INDENT}{trade.signal} {', '.join(parts)}{why}"


def _beginning(text: str) -> str:
    whole = harmless(text)
    return whole if len(whole) <= _TEXT_SHOWN else f"{whole[:_TEXT_SHOWN]}…"
