"""What the API key may do that no trade needs, and from where: what keeps it from trading real money."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tgbitget.model.market import Product
from tgbitget.settings import BitgetSettings
from tgbitget.settings.machine import OTHER_RIGHT
from tgbitget.venues.identity import Who

ORDERS = {Product.USDT_FUTURES: "coow", Product.SPOT: "stow"}
"""The right to place orders on each market, in Bitget's words."""

_TRADE = "trade"
# In Bitget's names; what is not among these is no right that we know to be harmless.
_READING = frozenset(
    {"readonly", "coor", "cpor", "stor", "smor", "ttor", "wtor", "taxr", "chor", "p2pr", "pllr"}
)
_TRADING = frozenset({_TRADE, "coow", "cpow", "stow", "smow", "ttow"})
_BESIDE = {
    "wwow": "withdraw",
    "wtow": "transfer",
    "chow": "sub-accounts",
    "p2p": "peer-to-peer",
    "p2pw": "peer-to-peer",
}
_WORDS = {
    "withdraw": "withdraw",
    "transfer": "transfer between accounts",
    "sub-accounts": "manage sub-accounts",
    "peer-to-peer": "trade peer to peer",
}
_NAME_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """`setting` is what the user would say to have it so; `is_allowed`: it was said."""

    about: str
    what: str
    why: str
    do: str
    setting: str
    is_allowed: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.do}, or say {self.setting}"


def dangers(who: Who, bitget: BitgetSettings) -> Iterator[Danger]:
    """Each with what to do. What the venue does not tell is no danger: its check could not be made."""
    for right in rights_beside_trading(who):
        yield Danger(
            about="permissions",
            what=f"the API key may {_in_words(right)}",
            why="whoever steals it can take the money out",
            do="make a key at Bitget that may only read and trade",
            setting=f"TGBITGET_BITGET__ALLOW_KEY_RIGHTS={right}",
            is_allowed=right in bitget.allowed_key_rights,
        )
    if who.addresses == ():
        yield Danger(
            about="addresses",
            what="the API key works from any address",
            why="whoever steals it can trade with it from anywhere, and be the other side of it on a thin market",
            do="bind the key at Bitget to this machine's address",
            setting="TGBITGET_BITGET__ALLOW_ANY_ADDRESS=yes",
            is_allowed=bitget.allow_any_address,
        )


def rights_beside_trading(who: Who) -> tuple[str, ...]:
    """In our words, `other:` and Bitget's name where we have none; each once."""
    names = [one for one in _names(who) if one not in _READING | _TRADING]
    found = [_BESIDE.get(one, OTHER_RIGHT + one[:_NAME_SHOWN_MAX]) for one in names]
    return tuple(dict.fromkeys(found))


def closed_markets(who: Who, products: Collection[Product]) -> Iterator[Product]:
    """Those of *products* where the key may place no order. None where Bitget does not tell its rights."""
    names = _names(who)
    for product in sorted(products):
        if names and _TRADE not in names and ORDERS[product] not in names:
            yield product


def _in_words(right: str) -> str:
    return (
        _WORDS.get(right) or f"do what tgbitget does not know ({right.removeprefix(OTHER_RIGHT)!r})"
    )


def _names(who: Who) -> list[str]:
    return [name.strip().lower() for name in who.permissions]
