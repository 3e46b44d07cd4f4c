"""Posts as channels write them, made up by us and the same for a seed: what a day's traffic is made of.

Six of ten posts are talk, and of the rest as many boast and follow up as there are set-ups and a few more. Coins, prices
and counts differ from post to post, as nobody posts the same trade twice.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from tgbitget.bench.phrases import BOASTS, COINS, FOLLOW_UPS, SETUPS, TALK

SHARES: Final[Mapping[str, int]] = {"talk": 59, "boast": 15, "follow-up": 15, "set-up": 11}
"""Of a hundred posts."""

_SENTENCES: Final = (1, 1, 2, 2, 3)
_DIGITS: Final = 5


def traffic(count: int, *, seed: int = 0) -> list[tuple[str, str]]:
    """*count* posts of a channel's day, each with its kind."""
    rng = Random(seed)  # noqa: S311 - posts for a measurement, no secret
    kinds = rng.choices(list(SHARES), list(SHARES.values()), k=count)
    return [(kind, _WRITERS[kind](rng)) for kind in kinds]


def talk(rng: Random) -> str:
    """Opinion, news, adverts, education, small talk: a few sentences."""
    sentences = rng.sample(TALK, rng.choice(_SENTENCES))
    return _filled(rng.choice(("\n", " ", "\n\n")).join(sentences), rng)


def boast(rng: Random) -> str:
    return _filled(rng.choice(BOASTS), rng)


def follow_up(rng: Random) -> str:
    return _filled(rng.choice(FOLLOW_UPS), rng)


def set_up(rng: Random) -> str:
    return _filled(rng.choice(SETUPS), rng)


_WRITERS: Final[Mapping[str, Callable[[Random], str]]] = {
    "talk": talk,
    "boast": boast,
    "follow-up": follow_up,
    "set-up": set_up,
}


def _filled(form: str, rng: Random) -> str:
    """*form* with its slots filled: a coin, a percent, a leverage, and prices on the right sides of the entry."""
    price = round(10 ** rng.uniform(-3, 4.8), _DIGITS)
    way = -1 if "{short}" in form else 1

    def at(percent: float) -> str:
        # Five digits that count, as a chart shows them, and never `1e-05`.
        value = price * (1 + way * percent / 100)
        return f"{value:.{max(0, _DIGITS - len(str(int(value))))}f}"

    steps = [rng.uniform(1, 3) * n for n in range(1, 7)]
    return form.format(
        coin=rng.choice(COINS),
        other=rng.choice(COINS),
        short="",
        price=at(0),
        low=at(-rng.uniform(0.4, 1.4)),
        stop=at(-rng.uniform(3, 6)),
        lev=rng.choice((3, 5, 10, 20, 25, 50)),
        percent=rng.randint(5, 240),
        count=rng.randint(2, 60),
        n=rng.randint(1, 4),
        **{f"t{n}": at(step) for n, step in enumerate(steps, start=1)},
    )
