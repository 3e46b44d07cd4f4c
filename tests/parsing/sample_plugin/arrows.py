"""The shorthand of one channel: `▲ SOL 150 > 160 x 145` is a long from 150 to 160 with its stop at 145, `■ SOL` closes it."""

import re
from decimal import Decimal

from tgbitget.model.intent import ClosePosition, Entry, EntryKind, OpenPosition, Side
from tgbitget.model.money import Price
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading
from tgbitget.parsing.judgement import judged
from tgbitget.parsing.text import normalise
from tgbitget.profile import Profile

_PRICE = r"(\d{1,9}(?:\.\d{1,12})?)"
_OPEN = re.compile(rf"([▲▼]) ([A-Z0-9]{{1,15}}) {_PRICE} > {_PRICE} x {_PRICE}")
_CLOSE = re.compile(r"■ ([A-Z0-9]{1,15})")


class Arrows:
    def read(self, post: Post, /) -> Reading:
        text = normalise(post.text).clean.strip()
        if closed := _CLOSE.fullmatch(text):
            return Read(intent=ClosePosition(symbol=closed[1]), parser="arrows")
        if opened := _OPEN.fullmatch(text):
            entry, target, stop = (Price(Decimal(part)) for part in opened.groups()[2:])
            intent = OpenPosition(
                symbol=opened[2],
                side=Side.LONG if opened[1] == "▲" else Side.SHORT,
                entry=Entry(kind=EntryKind.LIMIT, prices=(entry,)),
                take_profits=(target,),
                stop_loss=stop,
            )
            return judged(intent, parser="arrows")
        return NotASignal(parser="arrows")


def make(profile: Profile, /) -> Arrows:
    return Arrows()
