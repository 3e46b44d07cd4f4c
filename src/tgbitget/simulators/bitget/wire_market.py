"""Market data as Bitget writes it: tickers, candles, order books."""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Any

from tgbitget.simulators.bitget.decimals import ZERO, text
from tgbitget.simulators.bitget.prices import Candle, Tape

Row = dict[str, Any]
Levels = list[list[str]]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
LEVELS = 25
CHECKSUM_LEVELS = 25
FUNDING_MS = 8 * HOUR_MS

GRANULARITIES_MS = {
    **{f"{n}{unit}": n * MINUTE_MS for n in (1, 3, 5, 15, 30) for unit in ("m", "min")},
    **{f"{n}{unit}": n * HOUR_MS for n in (1, 2, 4, 6, 12) for unit in ("H", "h", "Hutc")},
    **dict.fromkeys(("1D", "1day", "1Dutc"), DAY_MS),
    **dict.fromkeys(("3D", "3day", "3Dutc"), 3 * DAY_MS),
    **dict.fromkeys(("1W", "1week", "1Wutc"), 7 * DAY_MS),
}


def day(tape: Tape, now: int) -> Row:
    """The last 24 hours, as far back as the tape goes."""
    since = [candle for candle in tape.candles if candle.opened_at > now - DAY_MS]
    opened = since[0].open if since else tape.last
    volume = sum((candle.volume for candle in since), ZERO)
    turnover = sum((candle.volume * candle.close for candle in since), ZERO)
    change = (tape.last - opened) / opened if opened else ZERO
    today = [candle for candle in since if candle.opened_at >= now - now % DAY_MS]
    opened_utc = today[0].open if today else tape.last
    change_utc = (tape.last - opened_utc) / opened_utc if opened_utc else ZERO
    return {
        "high24h": text(max((candle.high for candle in since), default=tape.last)),
        "low24h": text(min((candle.low for candle in since), default=tape.last)),
        "change24h": text(round(change, 5)),
        "baseVolume": text(volume),
        "quoteVolume": text(turnover),
        "openUtc": text(opened_utc),
        "changeUtc24h": text(round(change_utc, 5)),
        "open24h": text(opened),
    }


def _quote(tape: Tape, now: int) -> Row:
    return {
        "lastPr": text(tape.last),
        "bidPr": text(tape.bid),
        "askPr": text(tape.ask),
        "bidSz": "10",
        "askSz": "10",
        **day(tape, now),
        "ts": str(now),
    }


def futures_ticker(tape: Tape, now: int) -> Row:
    quote = _quote(tape, now)
    return {
        "symbol": tape.symbol,
        **quote,
        "usdtVolume": quote["quoteVolume"],
        "indexPrice": text(tape.mark),
        "markPrice": text(tape.mark),
        "fundingRate": text(tape.funding_rate),
        "holdingAmount": "0",
        "deliveryStartTime": None,
        "deliveryTime": None,
        "deliveryStatus": "",
    }


def spot_ticker(tape: Tape, now: int) -> Row:
    quote = _quote(tape, now)
    opened = quote.pop("open24h")
    return {
        "symbol": tape.symbol,
        "open": opened,
        **quote,
        "usdtVolume": quote["quoteVolume"],
    }


def ticker_push(tape: Tape, now: int, *, spot: bool) -> Row:
    row = {"instId": tape.symbol, **_quote(tape, now)}
    if not spot:
        row |= {
            "fundingRate": text(tape.funding_rate),
            "nextFundingTime": str(now - now % FUNDING_MS + FUNDING_MS),
            "markPrice": text(tape.mark),
            "indexPrice": text(tape.mark),
            "holdingAmount": "0",
            "symbolType": "1",
            "symbol": tape.symbol,
            "deliveryPrice": "0",
        }
    return row


def candle_row(candle: Candle, *, spot: bool) -> list[str]:
    turnover = text(candle.volume * candle.close)
    row = [
        str(candle.opened_at),
        text(candle.open),
        text(candle.high),
        text(candle.low),
        text(candle.close),
        text(candle.volume),
        turnover,
    ]
    return [*row, turnover] if spot else row


def book(tape: Tape, tick: Decimal, depth: int = LEVELS) -> tuple[Levels, Levels]:
    """Bids and asks: a level each tick, growing with the distance."""
    bids = [
        [text(tape.bid - tick * n), str(n + 1)] for n in range(depth) if tape.bid - tick * n > ZERO
    ]
    # With no spread the best bid and ask would cross; the ask of the book stands a tick above.
    lowest = max(tape.ask, tape.bid + tick)
    asks = [[text(lowest + tick * n), str(n + 1)] for n in range(depth)]
    return bids, asks


def checksum(bids: Levels, asks: Levels) -> int:
    """CRC32 over the best 25 of each side in turn, signed, as Bitget's `books` carries it."""
    parts: list[str] = []
    for n in range(CHECKSUM_LEVELS):
        for side in (bids, asks):
            if n < len(side):
                parts += side[n]
    crc = zlib.crc32(":".join(parts).encode())
    return crc - (1 << 32) if crc & 0x80000000 else crc


def changes(before: Levels, after: Levels) -> Levels:
    """What turns one side of a book into another; a size of zero removes a level."""
    known, wanted = {level[0]: level[1] for level in before}, {level[0] for level in after}
    gone = [[price, "0"] for price in known if price not in wanted]
    return gone + [level for level in after if known.get(level[0]) != level[1]]
