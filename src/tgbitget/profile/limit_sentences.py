"""What the limits of a profile mean, in plain sentences with their numbers, and which of them deserve a second look."""

from decimal import Decimal

from tgbitget.model.money import exact
from tgbitget.profile.keys import Profile
from tgbitget.profile.limits import LimitsSection

_HALTS = {
    "midnight": "A daily loss ends the entries until midnight UTC, whatever is won back.",
    "resume": "A daily loss ends the entries until you type `tgbitget resume`.",
}


def limit_sentences(section: LimitsSection, quote: str) -> list[str]:
    """In the order of the file; a limit that is off says nothing."""
    said = [
        sentence.format(exact(Decimal(bound)))
        for sentence, bound in _bounds(section, quote).items()
        if bound is not None
    ]
    if section.daily_loss_halt is not None:
        said.append(_HALTS[section.daily_loss_halt])
    if section.losing_streak_max is not None:
        said.append(_streak(section.losing_streak_max, section.losing_streak_pause_hours))
    if section.trading_hours is not None:
        said.append(f"It enters only {section.trading_hours}, in UTC.")
    return said


def limit_warnings(profile: Profile) -> list[str]:
    """Those that are on by default and were taken away, and those that wait for another one."""
    limits = profile.limits
    said = [
        f'limits.{name} is "off".'
        for name, field in LimitsSection.model_fields.items()
        if field.default is not None and getattr(limits, name) is None
    ]
    is_loss_bounded = limits.daily_loss_quote_max or limits.daily_loss_percent_max
    if limits.daily_loss_halt is not None and not is_loss_bounded:
        said.append("limits.daily_loss_halt does nothing: no daily loss is limited.")
    if limits.losing_streak_pause_hours is not None and limits.losing_streak_max is None:
        said.append("limits.losing_streak_pause_hours does nothing: losing_streak_max is off.")
    nearest, farthest = limits.stop_distance_percent_min, limits.stop_distance_percent_max
    if nearest is not None and farthest is not None and nearest > farthest:
        said.append(
            f"limits.stop_distance_percent_min {exact(nearest)} is above stop_distance_percent_max "
            f"{exact(farthest)}: every trade will be refused."
        )
    return said


def _bounds(section: LimitsSection, quote: str) -> dict[str, Decimal | int | None]:
    return {
        "At most {} trades are open at once.": section.open_positions_max,
        f"No position is worth more than {{}} {quote}.": section.position_quote_max,
        "An entry from a post older than {} s is late and not traded.": section.entry_age_seconds_max,
        "An entry more than {} % from the market is refused.": section.price_deviation_percent_max,
        f"After losing {{}} {quote} on a day (UTC), it enters no more.": section.daily_loss_quote_max,
        "It sends at most {} orders a minute.": section.orders_per_minute_max,
        f"All trades together are worth at most {{}} {quote}.": section.total_quote_max,
        f"All stops together lose at most {{}} {quote}.": section.risk_quote_max,
        "After losing {} % of the equity on a day (UTC), it enters no more.": section.daily_loss_percent_max,
        "A coin rests {} minutes after a trade of it.": section.cooldown_minutes_min,
        "A coin rests {} minutes after a lost trade of it.": section.loss_cooldown_minutes_min,
        "A stop nearer than {} % to the entry is refused.": section.stop_distance_percent_min,
        "A stop farther than {} % from the entry is refused.": section.stop_distance_percent_max,
        "A stop less than {} % before the estimated liquidation is refused.": section.liquidation_distance_percent_min,
        "A trade that wins less than {} times what it risks is refused.": section.reward_risk_min,
        "A market with a spread above {} % is not entered.": section.spread_percent_max,
        f"A market that traded less than {{}} {quote} in 24 hours is not entered.": section.turnover_24h_quote_min,
        "A market that moved more than {} % within a minute is not entered.": section.price_move_percent_max,
        "Prices older than {} s are not used.": section.price_age_seconds_max,
    }


def _streak(most: int, hours: Decimal | None) -> str:
    until = "until you type `tgbitget resume`" if hours is None else f"for {exact(hours)} h"
    return f"After {most} losing trades in a row it enters no more {until}."
