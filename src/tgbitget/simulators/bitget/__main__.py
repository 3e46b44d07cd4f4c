"""`python -m tgbitget.simulators.bitget`: the simulated exchange, until it is interrupted.

Lines such as `BTCUSDT 57000` on standard input set a price.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.simulators.bitget.refusals import Refusal
from tgbitget.simulators.bitget.server import BitgetSimulator
from tgbitget.simulators.bitget.walk import Walk


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tgbitget.simulators.bitget", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--equity", type=Decimal, default=Decimal(1000), help="USDT in futures")
    parser.add_argument("--hedge", action="store_true", help="hold longs and shorts apart")
    parser.add_argument("--rate-limits", action="store_true", help="answer 429 as Bitget does")
    parser.add_argument("--walk", type=int, metavar="SEED", help="let all prices walk at random")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between two steps")
    return parser.parse_args(arguments)


async def _serve(options: argparse.Namespace) -> None:
    simulator = BitgetSimulator(
        port=options.port, equity=options.equity, rate_limits=options.rate_limits
    )
    if options.hedge:
        simulator.exchange.futures.set_hold_mode(HoldMode.HEDGE)
    async with simulator as bitget, asyncio.TaskGroup() as tasks:
        _say(f"REST        {bitget.rest_url}")
        _say(f"WebSocket   {bitget.ws_url}")
        _say(f"API key     {bitget.api_key}")
        _say(f"API secret  {bitget.api_secret}")
        _say(f"Passphrase  {bitget.passphrase}")
        if options.walk is not None:
            walk = Walk(bitget.exchange, list(bitget.exchange.desk.contracts), seed=options.walk)
            tasks.create_task(walk.run(options.interval))
        tasks.create_task(_obey_input(bitget))
        await asyncio.Event().wait()


async def _obey_input(bitget: BitgetSimulator) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except ValueError:
        return  # standard input is a file: nobody types there
    while line := await reader.readline():
        _say(obey(bitget, line.decode(errors="replace")))


def obey(bitget: BitgetSimulator, line: str) -> str:
    """Set a price; the answer says what was done or what was wrong with the line."""
    match line.split():
        case [symbol, price]:
            try:
                bitget.exchange.set_price(symbol.upper(), Decimal(price))
            except InvalidOperation:
                return f"a price is a number, was {price}"
            except Refusal as refusal:
                return refusal.message
            return f"{symbol.upper()} {price}"
        case _:
            return f"a line is a symbol and a price, was {line.strip()!r}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
