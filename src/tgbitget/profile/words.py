"""What a value of a profile may be: exact numbers, shares, distances, and the words instead of them."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tgbitget.model.money import Percent, exact

AMOUNT_MAX = (
    Decimal(10) ** 12
)  # no account holds more; an exponent must not become a page of digits
AMOUNT_MIN = Decimal(10) ** -12
SPLIT_PARTS_MAX = 20  # as many as a plan may have legs
TRAIL_PERCENT_MAX = 10  # Bitget's documented bound of a callback rate
TRAIL_PERCENT_STEP = Decimal("0.01")  # as many places as its own pages take

SPLITS = (
    "even",
    "one",
    "two",
    "three",
    "fifty-first",
    "skip-first",
    "decreasing",
    "increasing",
)
SplitName = Literal[
    "even", "one", "two", "three", "fifty-first", "skip-first", "decreasing", "increasing"
]

_WHOLE = Decimal(100)
_ID_BOUND = 10**20  # Telegram's ids have 64 bits
_USERNAME = re.compile(r"@?([A-Za-z][A-Za-z0-9_]{2,63})")
_LINK = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?([A-Za-z][A-Za-z0-9_]{2,63})(?:/\d+)?/?(?:\?.*)?"
)
_PRIVATE_LINK = re.compile(r"(?:https?://)?(?:t\.me|telegram\.me)/c/(\d{1,19})(?:/\d+)*/?(?:\?.*)?")
_NUMERIC = re.compile(r"-?[0-9]{1,20}")
_COIN = re.compile(r"[^\W_]{1,30}")  # some contracts have Chinese names


def number(value: Any) -> Any:
    """An exact decimal, bare or in quotes; everything else is refused in words."""
    if isinstance(value, str):
        try:
            value = Decimal(value.strip())
        except ArithmeticError:
            raise ValueError(f"expected a number, was {shown(value)}") from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"expected a number, was {shown(value)}")  # noqa: TRY004 -- pydantic turns only ValueError into a fault of the key
    decimal = Decimal(value)
    if not decimal.is_finite() or (decimal and not AMOUNT_MIN <= abs(decimal) <= AMOUNT_MAX):
        raise ValueError(f"expected a number of ordinary size, was {shown(value)}")
    return decimal


def whole(value: Any) -> Any:
    """A whole number; true and 1.5 are none."""
    exact_value = number(value)
    if exact_value != exact_value.to_integral_value():
        raise ValueError(f"expected a whole number, was {shown(value)}")
    return int(exact_value)


def off_or(value: Any) -> Any:
    """`off` is how a file says that a limit does not apply."""
    return None if value == "off" else value


def split(value: Any) -> Any:
    """A name, or percentages that add up to 100."""
    if isinstance(value, str) and value in SPLITS:
        return value
    if not isinstance(value, list):
        raise ValueError(  # noqa: TRY004 -- pydantic turns only ValueError into a fault of the key
            f"expected one of {', '.join(SPLITS)}, or a list of percentages, was {shown(value)}"
        )
    shares = [number(share) for share in value]
    if not 1 <= len(shares) <= SPLIT_PARTS_MAX:
        raise ValueError(f"expected 1 to {SPLIT_PARTS_MAX} percentages, was {len(shares)}")
    if any(share <= 0 for share in shares):
        raise ValueError(f"each percentage must be above 0, was {exact(min(shares))}")
    if sum(shares) != _WHOLE:
        raise ValueError(f"the percentages must add up to 100, was {exact(sum(shares))}")
    return shares


def all_or_count(value: Any) -> Any:
    """`all`, or how many; from 1."""
    if value == "all":
        return value
    try:
        counted = whole(value)
    except ValueError:
        raise ValueError(f'expected "all" or a whole number from 1, was {shown(value)}') from None
    if counted < 1:
        raise ValueError(f'expected "all" or a whole number from 1, was {counted}')
    return counted


def off_or_trail(value: Any) -> Any:
    """`off`, one distance in percent for every target, or a list of them, where 0 is none."""
    if value is None or value == "off":
        return None
    if not isinstance(value, list):
        return trail(value)
    if not 1 <= len(value) <= SPLIT_PARTS_MAX:
        raise ValueError(f"expected 1 to {SPLIT_PARTS_MAX} percentages, was {len(value)}")
    return [number(each) if number(each) == 0 else trail(each) for each in value]


def trail(value: Any) -> Decimal:
    """How far behind the best price an order of the exchange's own may follow, in percent."""
    percentage: Decimal = number(value)
    if not 0 < percentage <= TRAIL_PERCENT_MAX:
        raise ValueError(
            f"Bitget trails at more than 0 and at most {TRAIL_PERCENT_MAX} %, was {exact(percentage)}"
        )
    if percentage % TRAIL_PERCENT_STEP:
        raise ValueError(
            f"Bitget trails in steps of {TRAIL_PERCENT_STEP} %, was {exact(percentage)}"
        )
    return percentage


def auto_or_seconds(value: Any) -> Any:
    if value == "auto":
        return value
    seconds = number(value)
    if seconds != 0 and seconds < 1:
        raise ValueError(f'expected "auto", a number from 1, or 0 for never, was {shown(value)}')
    return seconds


def distance(value: Any) -> str:
    """`5%`: above 0 and below 100."""
    text = value.replace(" ", "") if isinstance(value, str) else ""
    try:
        is_distance = text.endswith("%") and 0 < Decimal(text[:-1]) < _WHOLE
    except ArithmeticError:
        is_distance = False
    if not is_distance:
        raise ValueError(f'expected a distance such as "5%", was {shown(value)}')
    return text


def refuse_or_distance(value: Any) -> Any:
    if value == "refuse":
        return value
    try:
        return distance(value)
    except ValueError:
        raise ValueError(
            f'expected "refuse" or a distance such as "5%", was {shown(value)}'
        ) from None


def target_or_distance(value: Any) -> Any:
    if isinstance(value, str) and not value.strip().isdigit():
        try:
            return distance(value)
        except ValueError:
            raise ValueError(
                f'expected a target\'s number or a distance such as "1.5%", was {shown(value)}'
            ) from None
    counted = whole(value)
    if not 1 <= counted <= SPLIT_PARTS_MAX:
        raise ValueError(f"a target's number is 1 to {SPLIT_PARTS_MAX}, was {counted}")
    return counted


def telegram_name(value: Any) -> str | int:
    """`@name` for a user name or link, a number for an id."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < abs(value) < _ID_BOUND:
        return value
    text = value.strip() if isinstance(value, str) else ""
    if _NUMERIC.fullmatch(text) and int(text):
        return int(text)
    if private := _PRIVATE_LINK.fullmatch(text):
        return int(f"-100{private[1]}")
    name = _LINK.fullmatch(text) or _USERNAME.fullmatch(text)
    if name is None:
        raise ValueError(f'expected "@name" or a numeric id, was {shown(value)}')
    return f"@{name[1]}"


def coin_name(value: str) -> str:
    coin = value.strip().upper()
    if not _COIN.fullmatch(coin):
        raise ValueError(f'expected a coin such as "BTC", was {shown(value)}')
    return coin


def percent(text: str) -> Percent:
    return Percent(value=Decimal(text.removesuffix("%")))


def shown(value: Any) -> str:
    """The value as the file writes it, shortened; a Decimal's digits are not written out when they are a page."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > AMOUNT_MAX:
        return f"a whole number of {value.bit_length()} bits"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.encode("unicode_escape").decode() if not text.isprintable() else text
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


SHOWN_MAX = 60  # an error is one line

Number = Annotated[Decimal, BeforeValidator(number)]
Positive = Annotated[Decimal, Field(gt=0), BeforeValidator(number)]
NotNegative = Annotated[Decimal, Field(ge=0), BeforeValidator(number)]
Percentage = Annotated[Decimal, Field(gt=0, le=100), BeforeValidator(number)]
Fraction = Annotated[Decimal, Field(gt=0, le=1), BeforeValidator(number)]
Whole = Annotated[int, BeforeValidator(whole)]
Split = Annotated[SplitName | tuple[Decimal, ...], BeforeValidator(split)]
Pace = Annotated[Literal["auto"] | Decimal, BeforeValidator(auto_or_seconds)]
MissingStop = Annotated[str, BeforeValidator(refuse_or_distance)]
StopTrigger = Annotated[int | str, BeforeValidator(target_or_distance)]
RestingMax = Annotated[Literal["all"] | int, BeforeValidator(all_or_count)]
Trail = Annotated[Decimal | list[Decimal] | None, BeforeValidator(off_or_trail)]
Limit = Annotated[Positive | None, BeforeValidator(off_or)]
CountLimit = Annotated[Whole | None, BeforeValidator(off_or)]
