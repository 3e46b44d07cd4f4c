"""When trading is allowed, as an owner writes it: `mon-fri 08:00-20:00, sat 10:00-14:00`. In UTC."""

import re
from dataclasses import dataclass
from datetime import datetime

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_WINDOW = re.compile(
    rf"(?:(?P<first>{_DAY})(?:-(?P<last>{_DAY}))?\s*)?"
    r"(?:(?P<opens>\d{2}:\d{2})-(?P<closes>\d{2}:\d{2}))?"
)
_WINDOWS_MAX = 20
_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 24 * _MINUTES_PER_HOUR
_DAYS_PER_WEEK = len(_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From *opens* to *closes*, in minutes of a day; one that closes no later than it opens ends on the next day."""

    days: frozenset[int]  # Monday is 0
    opens: int = 0
    closes: int = _MINUTES_PER_DAY

    def holds(self, moment: datetime) -> bool:
        day, minute = moment.weekday(), moment.hour * _MINUTES_PER_HOUR + moment.minute
        if self.opens < self.closes:
            return day in self.days and self.opens <= minute < self.closes
        began_yesterday = (day - 1) % _DAYS_PER_WEEK in self.days and minute < self.closes
        return began_yesterday or (day in self.days and minute >= self.opens)


def windows(text: str) -> tuple[Window, ...]:
    """ValueError names the part that is no window. A part without days holds every day, one without hours all day."""
    parts = [part.strip() for part in text.lower().split(",")]
    if len(parts) > _WINDOWS_MAX:
        raise ValueError(f"expected at most {_WINDOWS_MAX} windows, was {len(parts)}")
    return tuple(_window(part) for part in parts)


def is_open(text: str, moment: datetime) -> bool:
    """Whether *moment* (UTC) lies in one of the windows of *text*."""
    return any(window.holds(moment) for window in windows(text))


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part)
    if not part or found is None:
        raise ValueError(f'expected a window such as "mon-fri 08:00-20:00", was "{part[:40]}"')
    days = _days(found["first"], found["last"])
    if found["opens"] is None:
        return Window(days=days)
    return Window(days=days, opens=_minutes(found["opens"]), closes=_minutes(found["closes"]))


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(_DAYS_PER_WEEK))
    start = _DAYS.index(first)
    length = (_DAYS.index(last) - start) % _DAYS_PER_WEEK if last else 0
    return frozenset((start + n) % _DAYS_PER_WEEK for n in range(length + 1))


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    at = int(hours) * _MINUTES_PER_HOUR + int(minutes)
    if int(minutes) >= _MINUTES_PER_HOUR or at > _MINUTES_PER_DAY:
        raise ValueError(f'expected a time from "00:00" to "24:00", was "{text}"')
    return at
