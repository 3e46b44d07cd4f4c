"""What an edit changed, in words."""

from decimal import Decimal
from typing import Any

import pytest

from tgbitget.model.edit import edit_words
from tgbitget.model.intent import ClosePosition, Entry, EntryKind, OpenPosition, Side
from tgbitget.model.money import Price
from tgbitget.model.reading import NotASignal, Read, Reading


def price(text: str) -> Price:
    return Price(Decimal(text))


def read(**changes: Any) -> Read:
    known: dict[str, Any] = {
        "symbol": "SOL",
        "side": Side.LONG,
        "entry": Entry(kind=EntryKind.LIMIT, prices=(price("142"),)),
        "stop_loss": price("137.74"),
        "take_profits": (price("144.84"), price("147.68")),
    }
    return Read(intent=OpenPosition(**{**known, **changes}), parser="freeform")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"stop_loss": price("139.1")}, ("stop from 137.74 to 139.1",), id="stop"),
        pytest.param({"stop_loss": None}, ("stop from 137.74 to none",), id="stop gone"),
        pytest.param(
            {"take_profits": (price("146"),), "leverage": Decimal(10)},
            ("targets from 144.84, 147.68 to 146", "leverage from none to 10x"),
            id="targets and leverage",
        ),
        pytest.param(
            {"entry": Entry(kind=EntryKind.MARKET)}, ("entry from 142 to market",), id="market"
        ),
        pytest.param(
            {"entry": Entry(kind=EntryKind.ZONE, prices=(price("140"), price("141")))},
            ("entry from 142 to 140 – 141",),
            id="zone",
        ),
        pytest.param(
            {"side": Side.SHORT, "symbol": "ETH"},
            ("coin from SOL to ETH", "side from long to short"),
            id="another trade",
        ),
    ],
)
def test_each_part_that_differs_is_said_with_both_values(
    changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    assert edit_words(read(), read(**changes)) == words


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, read(), id="nothing before"),
        pytest.param(NotASignal(), read(), id="talk before"),
        pytest.param(read(), Read(intent=ClosePosition(), parser="p"), id="a close after"),
    ],
)
def test_texts_that_are_no_two_set_ups_are_not_compared(
    before: Reading | None, after: Reading
) -> None:
    assert edit_words(before, after) == ()
