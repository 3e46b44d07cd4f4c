"""The limits of the whole account, over all profiles."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tgbitget.model.trading_hours import windows

_AMOUNT_MAX = (
    Decimal(10) ** 12
)  # no account holds more; an exponent must not become a page of digits

Amount = Annotated[Decimal, Field(gt=0, le=_AMOUNT_MAX)]


def _hours(value: str) -> str:
    try:
        windows(value)
    except ValueError as e:
        # Whoever reads the environment names the value itself.
        raise ValueError(str(e).partition(", was")[0]) from None
    return value


class AccountLimits(BaseModel):
    """The keys of a profile's `[limits]`, for the whole account over all profiles; what is not set is off."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    open_positions_max: int | None = Field(
        None, ge=0, description="Trades at once, those in flight and resting included."
    )
    position_quote_max: Amount | None = Field(
        None, description="Notional of one position, in quote coins."
    )
    entry_age_seconds_max: Amount | None = Field(
        None, description="An entry from a post older than this is late and not traded."
    )
    price_deviation_percent_max: Amount | None = Field(
        None, description="Entries farther from the market than this are refused."
    )
    daily_loss_quote_max: Amount | None = Field(
        None, description="No new entries once this much was lost since midnight UTC."
    )
    orders_per_minute_max: int | None = Field(
        None, ge=1, description="Orders sent in any 60 seconds."
    )
    total_quote_max: Amount | None = Field(None, description="Notional of all trades together.")
    risk_quote_max: Amount | None = Field(
        None, description="What all trades together lose when every stop is hit."
    )
    daily_loss_percent_max: Amount | None = Field(
        None, description="No new entries once this much of the equity was lost since midnight UTC."
    )
    daily_loss_halt: Literal["midnight", "resume"] | None = Field(
        None, description="After a daily loss no new entries until `midnight` UTC, or `resume`."
    )
    losing_streak_max: int | None = Field(
        None, ge=1, description="No new entries after this many losing trades in a row."
    )
    losing_streak_pause_hours: Amount | None = Field(
        None, description="A losing streak ends the entries for so long; unset: until `resume`."
    )
    cooldown_minutes_min: Amount | None = Field(
        None, description="A coin rests this long after a trade of it has ended."
    )
    loss_cooldown_minutes_min: Amount | None = Field(
        None, description="A coin rests this long after a trade of it was lost."
    )
    stop_distance_percent_min: Amount | None = Field(
        None, description="A stop nearer to the entry than this is refused."
    )
    stop_distance_percent_max: Amount | None = Field(
        None, description="A stop farther from the entry than this is refused."
    )
    liquidation_distance_percent_min: Amount | None = Field(
        None, description="The stop stands at least this far before the estimated liquidation."
    )
    reward_risk_min: Amount | None = Field(
        None, description="What the targets win, in multiples of what the stop loses, at least."
    )
    spread_percent_max: Amount | None = Field(
        None, description="A market whose bid and ask lie farther apart is not entered."
    )
    turnover_24h_quote_min: Amount | None = Field(
        None, description="A market that traded less than this in 24 hours is not entered."
    )
    price_move_percent_max: Amount | None = Field(
        None, description="A market that moved farther within a minute is not entered."
    )
    price_age_seconds_max: Amount | None = Field(
        None, le=30, description="Prices confirmed longer ago than this count as unknown."
    )
    trading_hours: Annotated[str, AfterValidator(_hours)] | None = Field(
        None, description="New entries only then, in UTC: `mon-fri 08:00-20:00`."
    )
