"""Posts made to be slow: as long as Telegram allows, and full of what a reader might look at again and again."""

from collections.abc import Mapping
from typing import Final

_LENGTH: Final = 4_096


def _full(piece: str, head: str = "", tail: str = "") -> str:
    room = _LENGTH - len(head) - len(tail)
    return head + piece * (room // len(piece)) + tail


def _counted(form: str, count: int) -> str:
    return "".join(form.format(n=n) for n in range(count))


HARD_POSTS: Final[Mapping[str, str]] = {
    "one word": _full("a"),
    "one number": _full("1"),
    "capitals in turns": _full("aA"),
    "thousands": _full("100 "),
    "points": _full("1."),
    "slashes": _full("a/"),
    "tags": _full("#a"),
    "parentheses": _full("("),
    "apostrophes": _full("a'"),
    "spaces behind JSON": "{}" + " " * 4_000 + "x",
    "open JSON": '{"symbol":' + "[" * 4_000,
    "many keys": "{" + ",".join(f'"{n}":1' for n in range(450)) + "}",
    "marks on one letter": "a" + "\u0301\u0323" * 2_000,
    "ideographs": _full("止"),
    "Chinese stops": _full("止损"),
    "emoji": _full("🎯1 "),
    "verbs": _full("take "),
    "verbs and numbers": _full("1 ", head="close " * 44),
    "stops and numbers": _full("1 ", head="stop to " * 22),
    "labels alone": _full("entry\n"),
    "labels, then nothing": _full("\n", head="entry"),
    "blocks": "#BTC/USDT long\n" + _counted("Entry: 1,{n:03}\nTP: 2,{n:03}\nSL: 0,900\n", 100),
    "figures of two habits": "BTC long entry 1.500 tp " + _counted("1.{n:03},2 ", 400) + "sl 1.4",
    "numbered targets": "#BTC/USDT long\nentry 1.5\n" + _counted("TP{n}: 2.{n:03}\n", 300),
    "glued targets": "#BTC/USDT entry " + _counted("1.{n:03} ", 55) + _counted("TP9{n}.5 ", 350),
    "columns": "#BTC/USDT " + _counted("buy 1.{n:03} sell 1.9 ", 190),
    "strays": "#BTC/USDT long entry 1.5 tp 2 sl 1\n" + _counted("foo 1.{n:03}\n", 300),
    "coins": _counted("#A{n}B long ", 300) + "\nentry 1 tp 2 sl 0.5",
    "leverages": _full("20x ", tail=" BTC long entry 1 tp 2 sl 0.5"),
    "names in lines": _full("XYZZY\n"),
    "words": _full("hello world this is "),
    "bars": _full("|"),
    "template": _full("TP1=1 | ", head="SIGNAL | BTC | BUY | "),
}
