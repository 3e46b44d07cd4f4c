"""`markets sync`: ask the venue for its markets, keep them in HOME, say what changed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tgbitget.clock import Clock
from tgbitget.errors import VenueUnreachable
from tgbitget.markets.cache import CachedMarkets, save
from tgbitget.model.market import Market, Product

FetchMarkets = Callable[[], Awaitable[Sequence[Market]]]
"""`Venue.markets`: VenueUnreachable and VenueThrottled pass through."""

Progress = Callable[[str], None]
"""Told each step as it begins, in words for a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A market that is not what it was: field, before, after."""

    market: Market
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """From one list of markets to the next. `delisted` are gone from it; a closed one is `changed` in `active`."""

    added: tuple[Market, ...] = ()
    changed: tuple[Change, ...] = ()
    delisted: tuple[Market, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.delisted)


def diff(old: Iterable[Market], new: Iterable[Market]) -> Changes:
    before, after = _by_key(old), _by_key(new)
    both = ((before[key], market) for key, market in after.items() if key in before)
    return Changes(
        added=tuple(market for key, market in after.items() if key not in before),
        changed=tuple(
            Change(market=now, fields=different)
            for was, now in both
            if (different := _different(was, now))
        ),
        delisted=tuple(market for key, market in before.items() if key not in after),
    )


async def sync(
    fetch: FetchMarkets, cache_path: Path, clock: Clock, progress: Progress, *, known: CachedMarkets
) -> tuple[CachedMarkets, Changes]:
    """Replace the cache with the venue's list; return it, and how it differs from *known*.

    When the venue cannot be asked, or answers with a list in which a whole product is missing, nothing is replaced:
    the error is the venue's, or VenueUnreachable. OSError when the file cannot be written.
    """
    progress("asking the venue for its markets")
    markets = tuple(await fetch())
    for product in sorted({market.product for market in known.markets}):
        if not any(market.product is product for market in markets):
            raise VenueUnreachable(
                f"the venue listed no {Product(product)} markets; the cache stays as it was"
            )
    synced = CachedMarkets(markets=markets, as_of=clock.now(), source="cache")
    progress(f"writing {len(markets)} markets to {cache_path}")
    await asyncio.to_thread(save, cache_path, synced)
    return synced, diff(known.markets, markets)


def _by_key(markets: Iterable[Market]) -> dict[tuple[Product, str], Market]:
    return {(market.product, market.id): market for market in markets}


def _different(was: Market, now: Market) -> tuple[tuple[str, Any, Any], ...]:
    pairs = (
        (field.name, getattr(was, field.name), getattr(now, field.name)) for field in fields(Market)
    )
    return tuple((name, before, after) for name, before, after in pairs if before != after)
