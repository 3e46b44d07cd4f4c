"""Open trades as the owner sees and names them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tgbitget.model.event import trade_json
from tgbitget.model.market import short_symbol
from tgbitget.model.money import Price, exact
from tgbitget.model.trade import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTrade:
    """A trade and the market's last price; None: nobody tells one now."""

    trade: Trade
    price: Price | None

    @property
    def unrealised(self) -> Decimal | None:
        """What closing at the last price would add, fees aside."""
        trade = self.trade
        if self.price is None or trade.entry is None or not trade.amount:
            return None
        return trade.side.sign * trade.amount * (self.price - trade.entry)

    def json(self) -> dict[str, Any]:
        unrealised = self.unrealised
        return {
            **trade_json(self.trade),
            "price": None if self.price is None else exact(self.price),
            "unrealised": None if unrealised is None else exact(unrealised),
        }


def named(what: str, trades: Iterable[OpenTrade]) -> tuple[OpenTrade, ...]:
    """Those that *what* may mean: a signal's id, or a coin or market as a person writes it (`btc`, `BTCUSDT`, `BTC/USDT`)."""
    known = tuple(trades)
    exactly = tuple(one for one in known if one.trade.signal == what)
    return exactly or tuple(one for one in known if plain_name(what) in names_of(one.trade.symbol))


def names_of(symbol: str) -> set[str]:
    """All that *symbol* is called, each as `plain_name` gives it."""
    market = short_symbol(symbol)
    base = market.partition("/")[0]
    return {plain_name(name) for name in (symbol, market, base, base.lstrip("0123456789"))}


def plain_name(name: str) -> str:
    return "".join(c for c in name.upper() if c.isalnum())
