"""Leverage and margin mode of the symbols that may come, set before a post asks: its order is then one round trip."""

from collections.abc import Sequence
from datetime import timedelta

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import VenueError
from tgbitget.journal.journal import Journal
from tgbitget.markets.directory import Directory, Found
from tgbitget.model.intent import MarginMode
from tgbitget.model.market import Market, Product
from tgbitget.planning.planner import leverage
from tgbitget.profile import Profile
from tgbitget.venues.venue import Venue

# Each costs up to three calls.
PREPARED_MAX = 30
PREPARED_DAYS = 30


async def prepare(
    venue: Venue,
    journal: Journal,
    clock: Clock,
    directory: Directory,
    profiles: Sequence[Profile],
) -> None:
    """Leverage and margin mode of the symbols that may come, so that an order needs one round trip."""
    try:
        held = {position.symbol for position in await venue.positions()}
    except VenueError as e:
        logger.warning("Nothing could be prepared, for nobody says what is held: {}", e)
        return
    wanted = [
        pair
        for pair in _expected(journal, clock, directory, profiles)
        if pair[0].symbol not in held
    ]
    for market, profile in wanted[:PREPARED_MAX]:
        try:
            await venue.prepare(
                market,
                leverage=leverage(None, section=profile.leverage, market=market),
                mode=MarginMode(profile.leverage.margin_mode),
            )
        except VenueError as e:
            logger.warning("{} could not be prepared: {}", market.id, e)


def _expected(
    journal: Journal, clock: Clock, directory: Directory, profiles: Sequence[Profile]
) -> list[tuple[Market, Profile]]:
    """Of each profile: what it allows by name, and what was traded with it lately."""
    since = clock.now() - timedelta(days=PREPARED_DAYS)
    found: dict[str, tuple[Market, Profile]] = {}
    for profile in profiles:
        for name in profile.market.allow:
            answer = directory.resolve(
                name, quote=profile.market.quote, product=Product(profile.market.product)
            )
            if isinstance(answer, Found):
                found.setdefault(answer.market.symbol, (answer.market, profile))
        for decision in reversed(journal.recent_decisions(since)):
            if decision.plan is not None and decision.profile == profile.name:
                found.setdefault(decision.plan.market.symbol, (decision.plan.market, profile))
    return list(found.values())
