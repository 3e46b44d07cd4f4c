"""What people, CCXT and the venue call one and the same coin. Pure text; whether it is listed is not known here."""

import re
import unicodedata

CCXT_NAMES = {
    "APX": "AstroPepeX",
    "BCHSV": "BSV",
    "DEGEN": "DegenReborn",
    "EVA": "Evadore",
    "JADE": "Jade Protocol",
    "OMNI": "omni",
    "TONCOIN": "TON",
    "XBT": "BTC",
}
"""Bases that CCXT 4.5.90 renames on Bitget, venue's name first; a test compares them with CCXT's own table."""

_SAME_COIN = ({"BTC", "XBT"}, {"TON", "TONCOIN"}, {"BSV", "BCHSV"})
"""Names of one coin on different venues. Asked only when the written one is not listed."""

_SUFFIX = re.compile(r"(?:[._-]?(?:UMCBL|DMCBL|CMCBL|SPBL|SWAP|PERP(?:ETUAL)?)|\.P)$")
_NO_LETTERS = re.compile(r"[\W_]+")

_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅԚԜ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # Cyrillic, Greek
    "ABEKMHOPCTYXIJSQW" + "ABEZHIKMNOPTYX",
)


def spellings(name: str) -> tuple[str, ...]:
    """How *name* may stand in the venue's list, the most literal first: `$btc-usdt.p` is `BTCUSDTP`, then `BTCUSDT`.

    Signs, separators and invisible characters are gone; look-alike letters are tried last.
    """
    bare = unicodedata.normalize("NFKC", name).upper().split(":")[0].strip()
    plain = (_letters(bare), _letters(_SUFFIX.sub("", bare)))
    return tuple(dict.fromkeys(text for text in (*plain, *map(_latin, plain)) if text))


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def _latin(text: str) -> str:
    """With Cyrillic and Greek capitals as the Latin ones that they look like."""
    return text.translate(_LOOK_ALIKES)


def ccxt_name(coin: str) -> str:
    """What CCXT calls the venue's coin in its symbols."""
    name = coin.upper()
    return CCXT_NAMES.get(name, name)


def other_names(coin: str) -> frozenset[str]:
    """The other names of this coin, never itself."""
    return frozenset(name for names in _SAME_COIN if coin in names for name in names - {coin})
