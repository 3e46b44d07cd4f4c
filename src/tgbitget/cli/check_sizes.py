"""`doctor` on sizes: would the venue take what a profile trades, and each part of it? Asks nobody."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tgbitget.cli.findings import Finding, doubtful, good, not_fit
from tgbitget.model.market import Market, Product
from tgbitget.model.money import exact
from tgbitget.model.trade import Quote
from tgbitget.planning.splits import weights
from tgbitget.profile import Profile

_SHOWN_MAX = 3
_CENT = Decimal("0.01")


def sizes(
    profile: Profile,
    markets: Sequence[Market],
    quotes: Mapping[str, Quote],
    equity: Decimal | None,
) -> Iterator[Finding]:
    """Nothing where the size hangs on the stop. Without a price, a market's least notional alone is known."""
    size, about = profile.size, f"size of {profile.name}"
    bound = [market for market in markets if _is_meant(market, profile)]
    if not bound or size.kind == "risk_percent" or (size.kind == "equity_percent" and not equity):
        return
    share = _smallest_share(profile)
    too_small, parts_too_small = [], []
    for market in bound:
        price = quotes[market.symbol].price if market.symbol in quotes else None
        amount = _amount(profile, equity, price)
        least = _least(market, price)
        if amount is None:
            continue
        if amount < least:
            too_small.append((market, amount, least))
        elif amount * share < least:
            parts_too_small.append((market, amount * share, least))
    if too_small and (profile.market.allow or len(too_small) == len(bound)):
        yield not_fit(
            about,
            f"too small for {_named(too_small)}",
            why="every entry of that size is refused",
            do="raise size.value, or take the coin out of market.allow",
        )
    elif parts_too_small and profile.market.allow:
        yield doubtful(
            about,
            f"with {_parts(profile)} orders of a zone, the smallest part is too small for {_named(parts_too_small)}",
            why="such parts are not sent by themselves; their share goes to the other entries",
            do="raise size.value, or lower entry.zone_orders",
        )
    else:
        few = f"; too small for {len(too_small)} of {len(bound)} markets" if too_small else ""
        yield good(about, f"above what the venue takes at least{few}")


def _is_meant(market: Market, profile: Profile) -> bool:
    rules = profile.market
    if market.product != Product(rules.product) or not market.active or market.coin in rules.deny:
        return False
    return not rules.allow or market.base in rules.allow or market.coin in rules.allow


def _parts(profile: Profile) -> int:
    """The most orders that an entry of this profile becomes, ladders with more prices aside."""
    return profile.entry.zone_orders


def _smallest_share(profile: Profile) -> Decimal:
    least = min(share for share in weights(profile.entry.split, _parts(profile)) if share)
    return Decimal(least.numerator) / least.denominator


def _amount(profile: Profile, equity: Decimal | None, price: Decimal | None) -> Decimal | None:
    """Notional of the whole trade, in quote coins."""
    value = profile.size.value
    match profile.size.kind:
        case "fixed_quote":
            return value
        case "fixed_base":
            return None if price is None else value * price
        case _:
            return None if equity is None else equity * value / 100


def _least(market: Market, price: Decimal | None) -> Decimal:
    if price is None:
        return market.min_notional
    return max(market.min_notional, market.min_quantity * price)


def _named(cases: Sequence[tuple[Market, Decimal, Decimal]]) -> str:
    shown = ", ".join(
        f"{market.id} ({_money(amount)} of at least {_money(least)} {market.quote})"
        for market, amount, least in cases[:_SHOWN_MAX]
    )
    more = len(cases) - _SHOWN_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def _money(amount: Decimal) -> str:
    return exact(amount.quantize(_CENT))
