"""May a post of this profile open this market at all? Asked before any number is looked at. Pure."""

from tgbitget.model.intent import MarketKind, OpenPosition, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.plan import Refused
from tgbitget.profile import MarketSection


def refusal(intent: OpenPosition, *, market: Market, section: MarketSection) -> Refused | None:
    coins = _coins(market)
    if not market.active:
        return Refused(
            rule="market_inactive", reason=f"{market.id} is listed but closed to trading"
        )
    if denied := coins & set(section.deny):
        return Refused(rule="deny", reason=f"{min(denied)} is on the deny list")
    if section.allow and not coins & set(section.allow):
        return Refused(rule="allow", reason=f"{market.base} is not on the allow list")
    return _product(intent, market=market)


def _product(intent: OpenPosition, *, market: Market) -> Refused | None:
    """A post that says futures may be bought on spot, for a long is that word often enough; not the reverse."""
    if market.product is Product.SPOT:
        if intent.side is Side.SHORT:
            return Refused(
                rule="spot_short", reason=f"{market.id} is spot, where nothing can be sold short"
            )
        return None
    if intent.market is MarketKind.SPOT:
        return Refused(
            rule="product", reason=f"the post is for spot, this channel trades {market.product}"
        )
    return None


def _coins(market: Market) -> set[str]:
    """All that an owner may call the coin: `1000BONK` and `BONK`, `TONCOIN` and `TON`."""
    return {market.base.upper(), market.coin.upper(), market.symbol.split("/")[0].upper()}
