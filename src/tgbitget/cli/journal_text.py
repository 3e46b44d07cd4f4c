"""The journal's rows in few columns, for people; programs take the rows as they are."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from tgbitget.cli.words import outcome_text, rounded, signed
from tgbitget.control.text import amount
from tgbitget.model.market import short_symbol

Row = dict[str, Any]

SIGNALS = {
    "when": "When",
    "signal": "Signal",
    "asked": "Asked",
    "outcome": "Outcome",
    "trade": "Trade",
}
ORDERS = {
    "when": "When",
    "signal": "Signal",
    "name": "Leg",
    "order": "Order",
    "result": "Result",
    "filled": "Filled",
}
POSITIONS = {
    "signal": "Signal",
    "position": "Position",
    "state": "State",
    "amount": "Amount",
    "entry": "Entry",
    "stop": "Stop",
    "realised": "Realised",
    "unrealised": "Open",
}


def signal_row(row: Row) -> Row:
    """`long BTC`, `refused by position_quote_max`, `open, +1.20`."""
    realised = Decimal(row["realised"] or 0)
    profit = signed(rounded(realised)) if realised else None
    return {
        "when": _moment(row["date"]),
        "signal": row["signal"],
        "asked": _joined([row["kind"], row["side"], row["symbol"]]),
        "outcome": outcome_text(row["outcome"], row["rule"]),
        "trade": ", ".join(filter(None, [row["state"], profit])),
    }


def order_row(row: Row) -> Row:
    """`buy limit 0.001 BTC/USDT at 57000, stop 55800`."""
    amount = row["amount"] or "all of"
    stop = f", stop {row['stop_loss']}" if row["stop_loss"] else ""
    order = _joined(
        [
            row["side"],
            row["type"],
            amount,
            short_symbol(row["symbol"]),
            f"at {row['price']}" if row["price"] else None,
            f"once at {row['trigger_price']}" if row["trigger_price"] else None,
        ]
    )
    return {
        "when": _moment(row["recorded_at"]),
        "signal": row["signal"],
        "name": row["name"],
        "order": f"{order}{stop}",
        "result": row["result"] or "unanswered",
        "filled": row["filled"] if row["filled"] != "0" else "",
    }


def position_row(row: Row) -> Row:
    unrealised = row.get("unrealised")
    return {
        **row,
        "position": f"{row['side']} {short_symbol(row['symbol'])}",
        "entry": "" if row["entry"] is None else amount(Decimal(row["entry"])),
        "realised": rounded(Decimal(row["realised"])),
        "unrealised": "" if unrealised is None else rounded(Decimal(unrealised)),
    }


def _moment(text: str | None) -> str:
    """`11-20 12:00:04`, UTC."""
    return f"{datetime.fromisoformat(text):%m-%d %H:%M:%S}" if text else ""


def _joined(parts: Iterable[str | None]) -> str:
    return " ".join(part for part in parts if part)
