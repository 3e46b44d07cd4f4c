"""Made-up coins in the shape of Bitget's listing, all at one price, and the posts that name them."""

from decimal import Decimal
from string import ascii_uppercase
from typing import Any, Final

from tgbitget.model.market import Market
from tgbitget.venues.contracts import contract

PRICE: Final = Decimal("100")
AMOUNT: Final = Decimal("1.2")
"""What 120 USDT buy at that price."""

_POST: Final = """\
#{base}/USDT LONG
Entry: {entry}
Targets: 102 - 104
Stop Loss: 95
"""


def bases(count: int) -> list[str]:
    """QAA, QAB, ... : no coin of these names is listed anywhere."""
    names = [f"Q{one}{two}" for one in ascii_uppercase for two in ascii_uppercase]
    if count > len(names):
        raise ValueError(f"there are names for {len(names)} coins, asked were {count}")
    return names[:count]


def contract_row(base: str) -> dict[str, Any]:
    """A USDT perpetual as `mix/market/contracts` lists it."""
    return {
        "symbol": f"{base}USDT",
        "baseCoin": base,
        "quoteCoin": "USDT",
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "feeRateUpRatio": "0.005",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "openCostUpRatio": "0.01",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": "0.1",
        "priceEndStep": "1",
        "volumePlace": "1",
        "pricePlace": "3",
        "sizeMultiplier": "0.1",
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "maxSymbolOrderNum": "200",
        "maxProductOrderNum": "1000",
        "maxPositionNum": "200",
        "symbolStatus": "normal",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": "",
        "deliveryStartTime": "",
        "deliveryPeriod": "",
        "launchTime": "",
        "fundInterval": "8",
        "minLever": "1",
        "maxLever": "100",
        "posLimit": "0.1",
        "maintainTime": "",
        "openTime": "",
        "maxMarketOrderQty": "13000",
        "maxOrderQty": "130000",
        "isRwa": "NO",
    }


def listed_market(base: str) -> Market:
    """As our side reads that row."""
    market = contract(contract_row(base), lambda name: name)
    assert market is not None, f"the row of {base} is whole"
    return market


def market_post(base: str) -> str:
    return _POST.format(base=base, entry="market")


def limit_post(base: str) -> str:
    """Its order rests, a percent below the market."""
    return _POST.format(base=base, entry="99")
