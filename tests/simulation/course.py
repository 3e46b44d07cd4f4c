"""What people do in a run: the channels post, edit, answer and delete; the market moves; the owner's hand meddles."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from journeys.coin import Coin
from journeys.lines import Posted
from journeys.world import World, limit_long, market_long, zone_short
from tgbitget.simulators.telegram import Channel

LADDER = """#{coin}/USDT LONG
Entry 1: {first}
Entry 2: {second}
TP1: {tp1}
TP2: {tp2}
TP3: {tp3}
SL: {stop}
"""
MARKET_SHORT = """#{coin}/USDT SHORT
Entry: market
Targets: {tp1} - {tp2}
Stop Loss: {stop}
"""
FOLLOW_UPS = (
    "Close this trade now",
    "Close half",
    "Move stop loss to entry",
    "Cancel",
    "TP1 hit",
)
TALK = ("good morning", "Bitcoin looks strong today", "that was all, thanks for the likes")
MOVES = ("0.985", "0.993", "0.997", "1.003", "1.007", "1.015")
LEAPS = ("0.955", "0.968", "1.022", "1.043")

Tell = Callable[[str], None]


class Course:
    """Draws what happens next. `posts` are all signals with their coins, `posted` is all that was said."""

    def __init__(
        self, world: World, channels: list[Channel], coins: list[Coin], *, seed: int, tell: Tell
    ) -> None:
        self.dice = random.Random(f"course {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self.posts: list[tuple[Posted, Coin]] = []
        self.posted: list[Posted] = []
        self.deleted: set[str] = set()
        self._world = world
        self._channels = channels
        self._coins = coins
        self._tell = tell
        self._acts: dict[str, tuple[int, Callable[[], str | None]]] = {
            "signal": (24, self._signal),
            "price": (40, self._price),
            "follow-up": (12, self._follow_up),
            "edit": (7, self._edit),
            "delete": (4, self._delete),
            "talk": (5, self._talk),
            "hand": (4, self._hand),
            "liquidity": (4, self._liquidity),
        }

    def act(self) -> None:
        names = list(self._acts)
        name = self.dice.choices(names, weights=[self._acts[n][0] for n in names])[0]
        done = self._acts[name][1]()
        if done is not None:
            self._tell(f"{name}: {done}")

    def post(self, channel: Channel, text: str, **rest: Any) -> Posted:
        posted = self._world.post(text, channel=channel, **rest)
        self.posted.append(posted)
        return posted

    # acts

    def _signal(self) -> str:
        make, coin = self.dice.choice(SIGNALS), self.dice.choice(self._coins)
        return self.signal(make, coin, self.dice.choice(self._channels))

    def signal(self, make: Callable[[Coin], str], coin: Coin, channel: Channel) -> str:
        """A new one, around the price of now."""
        post = self.post(channel, make(_now(coin)))
        self.posts.append((post, coin))
        return f"{post.signal} {make.__name__} {coin.base}"

    def _price(self) -> str:
        coin = self.dice.choice(self._coins)
        times = self.dice.choice(LEAPS if self.dice.random() < 0.25 else MOVES)
        _now(coin).moves(times)
        return f"{coin.base} times {times} to {_now(coin).began}"

    def _follow_up(self) -> str | None:
        if not self.posts:
            return None
        post, _ = self.dice.choice(self.posts)
        words = self.dice.choice(FOLLOW_UPS)
        answer = self.post(post.channel, words, reply_to=post.id)
        return f"{answer.signal} to {post.signal}: {words}"

    def _edit(self) -> str | None:
        if not self.posts:
            return None
        post, coin = self.dice.choice(self.posts)
        standing = {m.id: m.text for m in post.channel.messages}
        text = limit_long(coin, stop=self.dice.choice(("0.962", "0.97", "0.93")))
        if standing.get(post.id) in (None, text):
            return None
        post.channel.edit(post.id, text)
        return post.signal

    def _delete(self) -> str | None:
        standing = [(p, c) for p, c in self.posts if any(m.id == p.id for m in p.channel.messages)]
        if len(standing) < 2:
            return None
        post, _ = self.dice.choice(standing)
        post.channel.delete(post.id)
        self.deleted.add(post.signal)
        return post.signal

    def _talk(self) -> str:
        return self.post(self.dice.choice(self._channels), self.dice.choice(TALK)).signal

    def _hand(self) -> str | None:
        held = [coin for coin in self._coins if coin.size]
        if not held:
            return None
        coin, hand = self.dice.choice(held), self._world.bitget.by_hand
        if self.dice.random() < 0.6:
            hand.drop_stops(coin.symbol)
            return f"the stops of {coin.base} are cancelled"
        hand.close(coin.symbol)
        return f"{coin.base} is closed"

    def _liquidity(self) -> str:
        coin = self.dice.choice(self._coins)
        price = _now(coin).began
        size = self.dice.choice((None, None, (Decimal(60) / price)))
        if size is not None:
            size = size.quantize(self._world.bitget.exchange.desk.contracts[coin.symbol].step)
        self._world.bitget.exchange.set_liquidity(coin.symbol, size or None)
        return f"{coin.base} trades {size or 'anything'}"


def _now(coin: Coin) -> Coin:
    """Beginning at the price of now."""
    return Coin(coin.bitget, coin.base, coin.bitget.exchange.desk.tapes[coin.symbol].last)


def ladder_long(coin: Coin) -> str:
    levels = {
        "first": "0.995",
        "second": "0.985",
        "tp1": "1.015",
        "tp2": "1.03",
        "tp3": "1.05",
        "stop": "0.965",
    }
    return LADDER.format(coin=coin.base, **{name: coin.at(times) for name, times in levels.items()})


def market_short(coin: Coin) -> str:
    return MARKET_SHORT.format(
        coin=coin.base, tp1=coin.at("0.985"), tp2=coin.at("0.97"), stop=coin.at("1.025")
    )


SIGNALS = (market_long, market_long, limit_long, zone_short, ladder_long, market_short)
