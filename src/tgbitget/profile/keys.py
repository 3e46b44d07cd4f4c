"""Every key of a profile with its default, its bounds and, as `description`, its documentation."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, Strict, field_validator, model_validator

from tgbitget.model.money import Percent
from tgbitget.profile.limits import LimitsSection
from tgbitget.profile.section import Section
from tgbitget.profile.words import (
    Fraction,
    MissingStop,
    NotNegative,
    Number,
    Pace,
    Percentage,
    Positive,
    RestingMax,
    Split,
    StopTrigger,
    Trail,
    Whole,
    coin_name,
    percent,
    shown,
    telegram_name,
    trail,
)

YesOrNo = Annotated[bool, Strict()]

CHANNELS_MAX = 500  # more than an account can join
ENTRIES_MAX = 200  # of the other lists
TEXT_MAX = 2000  # of a template or an expression


class TelegramSection(Section):
    channels: list[str | int] = Field(
        min_length=1,
        max_length=CHANNELS_MAX,
        description="The channels to follow: `@name`, a `t.me` link or the numeric id (-100…).",
    )
    fast_poll_seconds: Pace = Field(
        "auto",
        description="Ask for news instead of waiting for the push: `auto` is the server's own pace, a number of "
        "seconds from 1, or 0 for never.",
    )
    senders: list[str | int] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="In groups: only posts of these authors (`@name` or numeric id); empty: all.",
    )
    topics: list[Whole] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="In forums: only posts of these topics, by number; empty: all.",
    )

    @field_validator("channels", "senders", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"expected a list, was {shown(value)}")  # noqa: TRY004 -- pydantic turns only ValueError into a fault of the key
        names = [telegram_name(name) for name in value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name} stands there twice")
        return names


class ParsingSection(Section):
    parsers: list[str] = Field(
        ["structured", "template", "freeform"],
        min_length=1,
        max_length=ENTRIES_MAX,
        description="Which parsers read a post, in order; the first that knows it wins.",
    )
    language: list[str] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="Languages the channel writes (`en`, `ru`); empty: all.",
    )
    templates: list[Annotated[str, Field(max_length=TEXT_MAX)]] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="For the `template` parser, whole posts with named slots: `{side} {symbol} at {entry} stop {stop}`.",
    )
    patterns: list[Annotated[str, Field(max_length=TEXT_MAX)]] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="Regular expressions with named groups for the `pattern` parser, run in linear time.",
    )


class MarketSection(Section):
    product: Literal["usdt-futures", "spot"] = Field("usdt-futures", description="Where to trade.")
    quote: str = Field("USDT", description="The coin that prices are in when a post names none.")
    allow: list[str] = Field(
        [],
        max_length=ENTRIES_MAX,
        description="Only these coins (`BTC`); empty: all. They are prepared at start.",
    )
    deny: list[str] = Field([], max_length=ENTRIES_MAX, description="Never these coins.")

    @field_validator("quote")
    @classmethod
    def _coin(cls, value: str) -> str:
        return coin_name(value)

    @field_validator("allow", "deny")
    @classmethod
    def _coins(cls, value: list[str]) -> list[str]:
        return [coin_name(coin) for coin in value]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.product == "usdt-futures" and self.quote != "USDT":
            raise ValueError(f'quote must be "USDT" on usdt-futures, was "{self.quote}"')
        if both := sorted(set(self.allow) & set(self.deny)):
            raise ValueError(f"{both[0]} stands in allow and in deny")
        return self


class EntrySection(Section):
    first_as_market: YesOrNo = Field(
        default=False,
        description="Send the first entry at market while the price is within `price_band_percent` of it.",
    )
    price_band_percent: Percentage = Field(
        Decimal("0.5"),
        description="How far the market may be from an entry to count as being there.",
    )
    zone_orders: Whole = Field(4, ge=1, le=20, description="How many orders a zone becomes.")
    split: Split = Field(
        "even",
        description="How the amount is shared among the entries: `even`, `one`, `two`, `three`, `fifty-first`, "
        "`skip-first`, `decreasing`, `increasing`, or a list of percentages that add up to 100.",
    )
    post_only: YesOrNo = Field(
        default=False,
        description="Limit entries only rest: one that would fill at once is cancelled by the exchange, and not sent "
        "again.",
    )
    resting_max: RestingMax = Field(
        "all",
        description="How many entries rest at once, the nearest to the market first: `all`, or a number; the next one "
        "goes out as one fills or is cancelled.",
    )
    expire_minutes: Whole = Field(
        1440, ge=1, le=525_600, description="Resting entries are cancelled after this time."
    )


class SizeSection(Section):
    kind: Literal["fixed_quote", "fixed_base", "equity_percent", "risk_percent"] = Field(
        "fixed_quote",
        description="What `value` means: quote coins, base coins, percent of the equity, or percent of the equity "
        "lost if the stop is hit.",
    )
    value: Positive = Field(
        Decimal("50"),
        description="Notional before leverage, of the whole trade over all its entries.",
    )

    @model_validator(mode="after")
    def _percent_of_something(self) -> Self:
        bound = {"risk_percent": 100, "equity_percent": 15_000}.get(self.kind)
        if bound is not None and self.value > bound:
            raise ValueError(f"value must be at most {bound} for {self.kind}, was {self.value}")
        return self


class LeverageSection(Section):
    max: Annotated[Number, Field(ge=1, le=150)] = Field(
        Decimal(10), description="A cap on what a post asks for, never a setting."
    )
    default: Annotated[Number, Field(ge=1, le=150)] = Field(
        Decimal(5), description="Used when the post names none; capped by `max`."
    )
    margin_mode: Literal["isolated", "cross"] = Field(
        "isolated", description="Of every trade of this channel."
    )


class ExitsSection(Section):
    split: Split = Field(
        "even",
        description="How the take profits share the position; the same names as for entries, or percentages.",
    )
    missing_stop: MissingStop = Field(
        "refuse",
        description="A post without a stop: `refuse`, or place one at a distance such as `5%`.",
    )
    stop_moves: Literal[
        "none",
        "breakeven",
        "moving-target",
        "moving-2-target",
        "percent-below-highest",
        "percent-below-triggers",
        "trailing",
    ] = Field("breakeven", description="Where the stop goes as the trade wins.")
    stop_moves_trigger: StopTrigger = Field(
        1, description="What moves it first: a target's number, or a distance such as `1.5%`."
    )
    stop_moves_percent: Annotated[Number, Field(gt=0, lt=100)] = Field(
        Decimal("1"), description="The distance of the `percent-below` kinds and of `trailing`."
    )
    orders: Literal["plan", "limit"] = Field(
        "plan",
        description="What take profits are: `plan`, sold at market when the price is reached, or `limit`, reduce-only "
        "orders that rest there.",
    )
    trailing_take_profit_percent: Trail = Field(
        None,
        description="A target that is reached follows the price at this distance instead of being sold at once: `off`, "
        "one number, or a list with one for each target, where 0 is none.",
    )
    trigger_by: Literal["mark", "last"] = Field(
        "mark",
        description="Which price triggers stops, from the position stop on; attached stops follow the venue.",
    )

    @model_validator(mode="after")
    def _trails_as_the_exchange_can(self) -> Self:
        if self.stop_moves == "trailing":
            try:
                trail(self.stop_moves_percent)
            except ValueError as e:
                raise ValueError(f'stop_moves_percent under stop_moves "trailing": {e}') from None
        return self

    def trail_percent(self, number: int) -> Decimal | None:
        """The distance at which target *number* (from 1) follows the price; None: it is sold at once."""
        asked = self.trailing_take_profit_percent
        if isinstance(asked, list):
            asked = asked[number - 1] if number <= len(asked) else None
        return asked or None

    @property
    def missing_stop_distance(self) -> Percent | None:
        """How far to place a stop that a post does not name; None refuses the post."""
        return None if self.missing_stop == "refuse" else percent(self.missing_stop)


class SignalsSection(Section):
    same_symbol: Literal["refuse", "add", "separate"] = Field(
        "refuse",
        description="A signal while a trade of that symbol is open: refuse it, add to the position, or hold both "
        "apart (hedge mode).",
    )
    duplicate_hours: NotNegative = Field(
        Decimal(3),
        le=8760,
        description="The same signal again within this time, in any channel, is a duplicate; 0: off.",
    )
    duplicate_percent: NotNegative = Field(
        Decimal(5), description="How far the levels of a duplicate may differ."
    )


class FollowUpsSection(Section):
    edits: Literal["ignore", "safer-only", "apply"] = Field(
        "safer-only", description="What an edit of a traded post may change."
    )
    deletions: Literal["ignore", "cancel-unfilled", "close"] = Field(
        "cancel-unfilled", description="What happens when a traded post is deleted."
    )
    close_fraction_default: Fraction = Field(
        Decimal("0.5"), description="How much `close a part` closes when no amount is named."
    )


class Profile(Section):
    """One channel's (or several channels') rules. `name` is the file's name, never a key."""

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

    @model_validator(mode="after")
    def _spot_has_no_hedge(self) -> Self:
        if self.market.product == "spot" and self.signals.same_symbol == "separate":
            raise ValueError(
                'signals.same_symbol "separate" needs hedge mode, which spot does not have'
            )
        return self
