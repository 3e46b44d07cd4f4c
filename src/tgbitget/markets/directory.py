"""Stage 3: a name in a post becomes a market, several, or none. Pure; goes by the venue's ids, never builds a symbol."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from tgbitget.markets.coin_names import other_names, spellings
from tgbitget.model.market import Market, Product, split_count

NEAR_MAX = 3

_NAME_LENGTH_MAX = 60  # names come from posts; the longest id of the venue is half as long
_BASE_BEFORE_USD_LENGTH_MIN = 2  # `TUSD` is a coin, not `T` in dollars

_ONE = Decimal(1)
_DOLLARS = {"USD": "USDT"}  # `BTC/USD` in a channel means the dollar contract that is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The market. It may be inactive: planning refuses to open there, closing must still find it.

    `multiplier` is how many of the coins that the post names make one of the market's: 1000 for `BONK` found as
    `1000BONKUSDT`, 0.001 for `1000PEPE` found as `PEPEUSDT`. Where it is not 1, the post's prices are either the
    market's own or `multiplier` times smaller; only the market's price can tell (`planning.price_sense`).
    """

    market: Market
    multiplier: Decimal = _ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Several markets carry the name equally well."""

    name: str
    candidates: tuple[Market, ...]

    code = "symbol_ambiguous"

    @property
    def sentence(self) -> str:
        return f"{self.name} may be {' or '.join(market.id for market in self.candidates)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName:
    """No market of this product and quote has the name; `near` are ids that could have been meant."""

    name: str
    near: tuple[str, ...]
    sentence: str
    code: str = "unknown_symbol"


Resolution = Found | Ambiguous | UnknownName


class Directory:
    """All markets, looked up without a request. `origin` says where they are from, for sentences."""

    def __init__(self, markets: Iterable[Market], *, origin: str = "") -> None:
        self._markets = tuple(markets)
        self._origin = f" ({origin})" if origin else ""
        self._shelves = _shelves(self._markets)

    @property
    def markets(self) -> tuple[Market, ...]:
        return self._markets

    def by_symbol(self, symbol: str) -> Market | None:
        return next((market for market in self._markets if market.symbol == symbol), None)

    def resolve(self, name: str, *, quote: str, product: Product) -> Resolution:
        """The market that *name* (`BTC`, `btcusdt`, `BTC/USDT`, `1000BONK`, `TONUSDT.P`) means.

        The venue's id comes first, then its name of the coin, then other names of that coin, then contracts on
        another count of it. Look-alike letters are read as Latin only where that finds a listed market.
        """
        quote = _DOLLARS.get(quote.upper(), quote.upper())
        shelf = self._shelves.get((product, quote), _EMPTY)
        answers = (shelf.find(coin) for coin in _coins(name, quote))
        found = next((answer for answer in answers if answer is not None), None)
        return found or self._unknown(name, quote=quote, product=product, shelf=shelf)

    def _unknown(self, name: str, *, quote: str, product: Product, shelf: "_Shelf") -> UnknownName:
        for other, elsewhere in self._shelves.items():
            if other == (product, quote):
                continue
            for coin in _coins(name, other[1]):
                match elsewhere.find(coin):
                    case Found(market=market):
                        return _listed_elsewhere(name, market, quote=quote, product=product)
                    case Ambiguous() | None:
                        continue
        name = name[:_NAME_LENGTH_MAX]
        near = shelf.near(name)
        hint = f"; near: {', '.join(near)}" if near else ""
        return UnknownName(
            name=name,
            near=near,
            sentence=f"{name} is not among the {len(shelf)} {product} markets in {quote} known here{self._origin}{hint}; "
            f"`tgbitget markets sync` fetches the venue's list",
        )


class _Shelf:
    """The markets of one product and one quote, by every name they answer to."""

    def __init__(self, markets: Iterable[Market]) -> None:
        self._by_base: dict[str, Market] = {}
        self._by_ccxt_name: dict[str, list[Market]] = defaultdict(list)
        self._by_coin: dict[str, list[Market]] = defaultdict(list)
        for market in markets:
            base = market.base.upper()
            self._by_base[base] = market
            self._by_ccxt_name[market.symbol.split("/")[0].upper()].append(market)
            self._by_coin[market.coin.upper()].append(market)

    def __len__(self) -> int:
        return len(self._by_base)

    def find(self, base: str) -> Found | Ambiguous | None:
        if (market := self._by_base.get(base)) is not None:
            return Found(market=market)
        renamed = (
            *self._by_ccxt_name.get(base, ()),
            *(self._by_base[name] for name in other_names(base) if name in self._by_base),
        )
        return _one_of(base, renamed) or self._on_another_count(base)

    def near(self, name: str) -> tuple[str, ...]:
        bases = get_close_matches(name.upper(), self._by_base, n=NEAR_MAX, cutoff=0.7)
        return tuple(self._by_base[base].id for base in bases)

    def _on_another_count(self, base: str) -> Found | Ambiguous | None:
        count, coin = split_count(base)
        answer = _one_of(base, self._by_coin.get(coin, ()))
        if not isinstance(answer, Found):
            return answer
        listed = Decimal(answer.market.multiplier)
        return Found(market=answer.market, multiplier=listed / count)


_EMPTY = _Shelf(())


def _shelves(markets: Iterable[Market]) -> Mapping[tuple[Product, str], _Shelf]:
    sorted_out: dict[tuple[Product, str], list[Market]] = defaultdict(list)
    for market in markets:
        sorted_out[market.product, market.quote.upper()].append(market)
    return {key: _Shelf(group) for key, group in sorted_out.items()}


def _coins(name: str, quote: str) -> Iterator[str]:
    """The bases that *name* can stand for: itself, or what is left without the quote behind it."""
    for spelling in spellings(name[:_NAME_LENGTH_MAX]):
        yield spelling
        yield spelling.removesuffix(quote)
        if len(base := spelling.removesuffix("USD")) >= _BASE_BEFORE_USD_LENGTH_MIN:
            yield base


def _one_of(name: str, markets: Iterable[Market]) -> Found | Ambiguous | None:
    distinct = {market.id: market for market in markets}
    if not distinct:
        return None
    if len(distinct) == 1:
        return Found(market=next(iter(distinct.values())))
    return Ambiguous(name=name, candidates=tuple(distinct.values()))


def _listed_elsewhere(name: str, market: Market, *, quote: str, product: Product) -> UnknownName:
    is_other_quote = market.product is product
    return UnknownName(
        name=name,
        near=(market.id,),
        code="unsupported_quote" if is_other_quote else "unknown_symbol",
        sentence=f"{name} is not listed in {quote} among {product}; "
        f"it is as {market.id} among {market.product}",
    )
