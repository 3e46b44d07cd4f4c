"""What stands, as limits see it, over all trades: after each change only the trade that changed is looked at again."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from tgbitget.model.ids import ChannelId, ClientOrderId, SignalId
from tgbitget.model.money import Notional
from tgbitget.model.order import VenueOrder
from tgbitget.model.trade import Trade
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.ledger import Ledger


class Standing:
    """Trades that are not over. What it is asked is as of the last change of their ledgers."""

    def __init__(self) -> None:
        self._ledgers: dict[SignalId, Ledger] = {}
        self._changed: dict[SignalId, None] = {}
        self._trades: dict[SignalId, Trade] = {}
        self._by_channel: dict[ChannelId, dict[SignalId, Trade]] = {}
        self._at_risk: dict[SignalId, Notional] = {}
        self._filled: dict[SignalId, Ledger] = {}
        self._unshared: set[SignalId] = set()
        self._ordered: dict[ClientOrderId, SignalId] = {}

    def enter(self, ledger: Ledger) -> None:
        """It takes the place of one of the same signal."""
        signal = ledger.plan.signal
        if signal in self._ledgers:
            self.leave(self._ledgers[signal])
        self._ledgers[signal] = ledger
        ledger.on_change = partial(self._changed.setdefault, signal)
        self._changed[signal] = None

    def leave(self, ledger: Ledger) -> None:
        signal = ledger.plan.signal
        ledger.on_change = lambda: None
        del self._ledgers[signal]
        for oid in ledger.client_oids:
            self._ordered.pop(oid, None)
        self._changed.pop(signal, None)
        self._trades.pop(signal, None)
        self._by_channel.get(ledger.channel, {}).pop(signal, None)
        self._at_risk.pop(signal, None)
        self._filled.pop(signal, None)
        self._unshared.discard(signal)

    def trades(self) -> tuple[Trade, ...]:
        """Those in flight and resting included."""
        self._look()
        return tuple(self._trades.values())

    def trades_of(self, channels: Collection[ChannelId]) -> tuple[Trade, ...]:
        self._look()
        return tuple(
            trade for channel in channels for trade in self._by_channel.get(channel, {}).values()
        )

    def at_risk(self) -> dict[SignalId, Notional]:
        """What each loses at its stop."""
        self._look()
        return dict(self._at_risk)

    def unshared(self) -> frozenset[SignalId]:
        """Those whose stop is of the whole position."""
        self._look()
        return frozenset(self._unshared)

    def filled(self) -> Iterator[Ledger]:
        """Of those that had a fill."""
        self._look()
        return iter(self._filled.values())

    def knowing(self, order: VenueOrder) -> Iterable[SignalId]:
        """Whose order it is: by our id, or by what the venue made out of one of ours."""
        self._look()
        if order.client_oid in self._ordered:
            return (self._ordered[order.client_oid],)
        return [signal for signal, ledger in self._ledgers.items() if ledger.knows(order)]

    def _look(self) -> None:
        for signal in self._changed:
            ledger = self._ledgers[signal]
            self._ordered.update(dict.fromkeys(ledger.client_oids, signal))
            trade = ledger.trade()
            self._trades[signal] = trade
            self._by_channel.setdefault(ledger.channel, {})[signal] = trade
            self._at_risk[signal] = at_risk(ledger)
            if ledger.has_fills:
                self._filled[signal] = ledger
            else:
                self._filled.pop(signal, None)
            if ledger.plan.sizes_stop:
                self._unshared.discard(signal)
            else:
                self._unshared.add(signal)
        self._changed.clear()
