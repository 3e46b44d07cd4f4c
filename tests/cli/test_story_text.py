"""A post's story in sentences."""

from datetime import UTC, datetime
from typing import Any

from tgbitget.cli.story_text import INDENT, story_lines, wrapped
from tgbitget.journal.story import Chapter

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def chapter(kind: str, **facts: Any) -> Chapter:
    return Chapter(at=NOON, kind=kind, facts=facts)


def said(*chapters: Chapter) -> list[str]:
    return [line[INDENT:] for line in story_lines(chapters)]


def test_an_order_is_named_by_its_leg_from_its_sending_on() -> None:
    leg = {"client_oid": "tg5", "name": "target-1", "side": "sell", "type": "trigger"}
    assert said(
        chapter("leg", **leg, amount="0.4", symbol="SOL/USDT:USDT", trigger_price="144"),
        chapter("placement", client_oid="tg5", result="placed", venue_order_id="9"),
        chapter("fill", client_oid="tg5", amount="0.4", price="144.1", fee="0.03", fee_coin="USDT"),
        chapter("fill", client_oid=None, amount="0.1", price="143", fee="0.01", fee_coin="USDT"),
    ) == [
        "order target-1: sell trigger 0.4 SOL/USDT:USDT once at 144",
        "target-1 placed as 9",
        "target-1 filled 0.4 at 144.1, fee 0.03 USDT",
        "filled 0.1 at 143, fee 0.01 USDT",
    ]


def test_a_follow_up_says_what_it_asked_and_a_command_who_did() -> None:
    reading = {"kind": "update", "update": {"stop_loss": "139.87", "take_profits": ["150", "160"]}}
    assert said(
        chapter("follow_up", signal="-1001/3", reading=reading, outcome="planned"),
        chapter("command", source="command line", name="close", outcome="close 50 %"),
        chapter(
            "command", source="Saved Messages", name="answer", post="-1001/4", outcome="x\x1b[2J"
        ),
    ) == [
        "post -1001/3 asked of this trade: update, stop to 139.87, targets 150, 160 → planned",
        "the owner asked (command line): close 50 %",
        "the owner asked about post -1001/4 (Saved Messages): x[2J",
    ]


def test_a_notice_is_told_by_its_headline() -> None:
    assert said(chapter("notice", text="CLOSED · LONG SOL\nEntries market")) == [
        "told to the owner: “CLOSED · LONG SOL …”"
    ]


def test_a_long_line_goes_on_behind_the_time() -> None:
    line = f"2026-11-20 12:00:00  {'word ' * 40}end"
    shown = wrapped(line, 80).split("\n")
    assert all(len(one) <= 80 for one in shown)
    assert all(one.startswith(" " * INDENT + "w") for one in shown[1:])
