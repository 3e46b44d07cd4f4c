"""Small channels' histories, as Telegram Desktop would export them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHANNEL = "-1001700000001"
_BEGAN = 1767261600  # 2026-01-01 10:00 UTC
_DAY = 86_400

ENGLISH: Sequence[tuple[str, int | None]] = (
    ("#BTC/USDT LONG 20x cross\nEntry: 57,000 - 57,500\nTargets: 58,400, 59,200\nStop: 55,800", None),
    ("Move stop to entry", 1),
    ("#ETH/USDT SHORT 10x\nEntry: 2500\nTargets: 2450, 2400, 2300\nStop: 2600", None),
    ("Good morning everyone, have a great week", None),
    ("Close half", 3),
    ("#SOL/USDT LONG 20x\nEntry: 150\nTargets: 160, 170", None),
    ("BTC target 1 hit, 12% profit! Join VIP", None),
    ("#LINK/USDT LONG 50x\nEntry: 15\nTargets: 16, 17\nStop: 18", None),
    ("DOGE LONG NOW 20x\nTP 0.4, 0.5\nSL 0.3", None),
)  # fmt: skip
"""Five posts that would open (one without a stop, one with the stop on the wrong side), two answers, talk, a report."""

GERMAN: Sequence[tuple[str, int | None]] = (
    ("#BTC/USDT Kaufen\nEinstieg: 57.000,50\nZiele: 58.400,00 und 59.200,00\nStopp: 55.800,00", None),
    ("#ETH/USDT Verkaufen\nEinstieg: 2.500,00\nZiele: 2.400,00 und 2.300,00\nStopp: 2.600,00", None),
    ("Guten Morgen zusammen, heute wird ein ruhiger Tag", None),
    ("#SOL/USDT Kaufen\nEinstieg: 150,25\nZiele: 160,50 und 170,75\nStopp: 140,25", None),
)  # fmt: skip


def export(
    file: Path,
    posts: Sequence[tuple[str, int | None]],
    *,
    name: str = "Ocean Signals",
    edited_after: int | None = None,
) -> Path:
    """One post a day, each with what it answers; with *edited_after* seconds the first was edited."""
    messages: list[dict[str, Any]] = [
        {
            "id": at,
            "type": "message",
            "date": "2026-01-01T10:00:00",
            "date_unixtime": str(_BEGAN + at * _DAY),
            "from_id": "channel1700000001",
            "text": text,
            **({"reply_to_message_id": reply_to} if reply_to else {}),
        }
        for at, (text, reply_to) in enumerate(posts, 1)
    ]
    if edited_after is not None:
        messages[0]["edited_unixtime"] = str(_BEGAN + _DAY + edited_after)
    head = {"name": name, "type": "public_channel", "id": 1_700_000_001}
    file.write_text(json.dumps({**head, "messages": messages}, indent=1))
    return file
