"""What stands at the exchange for no trade of this database: told at the start, and left alone.

Whose it is, its client id says. One of ours that no trade here explains comes from a database that was lost, or has been
put back to an earlier day.
"""

from collections.abc import Collection, Iterable

from tgbitget.errors import VenueError
from tgbitget.model.event import Publish, Warned
from tgbitget.model.ids import ID_PREFIX
from tgbitget.model.market import short_symbol
from tgbitget.venues.venue import Venue

NAMED_MAX = 12  # in one sentence


async def tell_strangers(venue: Venue, standing: Collection[str], publish: Publish) -> None:
    """*standing* are the symbols with a trade of ours. A venue that does not answer is asked again by those who watch."""
    try:
        positions, stops, orders = (
            await venue.positions(),
            await venue.stops(),
            await venue.open_orders(),
        )
    except VenueError:
        return
    ids = [(stop.symbol, stop.client_oid) for stop in stops]
    ids += [(order.symbol, order.client_oid) for order in orders]
    ours = {symbol for symbol, oid in ids if str(oid or "").startswith(ID_PREFIX)} - set(standing)
    foreign = {position.symbol for position in positions} - ours - set(standing)
    if ours:
        text = (
            f"{_names(ours)}: orders of ours stand there that this database does not know; was an older one put back? "
            "They are left as they are, with their stops; look at them at the exchange"
        )
        publish(Warned(text=text, is_urgent=True))
    if foreign:
        text = f"{_names(foreign)}: a position that is not ours; it is left alone, and gets no new trades beside it"
        publish(Warned(text=text))


def _names(symbols: Iterable[str]) -> str:
    names = sorted({short_symbol(symbol) for symbol in symbols})
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return ", ".join(names[:NAMED_MAX]) + more
