"""The stop and the targets of a plan: prices on ticks, on their sides, shares that add up to 100 %. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from tgbitget.model.intent import Level, Side
from tgbitget.model.market import Market
from tgbitget.model.money import Percent, Price, exact
from tgbitget.model.plan import LEGS_MAX, Refused, Target
from tgbitget.planning.entries import Rung, weighted_entry
from tgbitget.planning.splits import shares_percent, weights
from tgbitget.profile import ExitsSection


def stop(
    *,
    level: Level | None,
    section: ExitsSection,
    side: Side,
    market: Market,
    entries: Sequence[Rung],
) -> Price | Refused:
    """The post's stop, or one at the profile's distance where the post has none. `misplaced` asks for its side."""
    level = level if level is not None else section.missing_stop_distance
    if level is None:
        return Refused(
            rule="missing_stop", reason="the post names no stop, and the profile no distance"
        )
    asked = _price(level, entries, -side.sign)
    if asked is None:
        return _no_entry_price(level)
    if asked <= 0:
        return Refused(rule="sl_wrong_side", reason=f"a stop {level} from the entry has no price")
    return market.stop_price(asked, side)


def targets(
    *,
    levels: Sequence[Level],
    section: ExitsSection,
    side: Side,
    market: Market,
    entries: Sequence[Rung],
) -> tuple[Target, ...] | Refused:
    """The post's targets, the nearest first. `misplaced` asks for their side.

    `skip-first` leaves target 1 a share of 0: nothing is sold there, but its price still moves the stop.
    """
    if len(levels) > LEGS_MAX:
        return Refused(rule="targets_max", reason=f"{len(levels)} targets, {LEGS_MAX} allowed")
    if not levels:
        return ()
    prices: list[Price] = []
    for level in levels:
        asked = _price(level, entries, side.sign)
        if asked is None:
            return _no_entry_price(level)
        prices.append(market.target_price(asked, side))
    prices.sort(reverse=side is Side.SHORT)
    shares = shares_percent(weights(section.split, len(prices)))
    return tuple(
        Target(number=number, price=price, share_percent=share)
        for number, (price, share) in enumerate(zip(prices, shares, strict=True), start=1)
    )


def misplaced(
    *,
    stop: Price,
    targets: Sequence[Target],
    side: Side,
    market: Market,
    entries: Sequence[Rung],
) -> Refused | None:
    """The first level that, on the market's ticks, is not where it loses or wins against every entry."""
    for entry in _prices(entries):
        if stop <= 0 or (entry - stop) * side.sign <= 0:
            return _wrong_side("sl", stop, entry, market)
        for target in targets:
            if target.price <= 0 or (target.price - entry) * side.sign <= 0:
                return _wrong_side("tp", target.price, entry, market)
    return None


def _price(level: Level, entries: Sequence[Rung], direction: int) -> Decimal | None:
    """The level as a price; a percentage counts from the weighted entry, whatever its sign, in *direction*."""
    if not isinstance(level, Percent):
        return level
    entry = weighted_entry(entries)
    return None if entry is None else entry + abs(level.of(entry)) * direction


def _prices(entries: Sequence[Rung]) -> list[Price]:
    """All that an entry may fill at, as far as it is known."""
    named = [(rung.expected, rung.price, rung.trigger_price) for rung in entries]
    return [price for prices in named for price in prices if price is not None]


def _no_entry_price(level: Level) -> Refused:
    return Refused(
        rule="price",
        reason=f"a level at {level} of the entry cannot be placed: the market's price is not known",
    )


def _wrong_side(code: str, price: Price, entry: Price, market: Market) -> Refused:
    level = "stop" if code == "sl" else "target"
    return Refused(
        rule=f"{code}_wrong_side",
        reason=f"the {level} {exact(price)} is on the wrong side of the entry {exact(entry)}, "
        f"on ticks of {exact(market.tick)}",
    )
