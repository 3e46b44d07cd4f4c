"""What the chaos of real processes stands on: points that exist, and a comparison that sees what is lost or doubled."""

import inspect
from dataclasses import replace
from decimal import Decimal

import pytest

from simulation.chaos import Seen, differences
from simulation.struck import PLACES

CALM = Seen(entries={"tg1": ("SOL", "buy", Decimal("0.4")), "tg2": ("ETH", "buy", Decimal("0.02"))})


@pytest.mark.parametrize("place", PLACES)
def test_a_named_point_lies_on_a_path(place: str) -> None:
    owner, name = PLACES[place]
    assert inspect.iscoroutinefunction(getattr(owner, name))


@pytest.mark.parametrize(
    ("killed", "told"),
    [
        pytest.param(CALM, [], id="the same"),
        pytest.param(
            replace(CALM, entries={"tg1": CALM.entries["tg1"]}), ["lost: tg2"], id="an entry lost"
        ),
        pytest.param(
            replace(CALM, entries={**CALM.entries, "tg3": CALM.entries["tg1"]}),
            ["more: tg3"],
            id="an entry more",
        ),
        pytest.param(
            replace(CALM, entries={**CALM.entries, "tg2": ("ETH", "buy", Decimal("0.04"))}),
            ["other: tg2"],
            id="another amount",
        ),
        pytest.param(replace(CALM, sent_twice=["tg1"]), ["sent twice: tg1"], id="doubled"),
        pytest.param(replace(CALM, left=["SOL"]), ["left over: SOL"], id="left at the exchange"),
        pytest.param(
            replace(CALM, undecided=["-1001/7"]), ["without one outcome: -1001/7"], id="no outcome"
        ),
    ],
)
def test_a_difference_is_named(killed: Seen, told: list[str]) -> None:
    assert differences(CALM, killed) == told
