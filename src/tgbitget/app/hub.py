"""Events go to everybody who listens: the printer, the notices, a test."""

from typing import Protocol

from tgbitget.model.event import Event, Publish


class Printer(Protocol):
    """Where events are shown: a live screen, plain lines, or JSON lines."""

    def handle(self, event: Event, /) -> None: ...


class Hub:
    """Hands each event to every listener, in order. Listeners neither raise nor wait."""

    def __init__(self, *listeners: Publish) -> None:
        self._listeners = list(listeners)

    def add(self, listener: Publish) -> None:
        self._listeners.append(listener)

    def publish(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)
