"""What the market's price says about a post's prices: their unit, which of several readings, slips, missed moves. Pure.

No price is corrected here. A unit or a reading is settled where exactly one fits the market, else it stays open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from tgbitget.model.geometry import MAGNITUDE_MAX
from tgbitget.model.intent import Entry, Level, OpenPosition, Side
from tgbitget.model.market import Market
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.plan import Refused, Target
from tgbitget.model.trade import Quote

QUOTE_AGE_SECONDS_MAX = 30.0  # a source silent for longer knows nothing of now
READING_DISTANCE_PERCENT_MAX = Decimal(25)  # readings to choose from are a factor of 10 apart

_ONE = Decimal(1)
_WHOLE = Decimal(100)


def fresh(quote: Quote | None, *, age_seconds_max: Decimal | None = None) -> Quote | None:
    """The quote, if it says anything of now. A narrower bound may be given, no wider one."""
    most = min(QUOTE_AGE_SECONDS_MAX, float(age_seconds_max or QUOTE_AGE_SECONDS_MAX))
    if quote is None or quote.price <= 0 or quote.age_seconds > most:
        return None
    return quote


def in_market_units(
    intent: OpenPosition, *, market: Market, multiplier: Decimal, quote: Quote | None
) -> OpenPosition | Refused:
    """The intent with its prices as the market counts them, where the post names the coin in another count.

    `BONK at 0.0000098` is 0.0098 on `1000BONKUSDT`, and so is `BONK at 0.0098`: only the market's price tells which.
    """
    if multiplier == _ONE or not _levels(intent):
        return intent
    if quote is None:
        return Refused(
            rule="price_unit",
            reason=f"{intent.symbol} is traded as {market.id}: whether its prices are for "
            f"{exact(max(multiplier, _ONE / multiplier))} coins or for one is not known without the market's price",
        )
    choices = (intent, scaled(intent, multiplier))
    fitting = [choice for choice in choices if _is_near(choice, quote.price, MAGNITUDE_MAX)]
    if len(fitting) == 1:
        return fitting[0]
    named = exact(_levels(intent)[0])
    return Refused(
        rule="price_unit",
        reason=f"{named} fits {market.id} at {exact(quote.price)} neither as it stands nor times {exact(multiplier)}",
    )


def settle(
    drafts: Sequence[OpenPosition], *, multiplier: Decimal = _ONE, quote: Quote | None
) -> OpenPosition | None:
    """The one of several readings of an ambiguous post whose prices lie at the market, or None: still unclear.

    *multiplier* is the directory's: drafts are compared in the market's unit, and the one that fits is returned in
    the post's own.
    """
    quote = fresh(quote)
    if quote is None:
        return None
    closeness = _ONE + READING_DISTANCE_PERCENT_MAX / _WHOLE
    fitting = [
        draft
        for draft in drafts
        if any(_is_near(scaled(draft, unit), quote.price, closeness) for unit in {_ONE, multiplier})
    ]
    return fitting[0] if len(fitting) == 1 else None


def scaled(intent: OpenPosition, by: Decimal) -> OpenPosition:
    """Every price times *by*; percentages stay."""
    stop = intent.stop_loss
    return replace(
        intent,
        entry=Entry(
            kind=intent.entry.kind, prices=tuple(Price(p * by) for p in intent.entry.prices)
        ),
        take_profits=tuple(_scale(level, by) for level in intent.take_profits),
        stop_loss=None if stop is None else _scale(stop, by),
    )


def highest_sensible(intent: OpenPosition) -> Price | None:
    """Above it no entry makes sense: the farthest target of a long, the stop of a short. None: nothing bounds it."""
    if intent.side is Side.LONG:
        return max(
            (level for level in intent.take_profits if not isinstance(level, Percent)), default=None
        )
    return None if isinstance(intent.stop_loss, Percent) else intent.stop_loss


def slip(intent: OpenPosition, quote: Quote) -> Refused | None:
    """A level more than an order of magnitude from the market: a digit, a comma or a zero went astray."""
    for level in _levels(intent):
        if _ratio(level, quote.price) > MAGNITUDE_MAX:
            return Refused(
                rule="price_magnitude",
                reason=f"{exact(level)} is more than {exact(MAGNITUDE_MAX)} times off the market's {exact(quote.price)}",
            )
    return None


def missed(*, side: Side, stop: Price, targets: Sequence[Target], quote: Quote) -> Refused | None:
    """The market stands already where the trade would end."""
    now = exact(quote.price)
    if (quote.price - stop) * side.sign <= 0:
        return Refused(
            rule="beyond_stop", reason=f"the market at {now} is at or past the stop {exact(stop)}"
        )
    if targets and (quote.price - targets[0].price) * side.sign >= 0:
        first = exact(targets[0].price)
        return Refused(
            rule="beyond_target", reason=f"the market at {now} has reached the first target {first}"
        )
    return None


def _is_near(intent: OpenPosition, market_price: Price, factor: Decimal) -> bool:
    """Every entry price, or every level where no entry is named, lies within *factor* of the market."""
    asked: Iterable[Price] = intent.entry.prices or _levels(intent)
    return all(_ratio(price, market_price) <= factor for price in asked)


def _ratio(one: Price, other: Price) -> Decimal:
    return max(one, other) / min(one, other) if min(one, other) > 0 else Decimal("Infinity")


def _levels(intent: OpenPosition) -> tuple[Price, ...]:
    named: tuple[Level | None, ...] = (*intent.entry.prices, *intent.take_profits, intent.stop_loss)
    return tuple(level for level in named if level is not None and not isinstance(level, Percent))


def _scale(level: Level, by: Decimal) -> Level:
    return level if isinstance(level, Percent) else Price(level * by)
