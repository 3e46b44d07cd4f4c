"""Leverage and margin mode of the symbols that may come, ready before a post asks: its order is then one round trip."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from decimal import Decimal

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import VenueError
from tgbitget.journal.journal import Journal
from tgbitget.markets.directory import Directory, Found
from tgbitget.model.intent import MarginMode
from tgbitget.model.market import Market, Product
from tgbitget.model.money import NOTHING
from tgbitget.model.trade import Quote
from tgbitget.planning.planner import leverage
from tgbitget.profile import Profile
from tgbitget.venues.bitget import BitgetVenue

# Each costs up to three calls.
PREPARED_MAX = 30
PREPARED_DAYS = 30
BEGINS_SECONDS = 0.5
"""What a start asks comes first."""
ASKED_MAX = 10
"""Of the busiest contracts, where a profile allows all of them."""


class Preparing:
    """Sets what a profile names or has traded lately, and only asks of the busiest others: what nobody wants to trade stays
    as its owner has it, and costs a trade one call at most.

    *in_use* gives the symbols of trades that stand: theirs are not touched, for each trade sets its own.
    """

    def __init__(
        self,
        venue: BitgetVenue,
        journal: Journal,
        clock: Clock,
        *,
        directory: Directory,
        profiles: Sequence[Profile],
        in_use: Callable[[], Collection[str]],
    ) -> None:
        self._venue = venue
        self._journal = journal
        self._clock = clock
        self._directory = directory
        self._profiles = [p for p in profiles if Product(p.market.product) is Product.USDT_FUTURES]
        self._in_use = in_use

    async def run(self) -> None:
        """Once, beside everything else; a post that comes first prepares its own symbol."""
        await self._clock.sleep(BEGINS_SECONDS)
        expected = self._expected()
        try:
            held = {position.symbol for position in await self._venue.positions()}
            for market, profile in expected[:PREPARED_MAX]:
                if market.symbol not in {*held, *self._in_use()}:
                    await self._set(market, profile)
            for market in await self._busiest():
                if market.symbol not in {*held, *self._in_use()}:
                    await self._venue.learn_setting(market)
        except VenueError as e:
            logger.warning("Not all symbols could be prepared: {}", e)

    async def _set(self, market: Market, profile: Profile) -> None:
        try:
            await self._venue.prepare(
                market,
                leverage=leverage(None, section=profile.leverage, market=market),
                mode=MarginMode(profile.leverage.margin_mode),
            )
        except VenueError as e:
            logger.warning("{} could not be prepared: {}", market.id, e)

    def _expected(self) -> list[tuple[Market, Profile]]:
        """Of each profile: what it allows by name, and what was traded with it lately."""
        since = self._clock.now() - timedelta(days=PREPARED_DAYS)
        found: dict[str, tuple[Market, Profile]] = {}
        for profile in self._profiles:
            for name in profile.market.allow:
                answer = self._directory.resolve(
                    name, quote=profile.market.quote, product=Product(profile.market.product)
                )
                if isinstance(answer, Found):
                    found.setdefault(answer.market.symbol, (answer.market, profile))
            for decision in reversed(self._journal.recent_decisions(since)):
                if decision.plan is not None and decision.profile == profile.name:
                    found.setdefault(decision.plan.market.symbol, (decision.plan.market, profile))
        return list(found.values())

    async def _busiest(self) -> list[Market]:
        """By what was turned over in a day; none where every profile names what it trades."""
        quotes_wanted = {p.market.quote for p in self._profiles if not p.market.allow}
        if not quotes_wanted:
            return []
        quotes = await self._venue.quotes()
        listed = [
            market
            for market in self._directory.markets
            if market.product is Product.USDT_FUTURES
            and market.quote in quotes_wanted
            and market.active
        ]
        by_turnover = sorted(listed, key=lambda m: _turnover(quotes.get(m.symbol)), reverse=True)
        return by_turnover[:ASKED_MAX]


def _turnover(quote: Quote | None) -> Decimal:
    return NOTHING if quote is None or quote.turnover_24h is None else quote.turnover_24h
