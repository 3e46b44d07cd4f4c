"""`doctor` in the account: hold mode, leverage and margin of the profiles' coins, plan orders, foreign positions."""

from collections.abc import AsyncIterator, Iterator, Sequence

from tgbitget.app.preflight import hold_mode_faults
from tgbitget.cli.check_sizes import sizes
from tgbitget.cli.findings import Finding, doubtful, good, not_fit, wrong
from tgbitget.errors import JournalError, VenueError
from tgbitget.journal.reader import Reader
from tgbitget.markets.directory import Directory, Found
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.market import Market, Product, short_symbol
from tgbitget.model.money import exact
from tgbitget.model.position import Account, VenuePosition
from tgbitget.planning.planner import leverage
from tgbitget.positions.spot_holdings import NO_COINS
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.holdings import Setting

# Each costs a request.
COINS_MAX = 10
TRADES_MAX = 1000


async def account(
    venue: BitgetVenue,
    held: Account,
    settings: Settings,
    profiles: Sequence[Profile],
    markets: Sequence[Market],
) -> AsyncIterator[Finding]:
    """The venue is open. VenueError where it stops answering."""
    on_spot = any(profile.market.product == "spot" for profile in profiles)
    on_contracts = not profiles or any(p.market.product != "spot" for p in profiles)
    coins = await venue.holdings()
    empty = ["futures"] if on_contracts and not held.equity else []
    empty += ["spot"] if on_spot and not coins.get("USDT", NO_COINS).total else []
    for name in empty:
        yield doubtful(
            "money",
            f"the {name} account is empty",
            why="no entry can be paid",
            do=f"move USDT to the {name} account",
        )
    for fault in hold_mode_faults(profiles, is_hedged=venue.is_hedged):
        yield not_fit(
            "hold mode",
            fault,
            why="two trades of one symbol would be one position",
            do="as it says",
        )
    yield await _plan_orders(venue, on_spot=on_spot)
    positions = await venue.positions()
    for finding in _foreign(positions, settings):
        yield finding
    quotes = await venue.quotes()
    for profile in profiles:
        async for finding in _coins(venue, profile, markets, positions):
            yield finding
        spot_equity = coins.get(profile.market.quote, NO_COINS).total
        equity = spot_equity if profile.market.product == "spot" else held.equity
        for finding in sizes(profile, markets, quotes, equity):
            yield finding


async def _plan_orders(venue: BitgetVenue, *, on_spot: bool) -> Finding:
    try:
        stops = await venue.stops()
        if on_spot:
            await venue.open_orders()  # stops are plan orders there, listed with all others
    except VenueError as e:
        return wrong(
            "plan orders",
            e,
            why="stops and targets are plan orders; without them nothing is guarded",
            do="see the key's rights at Bitget: futures orders and holdings",
        )
    return good("plan orders", f"can be asked for; {len(stops)} stops and targets are live")


def _foreign(positions: Sequence[VenuePosition], settings: Settings) -> Iterator[Finding]:
    ours = _our_symbols(settings)
    for position in positions:
        if (position.symbol, str(position.side)) not in ours:
            yield doubtful(
                "positions",
                f"{exact(position.amount)} {short_symbol(position.symbol)} {position.side} is not ours",
                why="signals of that symbol are refused (foreign_position), and nobody here guards it",
                do="close it, or leave it and expect no trades there",
            )


def _our_symbols(settings: Settings) -> set[tuple[str, str]]:
    try:
        with Reader(settings.database_file) as journal:
            return {(row["symbol"], row["side"]) for row in journal.positions(limit=TRADES_MAX)}
    except JournalError:
        return set()  # a broken one was told before; where there is none, nothing is ours


async def _coins(
    venue: BitgetVenue,
    profile: Profile,
    markets: Sequence[Market],
    positions: Sequence[VenuePosition],
) -> AsyncIterator[Finding]:
    """Of the coins that `allow` names."""
    if Product(profile.market.product) is not Product.USDT_FUTURES:
        return
    directory = Directory(markets, origin="")
    for name in profile.market.allow[:COINS_MAX]:
        about = f"{name} of {profile.name}"
        answer = directory.resolve(name, quote=profile.market.quote, product=Product.USDT_FUTURES)
        if not isinstance(answer, Found):
            yield doubtful(
                about,
                "there is no such contract in the list of markets",
                why="its signals are refused",
                do="tgbitget markets sync, or correct market.allow",
            )
            continue
        market = answer.market
        setting = await venue.setting(market)
        is_held = any(position.symbol == market.symbol for position in positions)
        yield _coin(about, market, profile, setting, is_held=is_held)


def _coin(
    about: str, market: Market, profile: Profile, setting: Setting, *, is_held: bool
) -> Finding:
    wanted = leverage(None, section=profile.leverage, market=market)
    mode = MarginMode(profile.leverage.margin_mode)
    has = setting.leverage(Side.LONG)
    is_so = setting.mode is mode and all(setting.leverage(side) == wanted for side in Side)
    told = f"{setting.mode or 'margin not told'} {'?' if has is None else exact(has)}x"
    want = f"{mode} {exact(wanted)}x"
    if profile.leverage.default > market.max_leverage:
        return doubtful(
            about,
            f"at most {exact(market.max_leverage)}x, the profile's default is {exact(profile.leverage.default)}x",
            why="the market's own maximum is used",
            do="lower leverage.default",
        )
    if is_so:
        return good(about, told)
    if is_held:
        return doubtful(
            about,
            f"is {told} and held, the profile wants {want}",
            why="Bitget changes neither while a position is open; entries there may be refused",
            do="close the position, or set the profile to what it has",
        )
    return good(about, f"{told}; it is set to {want} before the first entry")
