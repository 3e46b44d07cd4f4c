"""The simulated Bitget as a process: made-up coins, and what its own log tells of orders, refusals and stops."""

import argparse
import asyncio
from decimal import Decimal
from typing import Any

from tgbitget.bench.coins import PRICE, bases, contract_row
from tgbitget.bench.errand import Command, obey
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.markets import snapshot

EQUITY = Decimal(10_000_000)
ORDERS = ("place-order", "place-tpsl-order", "place-pos-tpsl", "close-positions")
THROTTLED = 429


class Side:
    def __init__(self, bitget: BitgetSimulator) -> None:
        self._bitget = bitget

    def orders(self, since: int) -> list[dict[str, Any]]:
        """Requests that would make an order, that came after *since* of the monotonic clock."""
        return [
            {
                "at": one.arrived_ns,
                "endpoint": one.endpoint,
                "symbol": one.params.get("symbol", ""),
                "reduces": one.params.get("reduceOnly") == "YES"
                or one.params.get("tradeSide") == "close"
                or one.endpoint != "place-order",
                "status": one.status,
                "code": one.code,
            }
            for one in self._bitget.requests
            if one.method == "POST" and one.endpoint in ORDERS and one.arrived_ns > since
        ]

    def throttled(self) -> int:
        return sum(one.status == THROTTLED for one in self._bitget.requests)

    def flat(self) -> int:
        """Somebody closes all positions by hand; how many."""
        held = list(self._bitget.exchange.desk.positions.values())
        for position in held:
            self._bitget.by_hand.close(position.symbol)
        return len(held)

    def fills(self, symbol: str) -> list[int]:
        return [e.at for e in self._bitget.executions if e.symbol == symbol]

    def unguarded(self) -> dict[str, float]:
        """Seconds that positions stood without a covering stop, in all and at worst; and how many positions there were."""
        symbols = {execution.symbol for execution in self._bitget.executions}
        seconds = [self._bitget.unguarded_seconds(symbol) for symbol in symbols]
        return {
            "sum": sum(seconds),
            "worst": max(seconds, default=0.0),
            "symbols": len(symbols),
            "fills": len(self._bitget.executions),
        }


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--coins", type=int, default=600)
    parser.add_argument("--rate-limits", action="store_true")
    options = parser.parse_args()
    names = bases(options.coins)
    listed = snapshot().contracts
    simulator = BitgetSimulator(
        equity=EQUITY,
        contracts=[*listed.rows, *(contract_row(base) for base in names)],
        prices={**listed.prices, **{f"{base}USDT": PRICE for base in names}},
        rate_limits=options.rate_limits,
    )
    async with simulator as bitget:
        side = Side(bitget)
        greeting = {
            "rest_url": bitget.rest_url,
            "ws_url": bitget.ws_url,
            "port": bitget.port,
            "api_key": bitget.api_key,
            "api_secret": bitget.api_secret,
            "passphrase": bitget.passphrase,
        }
        commands: dict[str, Command] = {
            "orders": side.orders,
            "throttled": side.throttled,
            "flat": side.flat,
            "fills": side.fills,
            "unguarded": side.unguarded,
        }
        await obey(commands, greeting)


if __name__ == "__main__":
    asyncio.run(main())
