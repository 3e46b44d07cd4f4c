"""How an amount is shared among entries or targets. Exact: the parts add up to the whole, no lot is lost."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

Split = str | tuple[Decimal, ...]
"""A name (`even`, `one`, `two`, `three`, `fifty-first`, `skip-first`, `decreasing`, `increasing`) or percentages."""

Weights = tuple[Fraction, ...]
"""One for each part, none below 0, together 1."""

_FIRST_ONLY = {"one": 1, "two": 2, "three": 3}
_HALF = Fraction(1, 2)
_WHOLE = Decimal(100)
_CENT = Decimal("0.01")


@cache
def weights(split: Split, parts: int) -> Weights:
    """The share of each of *parts* (at least 1).

    Where there are fewer parts than the split speaks of, those that exist share all of it; where there are more, the
    rest get nothing. `decreasing` halves from each to the next: 8/15, 4/15, 2/15, 1/15 for four.
    """
    assert parts >= 1, f"nothing to split among, was {parts}"
    raw = _named(split, parts) if isinstance(split, str) else _given(split, parts)
    total = sum(raw, Fraction(0))
    return tuple(share / total for share in raw)


@cache
def shares_percent(of: Weights) -> tuple[Decimal, ...]:
    """The weights as percentages with two places that add up to exactly 100."""
    shares, shared, before = [], Fraction(0), Decimal(0)
    for weight in of:
        shared += weight
        up_to_here = _percent(shared)
        shares.append(up_to_here - before)
        before = up_to_here
    return tuple(shares)


def split_whole(total: int, of: Weights) -> tuple[int, ...]:
    """*total* steps in whole parts that add up to it.

    Each part is within one step of its exact share; the steps left over go where the most was cut off, the earlier
    part first.
    """
    exact = [weight * total for weight in of]
    parts = [int(share) for share in exact]
    by_loss = sorted(range(len(of)), key=lambda i: parts[i] - exact[i])
    for i in by_loss[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def hand_over(of: Weights, index: int) -> Weights:
    """The part at *index* goes to the neighbour that has less (the one before, if both have the same)."""
    assert len(of) > 1, "a single part has no neighbour"
    neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(of)]
    heir = min(neighbours, key=lambda i: of[i])
    grown = [weight + of[index] if i == heir else weight for i, weight in enumerate(of)]
    return tuple(weight for i, weight in enumerate(grown) if i != index)


def _named(split: str, parts: int) -> list[Fraction]:
    rest = parts - 1
    match split:
        case "even":
            return [Fraction(1)] * parts
        case "one" | "two" | "three":
            taking = min(_FIRST_ONLY[split], parts)
            return [Fraction(1)] * taking + [Fraction(0)] * (parts - taking)
        case "fifty-first":
            return [_HALF] + [_HALF / rest] * rest if rest else [Fraction(1)]
        case "skip-first":
            return [Fraction(0)] + [Fraction(1)] * rest if rest else [Fraction(1)]
        case "decreasing":
            return [_HALF**i for i in range(parts)]
        case "increasing":
            return [_HALF ** (rest - i) for i in range(parts)]
        case _:
            raise ValueError(f"no such split: {split!r}")


def _given(percentages: Sequence[Decimal], parts: int) -> list[Fraction]:
    named = [Fraction(share) for share in percentages[:parts]]
    return named + [Fraction(0)] * (parts - len(named))


def _percent(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator) * _WHOLE / Decimal(share.denominator)
    return exact.quantize(_CENT, ROUND_HALF_UP)
