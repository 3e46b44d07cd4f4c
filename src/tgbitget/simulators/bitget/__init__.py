"""Bitget on loopback, for the unchanged CCXT: REST v2 and WebSocket of spot and USDT futures."""

from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.faults import Faults, Then
from tgbitget.simulators.bitget.keys import Keys
from tgbitget.simulators.bitget.markets import Snapshot, snapshot
from tgbitget.simulators.bitget.server import BitgetSimulator

__all__ = ["BitgetSimulator", "Exchange", "Faults", "Keys", "Snapshot", "Then", "snapshot"]
