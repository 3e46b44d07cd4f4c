"""Which event goes to which channel, and what it says there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tgbitget.simulators.bitget import wire_futures, wire_market, wire_positions, wire_spot
from tgbitget.simulators.bitget.decimals import text
from tgbitget.simulators.bitget.events import (
    BalanceChanged,
    Event,
    OrderChanged,
    PlanChanged,
    PositionChanged,
    PriceMoved,
    SpotBalanceChanged,
    SpotOrderChanged,
    SpotPlanChanged,
)
from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.params import PRODUCT
from tgbitget.simulators.bitget.prices import Tape, merged
from tgbitget.simulators.bitget.wire_market import GRANULARITIES_MS, Levels

SPOT = "SPOT"
CANDLE = "candle"
PUBLIC = ("ticker", "trade", "books", "books1", "books5", "books15", CANDLE)
PRIVATE = ("orders", "orders-algo", "fill", "positions", "account")
FIRST_CANDLES = 100


@dataclass(frozen=True, slots=True)
class Arg:
    """A subscription: product, channel, and the instrument, coin or "default"."""

    product: str
    channel: str
    name: str

    def known(self, channels: tuple[str, ...]) -> bool:
        if self.channel.startswith(CANDLE):
            return CANDLE in channels and self.channel[len(CANDLE) :] in GRANULARITIES_MS
        return self.channel in channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    product: str
    channel: str
    name: str  # an instrument; private channels also take "default"
    data: list[Any]
    action: str = "snapshot"

    def meets(self, arg: Arg) -> bool:
        if (self.product, self.channel) != (arg.product, arg.channel):
            return False
        return arg.name == self.name or (arg.name in {"default", ""} and self.channel in PRIVATE)


@dataclass(frozen=True, slots=True)
class Book:
    bids: Levels
    asks: Levels

    def whole(self, now: int) -> dict[str, Any]:
        check = wire_market.checksum(self.bids, self.asks)
        return {"asks": self.asks, "bids": self.bids, "checksum": check, "ts": str(now)}

    def since(self, before: Book, now: int) -> dict[str, Any]:
        return {
            "asks": wire_market.changes(before.asks, self.asks),
            "bids": wire_market.changes(before.bids, self.bids),
            "checksum": wire_market.checksum(self.bids, self.asks),
            "ts": str(now),
        }


def arg_of(raw: dict[str, Any]) -> Arg:
    name = raw.get("instId") or raw.get("coin") or ""
    return Arg(str(raw.get("instType", "")).upper(), str(raw.get("channel", "")), str(name))


def listed(exchange: Exchange, arg: Arg) -> bool:
    if arg.product not in {PRODUCT, SPOT}:
        return False
    if arg.channel in PRIVATE:
        return arg.product == PRODUCT or arg.channel != "positions"
    return _tape(exchange, arg) is not None


def book(exchange: Exchange, arg: Arg) -> Book:
    tape = _tape(exchange, arg)
    assert tape is not None, f"{arg.name} is not listed"
    depth = int(arg.channel[len("books") :] or wire_market.LEVELS)
    if arg.product == SPOT:
        tick = exchange.spot_desk.pairs[arg.name].tick
    else:
        tick = exchange.desk.contracts[arg.name].tick
    return Book(*wire_market.book(tape, tick, depth))


def at_first(exchange: Exchange, arg: Arg) -> list[Any] | None:
    """What a fresh subscription is told; nothing for channels that only tell changes."""
    now, spot = exchange.now(), arg.product == SPOT
    match arg.channel:
        case "positions":
            return _positions(exchange)
        case "account":
            return _spot_assets(exchange) if spot else [wire_positions.account_push(exchange.desk)]
        case "orders" | "orders-algo" | "fill" | "trade":
            return None
        case _:
            pass
    tape = _tape(exchange, arg)
    assert tape is not None, f"{arg.name} is not listed"
    if arg.channel == "ticker":
        return [wire_market.ticker_push(tape, now, spot=spot)]
    return _candles(tape, arg.channel, now, FIRST_CANDLES)


def of_event(exchange: Exchange, event: Event, user_id: str, channels: set[str]) -> Iterator[Push]:
    """`channels` are those that somebody follows: of prices, no others are drawn up."""
    desk = exchange.desk
    match event:
        case OrderChanged(order=order, fill=fill):
            row = wire_futures.order_push(order, fill)
            yield Push(product=PRODUCT, channel="orders", name=order.symbol, data=[row])
            if fill is not None:
                row = wire_futures.fill_push(fill)
                yield Push(product=PRODUCT, channel="fill", name=order.symbol, data=[row])
                yield _trade(PRODUCT, order.symbol, fill.id, text(fill.price), text(fill.size),
                             fill.side.value, event.at)  # fmt: skip
        case PlanChanged(plan=plan):
            row = wire_futures.plan_push(plan)
            yield Push(product=PRODUCT, channel="orders-algo", name=plan.symbol, data=[row])
        case PositionChanged():
            data = _positions(exchange)
            yield Push(product=PRODUCT, channel="positions", name=event.symbol, data=data)
        case BalanceChanged():
            row = wire_positions.account_push(desk)
            yield Push(product=PRODUCT, channel="account", name="USDT", data=[row])
        case SpotOrderChanged(order=spot_order, fill=fill):
            row = wire_spot.order_push(spot_order, fill)
            yield Push(product=SPOT, channel="orders", name=spot_order.symbol, data=[row])
            if fill is not None:
                row = wire_spot.fill_push(fill, user_id)
                yield Push(product=SPOT, channel="fill", name=spot_order.symbol, data=[row])
        case SpotPlanChanged(plan=spot_plan):
            row = wire_spot.plan_push(spot_plan)
            yield Push(product=SPOT, channel="orders-algo", name=spot_plan.symbol, data=[row])
        case SpotBalanceChanged(coins=coins):
            data = [wire_spot.asset_row(c, exchange.spot_desk.purse(c), event.at) for c in coins]
            yield Push(product=SPOT, channel="account", name="default", data=data)
        case PriceMoved():
            yield from _prices(exchange, event, channels)


def _prices(exchange: Exchange, event: PriceMoved, channels: set[str]) -> Iterator[Push]:
    spot = event.product == "spot"
    product = SPOT if spot else PRODUCT
    tape = (exchange.spot_desk if spot else exchange.desk).tapes[event.symbol]
    for channel in channels:
        if channel == "ticker":
            data: list[Any] = [wire_market.ticker_push(tape, event.at, spot=spot)]
            yield Push(product=product, channel=channel, name=event.symbol, data=data)
        elif channel == "trade":
            price = text(tape.last)
            yield _trade(product, event.symbol, str(event.at), price, "1", "buy", event.at)
        elif channel.startswith(CANDLE):
            data = _candles(tape, channel, event.at, 1)
            yield Push(
                product=product, channel=channel, name=event.symbol, data=data, action="update"
            )


def _trade(
    product: str, symbol: str, trade_id: str, price: str, size: str, side: str, at: int
) -> Push:
    row = {"ts": str(at), "price": price, "size": size, "side": side, "tradeId": trade_id}
    return Push(product=product, channel="trade", name=symbol, data=[row], action="update")


def _positions(exchange: Exchange) -> list[Any]:
    """Always all of them: nothing open is an empty list."""
    desk = exchange.desk
    return [wire_positions.position_push(desk, position) for position in desk.positions.values()]


def _spot_assets(exchange: Exchange) -> list[Any]:
    now = exchange.now()
    return [wire_spot.asset_row(coin, p, now) for coin, p in exchange.spot_desk.purses.items()]


def _candles(tape: Tape, channel: str, now: int, count: int) -> list[Any]:
    length = GRANULARITIES_MS[channel[len(CANDLE) :]]
    start = now - now % length - (count - 1) * length
    known = merged(tape.minutes(start, now + 1), length)
    return [wire_market.candle_row(candle, spot=True) for candle in known[-count:]]


def _tape(exchange: Exchange, arg: Arg) -> Tape | None:
    return (exchange.spot_desk if arg.product == SPOT else exchange.desk).tapes.get(arg.name)
