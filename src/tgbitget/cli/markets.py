"""`markets sync|list|show`: what can be traded, with its steps and bounds."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tgbitget.cli.options import AsJson

if TYPE_CHECKING:
    from tgbitget.markets.cache import CachedMarkets
    from tgbitget.markets.sync import Changes
    from tgbitget.model.market import Market
    from tgbitget.settings import Settings

markets = typer.Typer(help="What can be traded: fetch it, list it, show one.")

_NAMED_MAX = 12  # of a long list of new or gone markets


def add_to(app: typer.Typer) -> None:
    app.add_typer(markets, name="markets")


@markets.command()
def sync(context: typer.Context, as_json: AsJson = False) -> None:
    """Fetch the venue's list into HOME, and say what was added, changed, delisted."""
    from tgbitget.cli.start import begin, run_async
    from tgbitget.cli.tables import print_json

    settings = begin(context, as_json=as_json)
    synced, changes = run_async(_sync(settings, is_shown=not as_json))
    if as_json:
        print_json(
            {
                "markets": len(synced.markets),
                "added": [market.symbol for market in changes.added],
                "changed": [
                    _change_row(change.market, change.fields) for change in changes.changed
                ],
                "delisted": [market.symbol for market in changes.delisted],
            }
        )
        return
    for line in _sentences(synced, changes):
        print(line)


@markets.command("list")
def list_(
    context: typer.Context,
    product: Annotated[
        str | None, typer.Option(help="Only usdt-futures, or only spot.", metavar="PRODUCT")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All markets that are known here, and where that is from."""
    from tgbitget.app.catalogue import known_markets
    from tgbitget.cli.start import begin
    from tgbitget.cli.tables import print_rows
    from tgbitget.errors import BadInput
    from tgbitget.model.market import Product

    if product is not None and product not in list(Product):
        raise BadInput(f'--product: expected usdt-futures or spot, was "{product}"')
    cached = known_markets(begin(context, looks_only=True, as_json=as_json))
    rows = [_row(one) for one in cached.markets if product in (None, one.product)]
    headings = {
        "id": "Id",
        "symbol": "Symbol",
        "product": "Product",
        "tick": "Tick",
        "step": "Step",
        "min_notional": "Minimum",
        "max_leverage": "Leverage",
        "active": "Active",
    }
    print_rows(rows, headings, as_json=as_json)
    if not as_json:
        typer.echo(f"{len(rows)} markets, from the {cached.origin}", err=True)


@markets.command()
def show(
    context: typer.Context,
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="BTC, BTCUSDT, BTC/USDT …")],
    as_json: AsJson = False,
) -> None:
    """What a name means here: every market that it may be."""
    from tgbitget.app.catalogue import known_markets
    from tgbitget.cli.start import begin
    from tgbitget.cli.tables import print_json, print_pairs
    from tgbitget.errors import BadInput

    cached = known_markets(begin(context, looks_only=True, as_json=as_json))
    found, why_not = _meant(symbol, cached)
    if not found:
        raise BadInput(why_not)
    for number, market in enumerate(found):
        if as_json:
            print_json(_row(market))
            continue
        print("\n" if number else "", end="")
        print_pairs((name.replace("_", " "), _text(value)) for name, value in _row(market).items())


async def _sync(settings: "Settings", *, is_shown: bool) -> "tuple[CachedMarkets, Changes]":
    import sys

    from tgbitget.app.catalogue import known_markets
    from tgbitget.clock import SystemClock
    from tgbitget.errors import ConfigError
    from tgbitget.markets.sync import sync as fetch_and_keep
    from tgbitget.venues.ccxt_line import Addresses
    from tgbitget.venues.public import PublicBitget

    def tell(step: str) -> None:
        if is_shown:
            sys.stderr.write(f"{step} …\n")

    clock, file = SystemClock(), settings.markets_file
    addresses = Addresses(rest_url=settings.bitget.rest_url, ws_url=settings.bitget.ws_url)
    async with PublicBitget(clock=clock, addresses=addresses) as bitget:
        try:
            return await fetch_and_keep(
                bitget.markets, file, clock, tell, known=known_markets(settings)
            )
        except OSError as e:
            raise ConfigError(f"TGBITGET_HOME: cannot write {file}: {e.strerror}") from None


def _sentences(synced: "CachedMarkets", changes: "Changes") -> Iterator[str]:
    yield f"{len(synced.markets)} markets are known now."
    if changes.is_empty:
        yield "Nothing changed."
    if changes.added:
        yield f"Added ({len(changes.added)}): {_some(one.symbol for one in changes.added)}"
    for change in changes.changed:
        what = ", ".join(f"{name} {_text(was)} → {_text(now)}" for name, was, now in change.fields)
        yield f"Changed: {change.market.symbol}, {what}"
    if changes.delisted:
        yield f"Delisted ({len(changes.delisted)}): {_some(one.symbol for one in changes.delisted)}"


def _meant(name: str, cached: "CachedMarkets") -> "tuple[list[Market], str]":
    """The markets of each product that *name* may mean, or why there is none."""
    from tgbitget.markets.directory import Ambiguous, Directory, Found, UnknownName
    from tgbitget.model.market import Product

    directory = Directory(cached.markets, origin=cached.origin)
    exactly = directory.by_symbol(name)
    if exactly is not None:
        return [exactly], ""
    found: list[Market] = []
    why_not = ""
    for product in Product:
        match directory.resolve(name, quote="USDT", product=product):
            case Found(market=market):
                found.append(market)
            case Ambiguous(candidates=candidates):
                found.extend(candidates)
            case UnknownName(sentence=sentence):
                why_not = why_not or sentence
    return found, why_not


def _row(market: "Market") -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: _plain(getattr(market, field.name)) for field in fields(market)}


def _change_row(market: "Market", changed: Iterable[tuple[str, Any, Any]]) -> dict[str, Any]:
    was_now = {name: [_plain(was), _plain(now)] for name, was, now in changed}
    return {"symbol": market.symbol, "fields": was_now}


def _plain(value: Any) -> Any:
    from decimal import Decimal

    from tgbitget.model.money import exact

    return exact(value) if isinstance(value, Decimal) else value


def _text(value: Any) -> str:
    match _plain(value):
        case None:
            return "none"
        case bool() as is_so:
            return "yes" if is_so else "no"
        case plain:
            return str(plain)


def _some(symbols: Iterable[str]) -> str:
    named = list(symbols)
    rest = len(named) - _NAMED_MAX
    return ", ".join(named[:_NAMED_MAX]) + (f" and {rest} more" if rest > 0 else "")
