"""Rows of the journal in few words."""

from typing import Any

import pytest

from tgbitget.cli.journal_text import position_row, signal_row

SIGNAL: dict[str, Any] = {
    "date": "2026-11-20T12:00:04.000Z",
    "signal": "-1001/7",
    "kind": "open",
    "side": "long",
    "symbol": "BTC",
    "outcome": "planned",
    "rule": None,
    "state": None,
    "realised": None,
}


@pytest.mark.parametrize(
    ("state", "realised", "trade"),
    [
        pytest.param(None, None, "", id="no trade"),
        pytest.param("resting", "0", "resting", id="nothing filled"),
        pytest.param("open", "-0.02253206", "open, -0.02", id="fees"),
        pytest.param("closed", "4.14950696", "closed, +4.15", id="won"),
    ],
)
def test_a_trade_s_profit_is_told_to_cents(
    state: str | None, realised: str | None, trade: str
) -> None:
    assert signal_row({**SIGNAL, "state": state, "realised": realised})["trade"] == trade


def test_a_position_is_told_in_numbers_that_fit_a_line() -> None:
    row = {
        "side": "short",
        "symbol": "BNB/USDT:USDT",
        "entry": "866.6176923",
        "realised": "-0.02253206",
        "unrealised": "0.862",
    }
    shown = position_row(row)
    assert [str(shown[key]) for key in ("position", "entry", "realised", "unrealised")] == [
        "short BNB/USDT",
        "866.61769",
        "-0.02",
        "0.86",
    ]
    assert position_row({**row, "entry": None})["entry"] == ""
