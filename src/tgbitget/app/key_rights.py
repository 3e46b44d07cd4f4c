"""What the API key may do that no trade needs, and from where: what keeps it from trading real money."""

from collections.abc import Iterator
from dataclasses import dataclass

from tgbitget.model.market import Product
from tgbitget.settings import BitgetSettings
from tgbitget.venues.identity import Who

ORDERS = {Product.USDT_FUTURES: "coow", Product.SPOT: "stow"}
"""The right to place orders on each market, in Bitget's words."""

# Bitget's names of rights, and ours.
_RIGHTS = {"wwow": "withdraw", "wtow": "transfer", "chow": "sub-accounts"}
_PEER_TO_PEER = "p2p"
_WORDS = {
    "withdraw": "withdraw",
    "transfer": "transfer between accounts",
    "sub-accounts": "manage sub-accounts",
    "peer-to-peer": "trade peer to peer",
}


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
            what=f"the API key may {_WORDS[right]}",
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
    """In our words, each once."""
    found = [_RIGHTS[name] for name in who.permissions if name in _RIGHTS]
    found += ["peer-to-peer" for name in who.permissions if name.startswith(_PEER_TO_PEER)]
    return tuple(dict.fromkeys(found))
