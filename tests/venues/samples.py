"""A venue on a simulated Bitget, and legs to send there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from tgbitget.clock import SystemClock
from tgbitget.model.ids import ChannelId, ClientOrderId, client_order_id, signal_id
from tgbitget.model.intent import Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.plan import Leg, OrderSide, OrderType, Role
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials

D = Decimal
SIGNAL = signal_id(ChannelId("-1001"), 7)
BTC = "BTC/USDT:USDT"
ETH = "ETH/USDT:USDT"
SPOT_BTC = "BTC/USDT"


def contract(symbol: str = BTC, **changes: Any) -> Market:
    base = symbol.split("/", maxsplit=1)[0]
    known: dict[str, Any] = {
        "id": f"{base}USDT",
        "symbol": symbol,
        "base": base,
        "quote": "USDT",
        "product": Product.USDT_FUTURES if ":" in symbol else Product.SPOT,
        "tick": D("0.1") if base == "BTC" else D("0.01"),
        "step": D("0.0001") if base == "BTC" else D("0.01"),
        "min_quantity": Quantity(D("0.0001")),
        "min_notional": Notional(D(5)),
    }
    return Market(**{**known, **changes})


MARKETS = (
    contract(BTC),
    contract(ETH),
    contract(SPOT_BTC, tick=D("0.01"), step=D("0.000001")),
)


def oid(name: str, replacement: int = 0) -> ClientOrderId:
    return client_order_id(user_id="7000000001", signal=SIGNAL, leg=name, replacement=replacement)


def leg(name: str = "entry-1", *, replacement: int = 0, **changes: Any) -> Leg:
    """A market buy of 0.01 BTC with its stop attached, but for the changes."""
    known: dict[str, Any] = {
        "signal": SIGNAL,
        "name": name,
        "client_oid": oid(name, replacement),
        "role": Role.ENTRY,
        "symbol": BTC,
        "side": OrderSide.BUY,
        "position_side": Side.LONG,
        "type": OrderType.MARKET,
        "amount": Quantity(D("0.01")),
        "stop_loss": Price(D(55000)),
        "replacement": replacement,
    }
    return Leg(**{**known, **changes})


def limit(price: str = "56000", name: str = "entry-1", **changes: Any) -> Leg:
    return leg(name, type=OrderType.LIMIT, price=Price(D(price)), **changes)


def trigger(price: str = "58000", name: str = "entry-1", **changes: Any) -> Leg:
    return leg(name, type=OrderType.TRIGGER, trigger_price=Price(D(price)), **changes)


def leaving(name: str, role: Role, **changes: Any) -> Leg:
    """A leg that reduces the long position."""
    known: dict[str, Any] = {
        "role": role,
        "side": OrderSide.SELL,
        "stop_loss": None,
        "reduce_only": True,
    }
    return leg(name, **{**known, **changes})


def stop(price: str = "55000", name: str = "stop", **changes: Any) -> Leg:
    """The stop of the whole position."""
    known = {"type": OrderType.TRIGGER, "trigger_price": Price(D(price)), "amount": None}
    return leaving(name, Role.STOP, **{**known, **changes})


def target(price: str = "60000", name: str = "target-1", **changes: Any) -> Leg:
    known = {
        "type": OrderType.TRIGGER,
        "trigger_price": Price(D(price)),
        "amount": Quantity(D("0.004")),
    }
    return leaving(name, Role.TAKE_PROFIT, **{**known, **changes})


def close(name: str = "close-1", **changes: Any) -> Leg:
    """All of the position, at market."""
    return leaving(name, Role.CLOSE, **{"amount": None, **changes})


def venue_of(bitget: BitgetSimulator, **options: Any) -> BitgetVenue:
    known: dict[str, Any] = {
        "credentials": Credentials(
            api_key=bitget.api_key, api_secret=bitget.api_secret, passphrase=bitget.passphrase
        ),
        "markets": MARKETS,
        "clock": SystemClock(),
        "addresses": Addresses(rest_url=bitget.rest_url, ws_url=bitget.ws_url),
        "products": frozenset(Product),
        "answer_seconds": 0.5,
    }
    return BitgetVenue(**{**known, **options})


@asynccontextmanager
async def opened(bitget: BitgetSimulator, **options: Any) -> AsyncIterator[BitgetVenue]:
    venue = venue_of(bitget, **options)
    await venue.open()
    try:
        yield venue
    finally:
        await venue.close()


def bodies(bitget: BitgetSimulator, endpoint: str) -> list[dict[str, Any]]:
    return [request.params for request in bitget.requests if request.endpoint == endpoint]


def count(bitget: BitgetSimulator, endpoint: str) -> int:
    return len(bodies(bitget, endpoint))
