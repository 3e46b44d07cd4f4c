"""What is posted, changed, and where prices go: drawn from a seed alone, so that two runs hear the very same."""

import random
from dataclasses import dataclass, field
from enum import StrEnum

CHANNELS = 3
OPEN_MAX = 10
COINS = 32
EARLY = 2
"""A trade stands for so many rounds before its end is drawn."""

TALK = (
    "good morning",
    "Bitcoin looks strong today",
    "new highs soon, stay patient",
    "that was all, thanks for the likes",
    "what a week! 12 winners, 3 losers",
)
WORDS = ("Move stop loss to entry", "Close half", "TP1 hit", "Cancel", "nice one")
ENDING_WORDS = ("Close this trade now", "Cancel")


class Form(StrEnum):
    """How an entry is posted."""

    MARKET = "market"
    LIMIT = "limit"
    ZONE = "zone"
    SHORT = "short"

    @property
    def is_long(self) -> bool:
        return self in (Form.MARKET, Form.LIMIT)


@dataclass(frozen=True, slots=True)
class Move:
    """The price of the coin of this signal."""

    ref: int
    times: str


@dataclass(frozen=True, slots=True)
class Say:
    """A post. `ref` is its number; `to` what it answers; `form` and `coin` only of a signal."""

    ref: int
    channel: int
    text: str = ""
    to: int | None = None
    form: Form | None = None
    coin: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    ref: int


@dataclass(frozen=True, slots=True)
class Delete:
    ref: int
    at_once: bool = False


Act = Move | Say | Edit | Delete


@dataclass(slots=True)
class Round:
    """What happens between two looks at everything; `over` are the signals whose trades must have ended by then."""

    acts: list[Act] = field(default_factory=list)
    over: list[int] = field(default_factory=list)

    @property
    def posts(self) -> int:
        return sum(isinstance(act, Say) for act in self.acts)


@dataclass(slots=True)
class _Trade:
    say: Say
    born: int
    is_deleted: bool = False
    is_edited: bool = False


class Script:
    """`posts` of them in `rounds` rounds."""

    def __init__(self, *, seed: int, posts: int, rounds: int) -> None:
        self._dice = random.Random(f"script {seed}")  # noqa: S311 -- to be drawn again, not to be secret
        self._next = 0
        self._trades: list[_Trade] = []
        self._free = list(range(COINS))
        shares = [posts // rounds + (n < posts % rounds) for n in range(rounds)]
        self.rounds = [self._round(n, share) for n, share in enumerate(shares)]
        self.rounds.append(self._last())

    @property
    def posts(self) -> int:
        return sum(each.posts for each in self.rounds)

    def _round(self, number: int, posts: int) -> Round:
        round_, dice = Round(), self._dice
        standing = [t for t in self._trades if t.born < number]
        for trade in standing:
            if number - trade.born > EARLY and dice.random() < 0.5:
                self._end(trade, round_, posts)
            elif dice.random() < 0.3:
                round_.acts.append(
                    Move(trade.say.ref, dice.choice(("0.992", "0.997", "1.003", "1.008")))
                )
        alive = [t for t in standing if t in self._trades]
        while round_.posts < posts:
            round_.acts.append(self._say(number, alive))
        self._regret(round_)
        for trade in alive:
            if not trade.is_deleted and not trade.is_edited and dice.random() < 0.07:
                trade.is_edited = True
                round_.acts.append(Edit(trade.say.ref))
            elif not trade.is_deleted and dice.random() < 0.04:
                trade.is_deleted = True
                round_.acts.append(Delete(trade.say.ref))
        self._free += [t.say.coin for t in standing if t not in self._trades]
        return round_

    def _say(self, number: int, alive: list[_Trade]) -> Say:
        dice, ref = self._dice, self._next
        self._next += 1
        kind = dice.random()
        if kind < 0.4 and len(self._trades) < OPEN_MAX and self._free:
            coin = self._free.pop(0)  # the one that has stood still for longest: its price is known
            say = Say(ref, dice.randrange(CHANNELS), form=dice.choice(list(Form)), coin=coin)
            self._trades.append(_Trade(say, number))
            return say
        answered = [t for t in alive if not t.is_deleted]
        if kind < 0.75 and answered:
            trade = dice.choice(answered)
            return Say(ref, trade.say.channel, dice.choice(WORDS), to=trade.say.ref)
        return Say(ref, dice.randrange(CHANNELS), dice.choice(TALK))

    def _regret(self, round_: Round) -> None:
        """Some posts are gone before anybody may have read them."""
        for say in [act for act in round_.acts if isinstance(act, Say)]:
            if self._dice.random() < 0.03 and say.text not in ENDING_WORDS:
                round_.acts.append(Delete(say.ref, at_once=True))
                for trade in self._trades:
                    trade.is_deleted |= trade.say.ref == say.ref

    def _end(self, trade: _Trade, round_: Round, posts: int) -> None:
        self._trades.remove(trade)
        round_.over.append(trade.say.ref)
        if not trade.is_deleted and self._dice.random() < 0.4 and round_.posts + 2 <= posts:
            for words in ENDING_WORDS:
                round_.acts.append(Say(self._next, trade.say.channel, words, to=trade.say.ref))
                self._next += 1
            return
        # Far through its stop, or through all of its targets, which ends what rests too.
        down, up = Move(trade.say.ref, "0.9"), Move(trade.say.ref, "1.1")
        stopped, won = (down, up) if trade.say.form and trade.say.form.is_long else (up, down)
        round_.acts.append(stopped if trade.is_deleted or self._dice.random() < 0.5 else won)

    def _last(self) -> Round:
        last = Round()
        for trade in list(self._trades):
            self._trades.remove(trade)
            last.over.append(trade.say.ref)
            last.acts.append(
                Move(trade.say.ref, "0.9" if trade.say.form and trade.say.form.is_long else "1.1")
            )
        return last
