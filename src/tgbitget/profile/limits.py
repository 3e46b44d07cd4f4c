"""The limits of a channel: what no post of it may exceed."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tgbitget.model.trading_hours import windows
from tgbitget.profile.section import Section
from tgbitget.profile.words import CountLimit, Limit, off_or, shown


def _hours(value: Any) -> Any:
    if value in (None, "off"):
        return None
    if not isinstance(value, str):
        raise ValueError(f'expected "off" or hours such as "08:00-20:00", was {shown(value)}')  # noqa: TRY004 -- pydantic turns only ValueError into a fault of the key
    windows(value)
    return value


Hours = Annotated[str | None, BeforeValidator(_hours)]
HaltPolicy = Annotated[Literal["midnight", "resume"] | None, BeforeValidator(off_or)]


class LimitsSection(Section):
    """Each may be `"off"`. The same keys, for the whole account, are settings."""

    open_positions_max: CountLimit = Field(
        5, ge=0, description="Trades at once, those in flight and resting included."
    )
    position_quote_max: Limit = Field(
        Decimal("500"), description="Notional of one position, in quote coins."
    )
    entry_age_seconds_max: Limit = Field(
        Decimal(60), description="An entry from a post older than this is late and not traded."
    )
    price_deviation_percent_max: Limit = Field(
        Decimal(10),
        description="Entries farther from the market than this are refused, not corrected.",
    )
    daily_loss_quote_max: Limit = Field(
        Decimal(100), description="No new entries once this much was lost since midnight UTC."
    )
    orders_per_minute_max: CountLimit = Field(
        30, ge=1, description="Orders sent in any 60 seconds."
    )
    total_quote_max: Limit = Field(
        None, description="Notional of all trades together, those in flight and resting included."
    )
    risk_quote_max: Limit = Field(
        None, description="What all trades together lose when every stop is hit, fees aside."
    )
    daily_loss_percent_max: Limit = Field(
        None,
        description="No new entries once this much of the equity was lost since midnight UTC.",
    )
    daily_loss_halt: HaltPolicy = Field(
        None,
        description="After a daily loss no new entries, whatever is won back: until `midnight` UTC, or until `resume` "
        "is typed.",
    )
    losing_streak_max: CountLimit = Field(
        None, ge=1, description="No new entries after this many losing trades in a row."
    )
    losing_streak_pause_hours: Limit = Field(
        None, description="A losing streak ends the entries for so long; off: until `resume`."
    )
    cooldown_minutes_min: Limit = Field(
        None, description="A coin rests this long after a trade of it has ended."
    )
    loss_cooldown_minutes_min: Limit = Field(
        None, description="A coin rests this long after a trade of it was lost."
    )
    stop_distance_percent_min: Limit = Field(
        None, description="A stop nearer to the entry than this is refused."
    )
    stop_distance_percent_max: Limit = Field(
        None, description="A stop farther from the entry than this is refused."
    )
    liquidation_distance_percent_min: Limit = Field(
        None,
        description="The stop stands at least this far, in percent of the entry, before the estimated liquidation.",
    )
    reward_risk_min: Limit = Field(
        None,
        description="What the targets win must be at least this many times what the stop loses.",
    )
    spread_percent_max: Limit = Field(
        None, description="A market whose bid and ask lie farther apart than this is not entered."
    )
    turnover_24h_quote_min: Limit = Field(
        None, description="A market that traded less than this in 24 hours is not entered."
    )
    price_move_percent_max: Limit = Field(
        None, description="A market that moved farther than this within a minute is not entered."
    )
    price_age_seconds_max: Limit = Field(
        None,
        le=30,
        description="Prices that the exchange confirmed longer ago than this count as unknown; off: 30.",
    )
    trading_hours: Hours = Field(
        None,
        description="New entries only then, in UTC: `mon-fri 08:00-20:00, sat 10:00-14:00`.",
    )
