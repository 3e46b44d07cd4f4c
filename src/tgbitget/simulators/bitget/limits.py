"""Bitget's request limits: so many a second at each endpoint."""

from __future__ import annotations

from collections import defaultdict, deque

WINDOW_MS = 1_000
DEFAULT = 10
PER_SECOND = {
    "/api/v2/public/time": 20,
    "/api/v2/mix/market/contracts": 20,
    "/api/v2/mix/market/ticker": 20,
    "/api/v2/mix/market/tickers": 20,
    "/api/v2/mix/market/candles": 20,
    "/api/v2/mix/market/history-candles": 20,
    "/api/v2/spot/public/symbols": 20,
    "/api/v2/spot/public/coins": 3,
    "/api/v2/spot/account/info": 1,
    "/api/v2/mix/account/set-leverage": 5,
    "/api/v2/mix/account/set-margin-mode": 5,
    "/api/v2/mix/account/set-position-mode": 5,
    "/api/v2/mix/account/set-margin": 5,
    "/api/v2/mix/position/all-position": 5,
    "/api/v2/mix/order/batch-place-order": 5,
    "/api/v2/mix/order/close-positions": 1,
    "/api/v2/spot/trade/batch-orders": 5,
}


class Limits:
    def __init__(self) -> None:
        self._seen: defaultdict[str, deque[int]] = defaultdict(deque)

    def admits(self, path: str, now: int) -> bool:
        seen = self._seen[path]
        while seen and seen[0] <= now - WINDOW_MS:
            seen.popleft()
        if len(seen) >= PER_SECOND.get(path, DEFAULT):
            return False
        seen.append(now)
        return True
