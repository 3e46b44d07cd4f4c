"""A channel's profile: how its posts are read, entered, sized, guarded. One TOML file, unknown keys refused.

Every key's `description` is its documentation; `docs/profiles.md` is checked against it.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Amount = Annotated[Decimal, Field(gt=0)]
Share = Annotated[Decimal, Field(gt=0, le=100)]
Split = (
    Literal["even", "one", "two", "three", "fifty-first", "skip-first", "decreasing", "increasing"]
    | list[Share]
)
StopMoves = Literal[
    "none",
    "breakeven",
    "moving-target",
    "moving-2-target",
    "percent-below-highest",
    "percent-below-triggers",
]


_WHOLE = 100


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class TelegramSection(_Section):
    channels: list[str | int] = Field(
        min_length=1, description="The channels to follow: `@name` or the numeric id (-100…)."
    )
    fast_poll_seconds: Literal["auto"] | Annotated[Decimal, Field(ge=0)] = Field(
        "auto",
        description="Ask for news instead of waiting for the push: `auto` is the server's own pace, a number of "
        "seconds from 1, or 0 for never.",
    )
    senders: list[str | int] = Field([], description="In groups: only posts of these authors.")
    topics: list[int] = Field([], description="In forums: only posts of these topics.")


class ParsingSection(_Section):
    parsers: list[str] = Field(
        ["structured", "template", "freeform"],
        min_length=1,
        description="Which parsers read a post, in order; the first that knows it wins.",
    )
    language: list[str] = Field(
        [], description="Languages the channel writes (`en`, `ru`); empty: all."
    )
    templates: list[str] = Field(
        [],
        description="Lines with named slots for the `template` parser: `{side} {symbol} at {entry} stop {stop}`.",
    )
    patterns: list[str] = Field(
        [],
        description="Regular expressions with named groups for the `pattern` parser, run in linear time.",
    )


class MarketSection(_Section):
    product: Literal["usdt-futures", "spot"] = Field("usdt-futures", description="Where to trade.")
    quote: str = Field("USDT", description="The coin that prices are in when a post names none.")
    allow: list[str] = Field(
        [], description="Only these coins (`BTC`); empty: all. They are prepared at start."
    )
    deny: list[str] = Field([], description="Never these coins.")


class EntrySection(_Section):
    first_as_market: bool = Field(
        default=False,
        description="Send the first entry at market while the price is within `price_band_percent` of it.",
    )
    price_band_percent: Amount = Field(
        Decimal("0.5"),
        description="How far the market may be from an entry to count as being there.",
    )
    zone_orders: int = Field(4, ge=1, le=20, description="How many orders a zone becomes.")
    split: Split = Field("even", description="How the amount is shared among the entries.")
    expire_minutes: int = Field(
        1440, ge=1, description="Resting entries are cancelled after this time."
    )


class SizeSection(_Section):
    kind: Literal["fixed_quote", "fixed_base", "equity_percent", "risk_percent"] = Field(
        "fixed_quote",
        description="What `value` means: quote coins, base coins, percent of the equity, or percent of the equity "
        "lost if the stop is hit.",
    )
    value: Amount = Field(
        Decimal("50"),
        description="Notional before leverage, of the whole trade over all its entries.",
    )


class LeverageSection(_Section):
    max: Annotated[Decimal, Field(ge=1, le=150)] = Field(
        Decimal(10), description="A cap on what a post asks for, never a setting."
    )
    default: Annotated[Decimal, Field(ge=1, le=150)] = Field(
        Decimal(5), description="Used when the post names none; capped by `max`."
    )
    margin_mode: Literal["isolated", "cross"] = Field(
        "isolated", description="Of every trade of this channel."
    )


class ExitsSection(_Section):
    split: Split = Field("even", description="How the take profits share the position.")
    missing_stop: str = Field(
        "refuse",
        description="A post without a stop: `refuse`, or place one at a distance such as `5%`.",
    )
    stop_moves: StopMoves = Field("breakeven", description="Where the stop goes as the trade wins.")
    stop_moves_trigger: int | str = Field(
        1, description="What moves it first: a target's number, or a distance such as `1.5%`."
    )
    stop_moves_percent: Amount = Field(
        Decimal("1"), description="The distance of the `percent-below` kinds."
    )
    trigger_by: Literal["mark", "last"] = Field(
        "mark",
        description="Which price triggers stops, from the position stop on; attached stops follow the venue.",
    )

    @field_validator("missing_stop")
    @classmethod
    def _refuse_or_distance(cls, value: str) -> str:
        return value if value == "refuse" else _percent_text(value)

    @field_validator("stop_moves_trigger")
    @classmethod
    def _target_or_distance(cls, value: int | str) -> int | str:
        if isinstance(value, int):
            if value < 1:
                raise ValueError(f"a target's number counts from 1, was {value}")
            return value
        return _percent_text(value)


class LimitsSection(_Section):
    open_positions_max: int | None = Field(
        5, ge=0, description="Trades at once, those in flight and resting included."
    )
    position_quote_max: Amount | None = Field(
        Decimal("500"), description="Notional of one position, in quote coins."
    )
    entry_age_seconds_max: Amount | None = Field(
        Decimal(60), description="An entry from a post older than this is late and not traded."
    )
    price_deviation_percent_max: Amount | None = Field(
        Decimal(10),
        description="Entries farther from the market than this are refused, not corrected.",
    )
    daily_loss_quote_max: Amount | None = Field(
        Decimal(100), description="No new entries once this much was lost since midnight UTC."
    )
    orders_per_minute_max: int | None = Field(
        30, ge=1, description="Orders sent in any 60 seconds."
    )


class SignalsSection(_Section):
    same_symbol: Literal["refuse", "add", "separate"] = Field(
        "refuse",
        description="A signal while a trade of that symbol is open: refuse it, add to the position, or hold both "
        "apart (hedge mode).",
    )
    duplicate_hours: Annotated[Decimal, Field(ge=0)] = Field(
        Decimal(3),
        description="The same signal again within this time, in any channel, is a duplicate; 0: off.",
    )
    duplicate_percent: Annotated[Decimal, Field(ge=0)] = Field(
        Decimal(5), description="How far the levels of a duplicate may differ."
    )


class FollowUpsSection(_Section):
    edits: Literal["ignore", "safer-only", "apply"] = Field(
        "safer-only", description="What an edit of a traded post may change."
    )
    deletions: Literal["ignore", "cancel-unfilled", "close"] = Field(
        "cancel-unfilled", description="What happens when a traded post is deleted."
    )
    close_fraction_default: Share | Decimal = Field(
        Decimal("0.5"),
        gt=0,
        le=1,
        description="How much `close a part` closes when no amount is named.",
    )


class Profile(_Section):
    """One channel's (or several channels') rules. `name` is the file's name."""

    name: str = Field("default", exclude=True)
    mode: Literal["dry-run", "paper", "demo", "live"] = Field(
        "paper",
        description="`dry-run`: nothing is sent; `paper`: our own simulated Bitget with Bitget's public prices; "
        "`demo`: Bitget's demo trading; `live`: real money, also needs --live or TGBITGET_LIVE=yes.",
    )
    telegram: TelegramSection
    parsing: ParsingSection = ParsingSection()
    market: MarketSection = MarketSection()
    entry: EntrySection = EntrySection()
    size: SizeSection = SizeSection()
    leverage: LeverageSection = LeverageSection()
    exits: ExitsSection = ExitsSection()
    limits: LimitsSection = LimitsSection()
    signals: SignalsSection = SignalsSection()
    follow_ups: FollowUpsSection = FollowUpsSection()


def _percent_text(value: str) -> str:
    number = value.removesuffix("%").strip()
    try:
        is_distance = value.endswith("%") and 0 < Decimal(number) < _WHOLE
    except ArithmeticError:
        is_distance = False
    if not is_distance:
        raise ValueError(f'expected a distance such as "5%", was "{value}"')
    return value
