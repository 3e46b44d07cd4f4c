"""The journeys' world, for what only the exchange and the channel show."""

from journeys.conftest import _short_goodbye, logs, world

__all__ = ["_short_goodbye", "logs", "world"]
