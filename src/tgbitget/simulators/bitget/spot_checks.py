"""What a spot order must be before the venue takes it."""

from __future__ import annotations

from decimal import Decimal

from tgbitget.simulators.bitget.decimals import ZERO, places
from tgbitget.simulators.bitget.markets import Pair
from tgbitget.simulators.bitget.refusals import Refusal


def price(pair: Pair, value: Decimal, name: str) -> None:
    if value <= ZERO:
        raise Refusal("43011", f"{name} <= 0")
    if places(value) > pair.price_places:
        detail = f"{name} checkBDScale error value={value} checkScale={pair.price_places}"
        raise Refusal("40808", detail)


def size(pair: Pair, value: Decimal, *, in_quote: bool) -> None:
    allowed = pair.quote_places if in_quote else pair.size_places
    if value <= ZERO:
        raise Refusal("43011", "size <= 0")
    if places(value) > allowed:
        detail = f"size checkBDScale error value={value} checkScale={allowed}"
        raise Refusal("40808", detail)
    if not in_quote and value < pair.size_min:
        raise Refusal("45111")
