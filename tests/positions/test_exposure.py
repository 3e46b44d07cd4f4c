from decimal import Decimal

import pytest

from positions.trades import entry, fill, ledger, plan
from tgbitget.model.intent import Side
from tgbitget.model.plan import OrderSide
from tgbitget.positions.exposure import at_risk
from tgbitget.positions.ledger import Ledger

FIRST, SECOND = entry(1, "57000", "0.01"), entry(2, "56000", "0.02")


def ladder() -> Ledger:
    return ledger(plan(FIRST, SECOND))


def test_what_rests_is_at_risk_before_it_fills() -> None:
    assert at_risk(ladder()) == Decimal("0.01") * 2000 + Decimal("0.02") * 1000


def test_what_filled_is_counted_once_at_the_price_it_got() -> None:
    book = ladder()
    book.note_fill(fill("1", OrderSide.BUY, "0.01", "56900", oid=FIRST.client_oid))
    assert at_risk(book) == Decimal("0.01") * 1900 + Decimal("0.02") * 1000
    book.note_fill(fill("2", OrderSide.BUY, "0.005", "56000", oid=SECOND.client_oid))
    assert at_risk(book) == pytest.approx(Decimal("0.01") * 1900 + Decimal("0.02") * 1000)


def test_a_stop_in_profit_loses_nothing_of_what_is_open() -> None:
    book = ledger(plan(FIRST))
    book.note_fill(fill("1", OrderSide.BUY, "0.01", "57000", oid=FIRST.client_oid))
    book.stop = type(book.stop)(Decimal(58000))
    assert at_risk(book) == 0


def test_a_short_loses_upwards() -> None:
    short = entry(1, "57000", "0.01", side=Side.SHORT, stop="58000")
    assert at_risk(ledger(plan(short, side=Side.SHORT, stop="58000", aims=()))) == 10
