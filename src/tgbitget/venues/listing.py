"""Markets by CCXT's symbol and by the venue's id, for whoever speaks both."""

from collections.abc import Iterable

from tgbitget.errors import VenueRejected
from tgbitget.model.market import Market, Product


class Listing:
    """The markets that the venue's adapter knows. Ids repeat over products: `BTCUSDT` is a pair and a contract."""

    def __init__(self, markets: Iterable[Market] = ()) -> None:
        listed = tuple(markets)
        self._by_symbol = {market.symbol: market for market in listed}
        self._by_id = {(market.product, market.id): market for market in listed}

    def learn(self, markets: Iterable[Market]) -> None:
        """As they are now; what is not among them stays, for something may still be open there."""
        for market in markets:
            self._by_symbol[market.symbol] = market
            self._by_id[market.product, market.id] = market

    def __len__(self) -> int:
        return len(self._by_symbol)

    def of(self, symbol: str) -> Market:
        """VenueRejected when it is not listed: nothing was sent."""
        market = self._by_symbol.get(symbol)
        if market is None:
            raise VenueRejected(f"{symbol} is not among the {len(self)} markets known here")
        return market

    def find(self, product: Product, id: str) -> Market | None:
        return self._by_id.get((product, id))

    def symbol_of(self, product: Product, id: str) -> str:
        """CCXT's symbol; the id itself for a market that is not known here, so that nothing held is overlooked."""
        market = self.find(product, id)
        return market.symbol if market else id
