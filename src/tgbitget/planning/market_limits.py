"""Limits of the market as it is now: the entry's distance, spread, turnover, a sudden move. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tgbitget.model.money import Notional, Price, exact
from tgbitget.model.plan import Refused
from tgbitget.model.trade import Quote
from tgbitget.planning.scope import Check, Scope, short

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDeviationPercentMax:
    most: Decimal
    entries: tuple[Price, ...]
    market_price: Price
    scope: str

    def refusal(self) -> Refused | None:
        for price in self.entries:
            percent = abs(price - self.market_price) * _WHOLE / self.market_price
            if percent > self.most:
                return Refused(
                    rule="price_deviation_percent_max",
                    reason=f"the entry {exact(price)} is {short(percent)} % from the market's "
                    f"{exact(self.market_price)}, {exact(self.most)} allowed{self.scope}",
                )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadPercentMax:
    most: Decimal
    bid: Price
    ask: Price
    scope: str

    def refusal(self) -> Refused | None:
        percent = (self.ask - self.bid) * _WHOLE / self.bid
        if percent <= self.most:
            return None
        return Refused(
            rule="spread_percent_max",
            reason=f"bid {exact(self.bid)} and ask {exact(self.ask)} are {short(percent)} % apart, "
            f"{exact(self.most)} allowed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover24hQuoteMin:
    least: Decimal
    turnover: Notional
    coin: str
    scope: str

    def refusal(self) -> Refused | None:
        if self.turnover >= self.least:
            return None
        return Refused(
            rule="turnover_24h_quote_min",
            reason=f"{short(self.turnover)} {self.coin} were traded in 24 hours, "
            f"{exact(self.least)} needed{self.scope}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMovePercentMax:
    """A pump or a crash: how far the price is from the lowest and the highest of the last minute."""

    most: Decimal
    low: Price
    high: Price
    market_price: Price
    scope: str

    def refusal(self) -> Refused | None:
        far = max((self.low, self.high), key=lambda price: abs(self.market_price - price) / price)
        percent = abs(self.market_price - far) * _WHOLE / far
        if percent <= self.most:
            return None
        return Refused(
            rule="price_move_percent_max",
            reason=f"the market moved {short(percent)} % from {exact(far)} to {exact(self.market_price)} "
            f"within a minute, {exact(self.most)} allowed{self.scope}",
        )


def of_prices(
    within: Iterable[Scope], *, entries: tuple[Price, ...], market_price: Price
) -> Iterator[Check]:
    """*entries* are the post's, in the market's unit."""
    for scope in within:
        if (most := scope.limits.price_deviation_percent_max) is not None:
            yield PriceDeviationPercentMax(
                most=most, entries=entries, market_price=market_price, scope=scope.name
            )


def of_market(within: Iterable[Scope], *, quote: Quote, coin: str) -> Iterator[Check]:
    for scope in within:
        limits, name = scope.limits, scope.name
        if (most := limits.spread_percent_max) is not None and quote.bid and quote.ask:
            yield SpreadPercentMax(most=most, bid=quote.bid, ask=quote.ask, scope=name)
        if (least := limits.turnover_24h_quote_min) is not None and quote.turnover_24h is not None:
            yield Turnover24hQuoteMin(
                least=least, turnover=quote.turnover_24h, coin=coin, scope=name
            )
        if (most := limits.price_move_percent_max) is not None:
            low, high = quote.minute_low, quote.minute_high
            if low is not None and high is not None:
                yield PriceMovePercentMax(
                    most=most, low=low, high=high, market_price=quote.price, scope=name
                )


def unmakeable(within: Iterable[Scope], quote: Quote | None) -> tuple[str, ...]:
    """The limits that are set and need something of the market that is not known."""
    known = {
        "price_deviation_percent_max": quote is not None,
        "spread_percent_max": quote is not None and bool(quote.bid and quote.ask),
        "turnover_24h_quote_min": quote is not None and quote.turnover_24h is not None,
        "price_move_percent_max": quote is not None and quote.minute_low is not None,
    }
    limits = [scope.limits for scope in within]
    return tuple(
        name
        for name, is_known in known.items()
        if not is_known and any(getattr(one, name) is not None for one in limits)
    )
