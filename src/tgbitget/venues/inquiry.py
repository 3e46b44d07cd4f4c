"""Questions to Bitget: at our pace, on the query line, page by page where a list is longer than one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tgbitget.errors import VenueUnreachable
from tgbitget.venues import parse
from tgbitget.venues.ccxt_errors import CLOCK_IS_OFF, ORDER_NOT_FOUND
from tgbitget.venues.ccxt_line import Line, Row, ask, rows_of
from tgbitget.venues.pacing import Pacing

PAGE = 100  # Bitget's largest
SLICE = 50
PAGES_MAX = 20  # 2,000 rows; Bitget allows 400 open orders per product

S = TypeVar("S")
T = TypeVar("T")


class Inquiry:
    """`correct_time` learns the venue's time anew: a machine that slept asks at the wrong one."""

    def __init__(
        self, line: Line, pacing: Pacing, *, correct_time: Callable[[], Awaitable[None]]
    ) -> None:
        self._line = line
        self._pacing = pacing
        self.correct_time = correct_time

    async def __call__(self, name: str, params: Row | None = None) -> Any:
        """The `data` that the endpoint answers. VenueUnreachable, VenueThrottled, VenueLocked."""
        try:
            return await self._once(name, params)
        except VenueUnreachable as error:
            if error.code not in CLOCK_IS_OFF:
                raise
        await self.correct_time()
        return await self._once(name, params)

    async def _once(self, name: str, params: Row | None) -> Any:
        async with self._pacing.query(name):
            return await ask(getattr(self._line, name), params)

    async def find(self, name: str, params: Row) -> Any:
        """The `data`, or None where the venue says that there is no such order."""
        try:
            return await self(name, params)
        except VenueUnreachable as error:
            if error.code in ORDER_NOT_FOUND:
                return None
            raise

    async def pages(
        self,
        name: str,
        params: Row,
        *,
        keys: Sequence[str] = (),
        id_key: str = "orderId",
        is_enough: Callable[[Row], bool] = lambda _: False,
    ) -> tuple[Row, ...]:
        """All rows, newest first, until the list ends or *is_enough* says so of a page's last row."""
        found: dict[str, Row] = {}
        last: str | None = None
        for _ in range(PAGES_MAX):
            asked: dict[str, Any] = {**params, "limit": str(PAGE)}
            if last is not None:
                asked["idLessThan"] = last
            rows = rows_of(await self(name, asked), *keys)
            fresh = {str(row.get(id_key)): row for row in rows}
            is_news = bool(
                fresh.keys() - found.keys()
            )  # a venue that ignores the page repeats itself
            found |= fresh
            if len(rows) < PAGE or not is_news or is_enough(rows[-1]):
                break
            last = str(rows[-1].get(id_key))
        return tuple(found.values())


async def parsed_in_slices(parse_row: Callable[[Row], T], rows: Sequence[Row]) -> tuple[T, ...]:
    """As `parsed`, of a list so long that a post would have to wait for its end."""
    found: list[T] = []
    for start in range(0, len(rows), SLICE):
        found.extend(parsed(parse_row, rows[start : start + SLICE]))
        await asyncio.sleep(0)
    return tuple(found)


def readable(read: Callable[[S], T], answer: S) -> T:
    """What *read* makes of an answer; one that it cannot read is no answer. VenueUnreachable."""
    try:
        return read(answer)
    except (KeyError, TypeError, ArithmeticError, ValueError) as error:
        raise VenueUnreachable(f"Bitget's answer is not readable: {error!r}") from error


def parsed(parse_row: Callable[[Row], T], rows: Sequence[Row]) -> tuple[T, ...]:
    """A query's rows as values; one that cannot be read makes the whole answer unusable."""
    return readable(lambda every: parse.each(parse_row, every), rows)
