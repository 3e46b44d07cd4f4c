"""One life of a process: from its start to its end, or to its kill."""

from contextvars import ContextVar


class Life:
    """`steps` counts what it did; `kill_after` names one that it never takes."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.steps = 0
        self.kill_at: int | None = None
        self.is_dead = False

    def kill_after(self, steps: int) -> None:
        self.kill_at = self.steps + steps


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)
"""Whose step this is; None for the world's."""
