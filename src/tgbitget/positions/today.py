"""What was realised since midnight UTC: of trades that ended today only what they realised today, of open ones likewise."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tgbitget.clock import Clock
from tgbitget.model.ids import ChannelId, SignalId
from tgbitget.model.trade import Trade
from tgbitget.positions.ledger import Ledger


def midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    at: datetime
    channel: ChannelId
    realised: Decimal


class Today:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ended: dict[SignalId, _Ended] = {}

    def remember(self, ended_at: datetime, trade: Trade, *, before: Decimal) -> None:
        """*before* is what of its profit stood at the midnight before it ended; told again, it counts once."""
        if ended_at >= midnight(self._clock.now()):
            self._ended[trade.signal] = _Ended(
                at=ended_at, channel=trade.channel, realised=trade.realised - before
            )

    def realised(
        self, standing: Iterable[Ledger], channels: Collection[ChannelId] | None = None
    ) -> Decimal:
        """Of *channels*, or of all."""
        start = midnight(self._clock.now())
        self._ended = {signal: one for signal, one in self._ended.items() if one.at >= start}
        of_ended = [(one.channel, one.realised) for one in self._ended.values()]
        of_open = [
            (one.channel, one.trade().realised - one.realised_before(start)) for one in standing
        ]
        return sum(
            (
                part
                for channel, part in [*of_ended, *of_open]
                if channels is None or channel in channels
            ),
            Decimal(0),
        )
