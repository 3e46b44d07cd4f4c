"""Coins and quotes as posts write them: `#BTC/USDT`, `1000PEPEUSDT.P`, `$4USDT`. Which of them is a market, others know."""

import re
from dataclasses import dataclass
from typing import Final

_GLUED_PAIR_MIN: Final = 5
"""`ETHBTC` is a pair quoted in bitcoin; `WBTC` is a coin."""
QUOTES_TRADED: Final = frozenset({"USDT", "USDC", "USD"})

_COIN_LETTERS = "A-Za-z0-9АВЕКМНОРСТУХІЅ"
_FOLD = str.maketrans("АВЕКМНОРСТУХІЅаеорсухі", "ABEKMHOPCTYXISaeopcyxi")
_SUFFIX = r"(?:\.P\b|[ -]?PERP\b|_UMCBL\b|-SWAP\b|:USDT\b)?"
_END = rf"(?![{_COIN_LETTERS}])"
_SIDE_GLUED = r"(?=SELL|BUY|LONG|SHORT)"

PAIR: Final = (
    rf"(?<![{_COIN_LETTERS}_.,а-яё])[#$]?(?P<base>[{_COIN_LETTERS}]{{1,20}}) {{0,2}}[/_-] {{0,2}}"
    rf"(?P<quote>(?i:USDT|USDC|USD)|BUSD|FDUSD|BTC|ETH|BNB|EUR|GBP|JPY|TRY|PERP){_SUFFIX}{_END}"
)
GLUED: Final = (
    rf"(?<![{_COIN_LETTERS}_.,а-яё])(?:(?P<prefixed>[#$][{_COIN_LETTERS}]{{1,20}}?)(?P<quote1>(?i:USDT|USDC|USD))"
    rf"|(?P<bare>(?=\d*[A-Za-zА-Я])[{_COIN_LETTERS}]{{1,20}}?)(?P<quote2>USDT|USDC|USD|usdt))"
    rf"{_SUFFIX}(?:{_END}|{_SIDE_GLUED})"
)
TAG: Final = rf"(?<![{_COIN_LETTERS}_а-яё])[#$](?=\d*[A-Za-zА-Я])(?P<tag>[{_COIN_LETTERS}]{{1,20}}){_SUFFIX}(?![{_COIN_LETTERS}_а-яёА-ЯЁ])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A coin and, where it was written, its quote."""

    base: str
    quote: str | None = None


def name_of(base: str, quote: str | None) -> Name | None:
    """Letters that only look Latin are folded; what is left with others is no name."""
    folded = base.strip("#$").translate(_FOLD).upper()
    if not folded.isascii() or not folded.isalnum():
        return None
    if quote is None and folded.endswith("BTC") and len(folded) > _GLUED_PAIR_MIN:
        return Name(base=folded.removesuffix("BTC"), quote="BTC")
    return Name(base=folded, quote=quote.upper() if quote else None)


_WRITTEN = re.compile(
    r"[#$]?(?P<base>[A-Z0-9]{1,20}?)(?:[/_-]?(?P<quote>USDT|USDC|USD|BTC|ETH|EUR)(?:\.P|PERP|[-_]PERP|_UMCBL|-SWAP|:USDT)?)?",
    re.IGNORECASE,
)


def name_in(written: str) -> Name | None:
    """A field that holds nothing but a name: `BTCUSDT`, `btc/usdt`, `$BTC`, `1000PEPE`."""
    found = _WRITTEN.fullmatch(written.strip().translate(_FOLD))
    return None if found is None else name_of(found["base"], found["quote"])
