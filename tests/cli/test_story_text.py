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


def planned(revision: int, *targets: str, stop: str = "137", **more: Any) -> Chapter:
    reading = {"kind": "open", "side": "long", "symbol": "SOL", "take_profits": list(targets)}
    facts = {"revision": revision, "reading": reading, "outcome": "planned", **more}
    return chapter("decision", **facts)


def target(number: int, at: str, oid: str) -> Chapter:
    facts = {"client_oid": oid, "name": f"target-{number}", "role": "take_profit", "side": "sell"}
    return chapter("leg", **facts, type="trigger", amount="1", symbol="SOL", trigger_price=at)


def test_an_edit_says_what_it_changed_and_its_targets_are_counted_anew() -> None:
    changed = ["stop from 137 to 139", "targets from 144, 147 to 146.26, 150"]
    fill = {"amount": "1", "price": "146.3", "side": "sell"}
    assert said(
        planned(0, "144", "147"),
        target(1, "144.01", "a"),
        planned(1, "146.26", "150", changed=changed),
        target(3, "146.3", "b"),
        chapter("fill", client_oid="b", **fill),
    ) == [
        "open long SOL → planned",
        "order target-1: sell trigger 1 SOL once at 144.01",
        "open long SOL; changed: stop from 137 to 139, targets from 144, 147 to 146.26, 150 → planned",
        "order target-3 (target 1): sell trigger 1 SOL once at 146.3",
        "target-3 (target 1) filled 1 at 146.3",
    ]


def test_targets_of_a_short_are_counted_downwards_and_distances_not_at_all() -> None:
    update = {"side": "short", "kind": "update", "update": {"take_profits": ["90", "95"]}}
    distances = {"kind": "update", "update": {"take_profits": ["2%", "5%"]}}
    shown = said(
        chapter("follow_up", signal="-1/3", reading=update, outcome="planned"),
        target(3, "95", "a"),
        target(4, "80", "b"),
        chapter("follow_up", signal="-1/4", reading=distances, outcome="refused"),
        target(5, "95", "c"),
    )
    assert [line.partition(":")[0] for line in shown if line.startswith("order")] == [
        "order target-3 (target 1)",
        "order target-4",
        "order target-5 (target 1)",
    ]


def test_an_exit_that_no_order_of_ours_explains_is_called_one() -> None:
    leg = {"client_oid": "a", "name": "entry-1", "role": "entry", "side": "buy", "type": "market"}
    fill = {"client_oid": "99", "amount": "1", "price": "137"}
    shown = said(
        chapter("leg", **leg, symbol="SOL", amount="1"),
        chapter("fill", **fill, side="sell"),
        chapter("fill", **fill, side="buy"),
    )
    assert shown[1:] == ["exit filled 1 at 137", "filled 1 at 137"]


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
