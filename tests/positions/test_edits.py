"""What an edit or a deletion of a traded post changes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from positions.trades import CHANNEL, plan, price, profile
from tgbitget.model.intent import (
    AtTarget,
    CancelEntries,
    ClosePosition,
    Entry,
    EntryKind,
    LevelUpdate,
    OpenPosition,
    Side,
    Unspecified,
    UpdateTrade,
)
from tgbitget.model.plan import Refused
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear
from tgbitget.positions.changes import CancelRest, Change, Close, MoveStop, NewTargets
from tgbitget.positions.edits import Edited, deletion_change, edit_changes
from tgbitget.positions.follow_ups import changes_for

OLD = OpenPosition(
    symbol="BTC",
    side=Side.LONG,
    entry=Entry(kind=EntryKind.LIMIT, prices=(price("57000"),)),
    take_profits=(price("60000"), price("65000")),
    stop_loss=price("55000"),
)


def read(intent: Any) -> Read:
    return Read(intent=intent, parser="test")


def edited(after: Reading, policy: str = "safer-only", before: Reading | None = None) -> Any:
    rules = profile(follow_ups={"edits": policy})
    found = edit_changes(before or read(OLD), after, plan=plan(), profile=rules, message_id=7)
    return found if isinstance(found, Refused) else found.changes


def taken(changes: tuple[Change, ...] | Refused) -> tuple[Change, ...]:
    assert not isinstance(changes, Refused)
    return changes


def test_targets_that_lose_are_refused() -> None:
    update = UpdateTrade(update=LevelUpdate(take_profits=(price("56000"),)))
    refused = changes_for(update, plan(), profile(), message_id=9)
    assert isinstance(refused, Refused)
    assert refused.rule == "tp_wrong_side"


def test_a_stop_nearer_than_the_post_s_but_not_than_ours_is_refused() -> None:
    standing = replace(plan(), stop=price("56500"))
    refused = edit_changes(
        read(OLD),
        read(replace(OLD, stop_loss=price("56000"))),
        plan=standing,
        profile=profile(),
        message_id=7,
    )
    assert isinstance(refused, Refused)


def test_a_nearer_stop_is_taken() -> None:
    (change,) = edited(read(replace(OLD, stop_loss=price("56000"))))
    assert isinstance(change, MoveStop)
    assert change.to == price("56000")


def test_new_targets_are_taken() -> None:
    (change,) = edited(read(replace(OLD, take_profits=(price("61000"),))))
    assert isinstance(change, NewTargets)
    assert [(t.price, t.share_percent) for t in change.targets] == [(price("61000"), Decimal(100))]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            replace(OLD, side=Side.SHORT, take_profits=(), stop_loss=price("58000")),
            id="the other side",
        ),
        pytest.param(replace(OLD, symbol="ETH"), id="another coin"),
    ],
)
@pytest.mark.parametrize("policy", ["safer-only", "apply"])
def test_what_risks_more_is_refused_by_name(after: OpenPosition, policy: str) -> None:
    refused = edited(read(after), policy)
    assert isinstance(refused, Refused)
    assert refused.rule == "edits"


@pytest.mark.parametrize(
    ("after", "asks"),
    [
        pytest.param(
            replace(OLD, entry=Entry(kind=EntryKind.LIMIT, prices=(price("56500"),))),
            (True, False),
            id="another entry",
        ),
        pytest.param(replace(OLD, leverage=Decimal(3)), (False, True), id="another leverage"),
    ],
)
def test_what_has_to_be_planned_is_asked_for_where_edits_apply_and_refused_elsewhere(
    after: OpenPosition, asks: tuple[bool, bool]
) -> None:
    assert isinstance(edited(read(after)), Refused)
    rules = profile(follow_ups={"edits": "apply"})
    found = edit_changes(read(OLD), read(after), plan=plan(), profile=rules, message_id=7)
    assert isinstance(found, Edited)
    assert (found.asks_entries, found.asks_leverage) == asks
    assert not found.changes


def test_a_farther_stop_is_refused_unless_edits_apply() -> None:
    farther = read(replace(OLD, stop_loss=price("54000")))
    assert isinstance(edited(farther), Refused)
    (change,) = edited(farther, "apply")
    assert change == MoveStop(to=price("54000"), cause="message 7 was edited", may_loosen=True)


@pytest.mark.parametrize(
    ("standing", "sections"),
    [
        pytest.param("56500", {}, id="the stop has moved since"),
        pytest.param("55000", {"limits": {"risk_quote_max": "20"}}, id="a limit on the risk"),
        pytest.param("55000", {"limits": {"stop_distance_percent_max": "5"}}, id="its distance"),
        pytest.param("55000", {"size": {"kind": "risk_percent", "value": "1"}}, id="sized by it"),
    ],
)
def test_a_farther_stop_is_refused_under_apply_where(standing: str, sections: Any) -> None:
    refused = edit_changes(
        read(OLD),
        read(replace(OLD, stop_loss=price("54000"))),
        plan=replace(plan(), stop=price(standing)),
        profile=profile(follow_ups={"edits": "apply"}, **sections),
        message_id=7,
    )
    assert isinstance(refused, Refused)


def test_what_of_an_edit_is_not_taken_is_said_beside_what_is() -> None:
    after = replace(OLD, stop_loss=price("54000"), take_profits=(price("61000"),))
    rules = profile(follow_ups={"edits": "safer-only"})
    found = edit_changes(read(OLD), read(after), plan=plan(), profile=rules, message_id=7)
    assert isinstance(found, Edited)
    assert [type(change) for change in found.changes] == [NewTargets]
    assert found.left == ("a stop that is not nearer, 54000 for 55000",)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(read(OLD), id="the same levels in other words"),
        pytest.param(NotASignal(), id="a text that is no signal any more"),
        pytest.param(Unclear(reason="price_ambiguous"), id="a text that nobody can read"),
    ],
)
def test_nothing_changes(after: Reading) -> None:
    assert edited(after) == ()


def test_edits_may_be_ignored_altogether() -> None:
    assert isinstance(edited(read(replace(OLD, stop_loss=price("56000"))), "ignore"), Refused)


def test_an_edit_that_says_close_closes() -> None:
    (change,) = edited(read(ClosePosition(symbol="BTC")))
    assert isinstance(change, Close)
    assert change.fraction is None


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("ignore", None), ("cancel-unfilled", CancelRest), ("close", Close)],
)
def test_a_deletion_does_what_the_profile_says(policy: str, expected: type | None) -> None:
    deletion = Deletion(
        channel=CHANNEL, message_id=7, date=datetime(2026, 5, 1, tzinfo=UTC), via=Via.PUSH
    )
    change = deletion_change(deletion, profile(follow_ups={"deletions": policy}))
    assert change is None if expected is None else isinstance(change, expected)


def test_the_stop_moves_before_a_part_is_closed() -> None:
    intent = ClosePosition(
        fraction=Unspecified.PART, update=LevelUpdate(stop_loss=AtTarget(number=0))
    )
    rules = profile(follow_ups={"close_fraction_default": "0.3"})
    first, second = taken(changes_for(intent, plan(), rules, message_id=9))
    assert isinstance(first, MoveStop)
    assert isinstance(second, Close)
    assert (second.key, second.fraction) == ("9", Decimal("0.3"))


def test_a_cancel_takes_what_rests_and_an_update_nothing_else() -> None:
    assert [
        type(c) for c in taken(changes_for(CancelEntries(), plan(), profile(), message_id=9))
    ] == [CancelRest]
    update = UpdateTrade(update=LevelUpdate(stop_loss=price("56000")))
    assert [type(c) for c in taken(changes_for(update, plan(), profile(), message_id=9))] == [
        MoveStop
    ]
