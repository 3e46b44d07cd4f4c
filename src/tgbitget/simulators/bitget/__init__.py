"""Bitget on loopback, for the unchanged CCXT: REST v2 and WebSocket of spot and USDT futures.

`BitgetSimulator` serves; its `exchange` is where prices are moved and state is read, its `faults`
what shall go wrong, its `by_hand` what the account's owner does on the venue. `Exchange` alone is
pure: no sockets, no clock, no waiting.

Modelled: one account; listings, prices, candles, books; orders with attached stops and targets,
trigger and trailing orders, stops and targets of positions; one-way and hedge mode, crossed and
isolated margin, leverage, fees, funding, liquidation; spot orders and trigger orders with locked
balances; signatures, clock, codes and HTTP statuses of refusals; all of it pushed and in history.

Where the documentation leaves it open both behaviours can be had, see `Rules`: presets come out
with each fill or at the complete one; a client id is free again once its order is filled, or not.

Left out: other products, margin trading, copy trading, sub-accounts, transfers and deposits, bills
but those of funding, the
v3 API (but `account/settings`), take profit and stop loss on spot orders, self-trade prevention,
position tiers beyond the first (so no maximum position either), other traders (a book of
unlimited depth unless `set_liquidity` bounds it), price protection of triggered orders, query
windows by time beyond start and end. An unknown endpoint is answered 404 and recorded in
`unknown_requests`. An order at market that finds no more liquidity waits for it.
"""

from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.faults import Faults, Then
from tgbitget.simulators.bitget.keys import Keys
from tgbitget.simulators.bitget.markets import Snapshot, snapshot
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.server import BitgetSimulator
from tgbitget.simulators.bitget.walk import Walk, play

__all__ = [
    "BitgetSimulator",
    "Exchange",
    "Faults",
    "Keys",
    "OrderRequest",
    "Refusal",
    "Snapshot",
    "Then",
    "Walk",
    "play",
    "snapshot",
]
