"""What a profile means, in plain sentences with its numbers, and what in it deserves a second look."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tgbitget.model.money import exact
from tgbitget.profile.keys import ExitsSection, FollowUpsSection, Profile
from tgbitget.profile.limit_sentences import limit_sentences, limit_warnings
from tgbitget.profile.unused import unused_warnings

_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 1440
_HUNDRED = Decimal(100)
NAME_LENGTH_MIN = 4  # five, but for those that were bought at an auction
NAME_LENGTH_MAX = 32
_LEVERAGE_HIGH = 20
_RISK_PERCENT_HIGH = 5

_MODES = {
    "dry-run": "It sends nothing: each post is read, planned and reported.",
    "paper": "It trades on paper: our own simulated Bitget, fed with Bitget's public prices.",
    "demo": "It trades in Bitget's demo trading, with play money.",
    "live": "It trades live, with real money, once --live or TGBITGET_LIVE=yes allows it.",
}
_SPLITS = {
    "even": "in equal parts",
    "one": "with all of it on the first",
    "two": "in equal parts over the first two",
    "three": "in equal parts over the first three",
    "fifty-first": "with half of it on the first and equal parts on the others",
    "skip-first": "in equal parts over all but the first",
    "decreasing": "each half of the one before",
    "increasing": "each double the one before",
}
_SAME_SYMBOL = {
    "refuse": "a new one is refused",
    "add": "a new one of the same side adds to the position, with stop and targets of its own amount",
    "separate": "one of the other side is held apart, in hedge mode; one of the same side is refused",
}
_EDITS = {
    "ignore": "An edit of a traded post changes nothing.",
    "safer-only": "An edit of a traded post may only make the trade safer.",
    "apply": "An edit of a traded post is applied, a farther stop included; other entries, another side or coin are not.",
}
_DELETIONS = {
    "ignore": "A deleted post changes nothing.",
    "cancel-unfilled": "When a traded post is deleted, what has not filled is cancelled.",
    "close": "When a traded post is deleted, the whole trade is closed.",
}


def sentences(profile: Profile) -> list[str]:
    """All of it, in the order of the file. `warnings` are not among them."""
    return [
        _MODES[profile.mode],
        *_telegram(profile),
        *_parsing(profile),
        _market(profile),
        *_entry(profile),
        _size(profile),
        _leverage(profile),
        *_exits(profile.exits),
        *limit_sentences(profile.limits, profile.market.quote),
        *_signals(profile),
        *_follow_ups(profile.follow_ups),
    ]


def warnings(profile: Profile) -> list[str]:
    """What is allowed but probably not meant."""
    return [
        *_name_warnings(profile),
        *_size_warnings(profile),
        *_spot_warnings(profile),
        *_stop_warnings(profile),
        *limit_warnings(profile),
        *unused_warnings(profile),
    ]


def _name_warnings(profile: Profile) -> list[str]:
    return [
        f"telegram.channels: {name} cannot be a channel's, whose names have {NAME_LENGTH_MIN} to {NAME_LENGTH_MAX} "
        "characters."
        for name in profile.telegram.channels
        if isinstance(name, str)
        and not NAME_LENGTH_MIN <= len(name.removeprefix("@")) <= NAME_LENGTH_MAX
    ]


def _telegram(profile: Profile) -> list[str]:
    section = profile.telegram
    pace = section.fast_poll_seconds
    said = [
        f"It follows {_list(section.channels)}."
        if section.channels
        else "It takes whatever channels the file holds.",
        "It asks Telegram for news at the server's own pace."
        if pace == "auto"
        else f"It asks Telegram for news every {exact(pace)} s."
        if pace
        else "It never asks Telegram for news, and waits for the push.",
    ]
    if section.senders:
        said.append(f"In groups, only posts of {_list(section.senders)} count.")
    if section.topics:
        said.append(f"In forums, only posts in the topics {_list(section.topics)} count.")
    return said


def _parsing(profile: Profile) -> list[str]:
    section = profile.parsing
    languages = f"in {_list(section.language)}" if section.language else "in every language we know"
    said = [f"A post is read by {', then '.join(section.parsers)}, {languages}."]
    for kind, own in (("template", section.templates), ("pattern", section.patterns)):
        if own:
            said.append(f"It brings {_count(len(own), kind)} of its own.")
    return said


def _market(profile: Profile) -> str:
    section = profile.market
    where = "USDT futures" if section.product == "usdt-futures" else f"spot against {section.quote}"
    which = f"only {_list(section.allow)}" if section.allow else "every coin that Bitget lists"
    never = f", but never {_list(section.deny)}" if section.deny else ""
    return f"It trades {where}: {which}{never}."


def _entry(profile: Profile) -> list[str]:
    section = profile.entry
    band = exact(section.price_band_percent)
    first = (
        f"The first entry goes to market while the price is within {band} % of it."
        if section.first_as_market
        else "Every entry rests at the price that the post names."
    )
    return [
        first,
        f"A zone becomes {_count(section.zone_orders, 'order')}; "
        f"the entries share the amount {_split(section.split)}.",
        *_resting(profile),
        f"What has not filled after {_time(section.expire_minutes)} is cancelled.",
    ]


def _resting(profile: Profile) -> list[str]:
    section = profile.entry
    said = []
    if section.post_only:
        said.append(
            "Limit entries are post-only: one that would fill at once is cancelled instead."
        )
    most = section.resting_max
    if most != "all":
        rest = "1 entry of a trade rests" if most == 1 else f"{most} entries of a trade rest"
        said.append(f"At most {rest} at once, the nearest first.")
    return said


def _size(profile: Profile) -> str:
    value, quote = exact(profile.size.value), profile.market.quote
    match profile.size.kind:
        case "fixed_quote":
            return f"Each trade is worth {value} {quote} before leverage, over all its entries."
        case "fixed_base":
            return f"Each trade is {value} of its coin, over all its entries."
        case "equity_percent":
            return f"Each trade is worth {value} % of the equity before leverage, over all its entries."
        case "risk_percent":
            return f"Each trade is sized so that its stop loses {value} % of the equity."


def _leverage(profile: Profile) -> str:
    section = profile.leverage
    used = min(section.default, section.max)
    return (
        f"Leverage is what the post asks for, at most {exact(section.max)}x, "
        f"and {exact(used)}x when it names none; margin is {section.margin_mode}."
        if profile.market.product != "spot"
        else "On spot there is no leverage."
    )


def _exits(section: ExitsSection) -> list[str]:
    missing = (
        "A post without a stop is refused."
        if section.missing_stop == "refuse"
        else f"A post without a stop gets one at {section.missing_stop} from the entry."
    )
    return [
        f"The take profits share the position {_split(section.split)}.",
        missing,
        *_targets(section),
        _stop_moves(section),
        f"Stops are triggered by the {section.trigger_by} price.",
    ]


def _targets(section: ExitsSection) -> list[str]:
    said = []
    if section.orders == "limit":
        said.append(
            "Take profits rest as reduce-only limit orders; in hedge mode, where those would hold up a stop, they "
            "are sold when their price is reached."
        )
    trails = section.trailing_take_profit_percent
    if isinstance(trails, list):
        distances = " / ".join(exact(each) for each in trails)
        said.append(
            f"Targets that are reached follow the price at {distances} % (0: sold at once)."
        )
    elif trails is not None:
        said.append(f"A target that is reached follows the price at {exact(trails)} %.")
    return said


def _stop_moves(section: ExitsSection) -> str:
    trigger = section.stop_moves_trigger
    once = (
        f"Once target {trigger} is reached"
        if isinstance(trigger, int)
        else f"Once the trade is {trigger} in profit"
    )
    percent = exact(section.stop_moves_percent)
    match section.stop_moves:
        case "none":
            return "The stop stays where the post put it."
        case "breakeven":
            return f"{once}, the stop moves to breakeven, the average entry plus fees."
        case "moving-target":
            return f"{once}, the stop follows one target behind, beginning at breakeven."
        case "moving-2-target":
            return f"{once}, the stop follows two targets behind, beginning at breakeven."
        case "percent-below-highest":
            return f"{once}, the stop follows the best price at a distance of {percent} %."
        case "percent-below-triggers":
            return f"{once}, the stop follows each target reached at a distance of {percent} %."
        case "trailing":
            return (
                f"{once}, an order of the exchange follows the best price at a distance of {percent} %; "
                "the stop of the post stays beside it."
            )


def _signals(profile: Profile) -> list[str]:
    section = profile.signals
    hours, percent = exact(section.duplicate_hours), exact(section.duplicate_percent)
    return [
        f"While a trade of the same symbol is open, {_SAME_SYMBOL[section.same_symbol]}.",
        f"The same signal within {hours} h, with levels within {percent} %, is a duplicate."
        if section.duplicate_hours
        else "Duplicates are not looked for.",
    ]


def _follow_ups(section: FollowUpsSection) -> list[str]:
    percent = exact(section.close_fraction_default * _HUNDRED)
    return [
        _EDITS[section.edits],
        _DELETIONS[section.deletions],
        f'"Close a part" without an amount closes {percent} %.',
    ]


def _size_warnings(profile: Profile) -> list[str]:
    size, limits, quote = profile.size, profile.limits, profile.market.quote
    said = []
    cap = limits.position_quote_max
    if size.kind == "fixed_quote" and cap is not None and size.value > cap:
        said.append(
            f"size.value {exact(size.value)} {quote} is above limits.position_quote_max "
            f"{exact(cap)} {quote}: every trade will be refused."
        )
    if size.kind == "risk_percent" and size.value > _RISK_PERCENT_HIGH:
        said.append(
            f"size.value risks {exact(size.value)} % of the equity in each trade: "
            f"ten losses in a row leave {_left(size.value)} % of it."
        )
    if limits.open_positions_max == 0:
        said.append("limits.open_positions_max is 0: every trade will be refused.")
    return said


def _spot_warnings(profile: Profile) -> list[str]:
    """Coins that a resting sale holds are coins that no stop can sell: on spot our own clock sells at the targets."""
    exits = profile.exits
    if profile.market.product != "spot":
        return []
    said = []
    if exits.stop_moves == "trailing":
        said.append('exits.stop_moves "trailing": on spot it is we who move the stop, not Bitget.')
    if exits.orders == "limit" or exits.trailing_take_profit_percent is not None:
        said.append(
            "exits.orders and exits.trailing_take_profit_percent have no effect on spot: a target is sold at market "
            "when its price is seen."
        )
    return said


def _stop_warnings(profile: Profile) -> list[str]:
    leverage, exits = profile.leverage, profile.exits
    said: list[str] = []
    if profile.market.product == "spot":
        return said
    if leverage.default > leverage.max:
        said.append(
            f"leverage.default {exact(leverage.default)} is above leverage.max "
            f"{exact(leverage.max)}: {exact(leverage.max)}x is used."
        )
    assumed = exits.missing_stop_distance
    if assumed is not None and assumed.value * leverage.max >= _HUNDRED:
        said.append(
            f"exits.missing_stop {assumed} lies beyond the liquidation at {exact(leverage.max)}x: "
            "the position would be gone before its stop."
        )
    if leverage.max > _LEVERAGE_HIGH:
        near = exact((_HUNDRED / leverage.max).quantize(Decimal("0.1")))
        said.append(
            f"leverage.max {exact(leverage.max)}: at that leverage a move of about {near} % "
            "against the trade liquidates it."
        )
    return said


def _left(risk_percent: Decimal) -> str:
    return exact(((1 - risk_percent / _HUNDRED) ** 10 * _HUNDRED).quantize(Decimal(1)))


def _split(parts: str | Sequence[Decimal]) -> str:
    return _SPLITS[parts] if isinstance(parts, str) else f"{' / '.join(exact(p) for p in parts)} %"


def _time(minutes: int) -> str:
    if minutes % _MINUTES_PER_DAY == 0:
        return _count(minutes // _MINUTES_PER_DAY, "day")
    if minutes % _MINUTES_PER_HOUR == 0:
        return _count(minutes // _MINUTES_PER_HOUR, "hour")
    return _count(minutes, "minute")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _list(words: Iterable[str | int]) -> str:
    *most, last = [str(word) for word in words]
    return f"{', '.join(most)} and {last}" if most else last
