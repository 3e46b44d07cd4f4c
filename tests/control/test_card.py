"""What a signal's message says, from its post to its end."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.samples import BTC, CHANNEL, NOON, SIGNAL
from tgbitget.control import text
from tgbitget.control.answers import question_of
from tgbitget.control.card import (
    LOG_LINES_MAX,
    Card,
    Change,
    asking,
    changed,
    followed_up,
    opened,
    restored,
    unknown,
)
from tgbitget.model.event import Decided, Deleted, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.intent import ClosePosition
from tgbitget.model.money import Price, Quantity
from tgbitget.model.plan import Outcome, Role
from tgbitget.model.post import Deletion, Via
from tgbitget.model.reading import NotASignal, Read, Unclear
from tgbitget.model.trade import TradeState

from . import samples
from .samples import filled, placed, stands

TITLE = "VIP Signals"


def told(*events: Change, card: Card | None = None) -> list[str]:
    card = card or opened(samples.decision(), title=TITLE, at=NOON)
    for number, event in enumerate(events, start=1):
        card = changed(card, event, title=TITLE, at=NOON + timedelta(seconds=number))
    return card.render().split("\n")


def test_a_planned_signal_is_told_in_five_lines() -> None:
    assert told() == [
        "READ · LONG BTC/USDT",
        "Entries market, 57000 · 0.002 BTC",
        "Targets 58400, 59200",
        "Stop 55800 · 5x isolated",
        'VIP Signals, post 7: "BTC long 57000-57500"',
    ]


def test_a_trade_too_small_for_all_its_targets_says_which_get_no_order() -> None:
    market = replace(BTC, min_quantity=Quantity(Decimal("0.002")))
    plan = replace(samples.plan(), market=market)
    card = opened(replace(samples.decision(), plan=plan), title=TITLE, at=NOON)
    said = "Too small for target 1 of 2: its part is sold with another"
    assert card.body[1:3] == ("Targets 58400, 59200", said)
    other = samples.decision(message_id=9, reading=samples.targets("59000"), trade=SIGNAL)
    assert said not in followed_up(card, other, NOON).body


@pytest.mark.parametrize(
    ("events", "headline"),
    [
        pytest.param([], "READ · LONG BTC/USDT", id="read"),
        pytest.param([placed()], "SENT · LONG BTC/USDT", id="sent"),
        pytest.param([placed(), filled()], "FILLED · LONG BTC/USDT", id="filled"),
        pytest.param([filled()], "FILLED · LONG BTC/USDT", id="filled before the answer came"),
        pytest.param([placed(), stands(TradeState.RESTING)], "SENT · LONG BTC/USDT", id="resting"),
        pytest.param(
            [placed(), filled(), stands(TradeState.OPEN, amount="0.001")],
            "PROTECTED · LONG BTC/USDT · 0.001 at 57000",
            id="protected",
        ),
        pytest.param(
            [stands(TradeState.OPEN, amount="0.001", stop=None)],
            "FILLED · LONG BTC/USDT · 0.001 at 57000",
            id="without a stop it is not called protected",
        ),
        pytest.param(
            [stands(TradeState.OPEN, amount="0.001"), placed(2), filled()],
            "PROTECTED · LONG BTC/USDT · 0.001 at 57000",
            id="a later answer does not lead back",
        ),
        pytest.param(
            [stands(TradeState.CLOSED, realised="12.30")],
            "CLOSED · LONG BTC/USDT · +12.3 USDT",
            id="won",
        ),
        pytest.param(
            [stands(TradeState.CLOSED, realised="-5")],
            "CLOSED · LONG BTC/USDT · -5 USDT",
            id="lost",
        ),
        pytest.param([stands(TradeState.CANCELLED)], "CANCELLED · LONG BTC/USDT", id="cancelled"),
        pytest.param([stands(TradeState.FAILED)], "FAILED · LONG BTC/USDT", id="failed"),
    ],
)
def test_the_headline_says_how_it_stands(events: list[Change], headline: str) -> None:
    assert told(*events)[0] == headline


def test_what_happened_follows_with_its_time() -> None:
    lines = told(
        placed(1),
        placed(2),
        filled(),
        stands(TradeState.OPEN, amount="0.001"),
        filled("0.001", "58400", "take_profit"),
        stands(TradeState.OPEN, amount="0.0005", stop="57000", cause="target 1 reached"),
        stands(TradeState.CLOSED, realised="0.7", cause="stop reached"),
    )
    assert lines[5:] == [
        "01-31 12:00:02 orders: 2 placed",
        "01-31 12:00:03 filled 0.001 at 57000",
        "01-31 12:00:04 open 0.001 at 57000, protected by stop 55800",
        "01-31 12:00:05 target filled 0.001 at 58400",
        "01-31 12:00:06 target 1 reached, open 0.0005 at 57000, stop moved to 57000",
        "01-31 12:00:07 stop reached, +0.7 USDT",
    ]


@pytest.mark.parametrize(
    "cause",
    ["stop moved to 57000", "stop loosened to 57000", "the stop was moved to 57000, and stays"],
)
def test_a_move_that_the_cause_tells_is_told_once(cause: str) -> None:
    before = stands(TradeState.OPEN, amount="0.001")
    lines = told(before, stands(TradeState.OPEN, amount="0.001", stop="57000", cause=cause))
    assert lines[-1] == f"01-31 12:00:02 {cause}"


def test_answers_are_counted_and_the_bad_ones_say_why() -> None:
    lines = told(placed(1), samples.unknown(2, "timed out\nafter 10 s"))
    assert lines[-1] == (
        "01-31 12:00:02 orders: 1 placed, 1 unknown, being asked for (timed out after 10 s)"
    )
    lines = told(samples.unknown(2, "timed out"), samples.rejected(2, "no margin"))
    assert lines[-1] == "01-31 12:00:02 orders: 1 rejected (no margin)"


def test_a_change_that_shows_nothing_new_adds_no_line() -> None:
    once = told(stands(TradeState.OPEN, amount="0.001"))
    assert told(*[stands(TradeState.OPEN, amount="0.001")] * 3) == once


@pytest.mark.parametrize(
    ("decided", "lines"),
    [
        pytest.param(
            samples.refused(),
            [
                "REFUSED · LONG BTC",
                'VIP Signals, post 7: "BTC long 57000-57500"',
                "01-31 12:00:00 open_positions_max: 5 trades stand, 5 are allowed",
            ],
            id="refused, with the rule and its numbers",
        ),
        pytest.param(
            Decided(
                decision=samples.decision(
                    Outcome.UNCLEAR,
                    reading=Unclear(
                        reason="tp_wrong_side", symbol="ETH", detail="target 3000 below entry 3100"
                    ),
                    reason="tp_wrong_side",
                )
            ),
            [
                "UNCLEAR · ETH",
                'VIP Signals, post 7: "BTC long 57000-57500"',
                "01-31 12:00:00 tp_wrong_side: target 3000 below entry 3100",
            ],
            id="unclear, with its reason once",
        ),
        pytest.param(
            Decided(decision=samples.decision(Outcome.LATE, reason="90 s old, 60 s are allowed")),
            [
                "LATE · LONG BTC",
                'VIP Signals, post 7: "BTC long 57000-57500"',
                "01-31 12:00:00 90 s old, 60 s are allowed",
            ],
            id="late",
        ),
        pytest.param(
            Decided(decision=samples.decision(Outcome.DUPLICATE, text="")),
            [
                "DUPLICATE · LONG BTC",
                "VIP Signals, post 7: (no text)",
                "01-31 12:00:00 duplicate",
            ],
            id="duplicate, of a picture",
        ),
    ],
)
def test_what_is_not_traded_says_why(decided: Decided, lines: list[str]) -> None:
    assert opened(decided.decision, title=TITLE, at=NOON).render().split("\n") == lines


def test_a_follow_up_is_a_line_of_the_trade_that_it_changes() -> None:
    card = opened(samples.decision(), title=TITLE, at=NOON)
    lines = followed_up(card, samples.closing().decision, NOON).render().split("\n")
    assert lines[-1] == "01-31 12:00:00 post 9: close 50% (planned)"


def test_an_edit_before_the_trade_shows_the_new_plan_and_after_it_a_line_only() -> None:
    edit = Decided(decision=samples.decision(revision=1, text="BTC long, corrected"))
    lines = told(edit)
    assert 'VIP Signals, post 7: "BTC long, corrected"' in lines
    assert lines[-1] == "01-31 12:00:01 post edited: planned"
    lines = told(stands(TradeState.OPEN, amount="0.001"), edit)
    assert lines[0].startswith("PROTECTED")
    assert 'VIP Signals, post 7: "BTC long 57000-57500"' in lines
    ignored = Decided(decision=samples.decision(Outcome.IGNORED, revision=2, reading=NotASignal()))
    assert told(ignored)[-1] == "01-31 12:00:01 post edited: ignored"


def test_an_edit_of_a_trade_that_stands_says_what_it_changed_and_shows_it() -> None:
    first = samples.naming("58400", "59200")
    card = opened(samples.decision(reading=first), title=TITLE, at=NOON)
    card = changed(card, stands(TradeState.OPEN, amount="0.001"), title=TITLE, at=NOON)
    edit = samples.decision(
        revision=1, reading=samples.naming("58600", "59400", stop="56000"), trade=SIGNAL
    )
    lines = changed(card, Decided(decision=edit), title=TITLE, at=NOON, before=first).render()
    assert "\nTargets 58600, 59400\n" in lines
    assert lines.endswith(
        "post edited: planned, stop from 55800 to 56000, targets from 58400, 59200 to 58600, 59400"
    )


def test_an_edit_that_leaves_the_targets_leaves_their_marks() -> None:
    first = samples.naming("58400", "59200")
    card = opened(samples.decision(reading=first), title=TITLE, at=NOON)
    reached = stands(TradeState.OPEN, amount="0.001", cause="target 1 reached")
    card = changed(card, reached, title=TITLE, at=NOON)
    nearer = samples.naming("58400", "59200", stop="56000")
    edit = Decided(decision=samples.decision(revision=1, reading=nearer, trade=SIGNAL))
    lines = changed(card, edit, title=TITLE, at=NOON, before=first).render().split("\n")
    assert "Targets 58400 (reached), 59200" in lines


def test_other_entries_of_a_trade_that_stands_are_shown() -> None:
    entry = replace(samples.plan().entries[1], price=Price(Decimal(56500)))
    edit = replace(samples.decision(revision=1), plan=replace(samples.plan(), entries=(entry,)))
    lines = told(stands(TradeState.RESTING), Decided(decision=edit))
    assert lines[1] == "Entries 56500 · 0.001 BTC"


@pytest.mark.parametrize(
    ("asked", "headline", "last"),
    [
        pytest.param([], "PROTECTED", "protected by stop 55800", id="nothing asked"),
        pytest.param([samples.closes()], "CLOSING", "closing 0.001 at market", id="all, sent"),
        pytest.param([samples.closes(None)], "CLOSING", "closing at market", id="whatever is open"),
        pytest.param(
            [samples.closes("0.0005")], "PROTECTED", "closing 0.0005 at market", id="part"
        ),
        pytest.param(
            [samples.closes(), samples.closed()], "CLOSING", "closed 0.001 at 56900", id="filling"
        ),
        pytest.param(
            [samples.closed(), samples.closes()],
            "PROTECTED",
            "closed 0.001 at 56900",
            id="filled first",
        ),
        pytest.param(
            [samples.closes(), stands(TradeState.OPEN, amount="0.0004")],
            "CLOSING",
            "open 0.0004 at 57000",
            id="filled in part",
        ),
        pytest.param(
            [samples.closes(), stands(TradeState.CLOSED, realised="-1")],
            "CLOSED",
            "-1 USDT",
            id="closed",
        ),
        pytest.param([samples.by_hand(None)], "CLOSING", "you (command line): close", id="owner"),
        pytest.param(
            [samples.by_hand("0.5")], "PROTECTED", "you (command line): close", id="owner, half"
        ),
    ],
)
def test_a_trade_that_begins_to_close_says_so(
    asked: list[Change], headline: str, last: str
) -> None:
    lines = told(stands(TradeState.OPEN, amount="0.001"), *asked)
    assert lines[0].split(" · ")[0] == headline
    assert lines[-1].endswith(last)


@pytest.mark.parametrize(
    ("fraction", "headline"),
    [(None, "CLOSING"), (Decimal(1), "CLOSING"), (Decimal("0.5"), "FILLED")],
)
def test_a_channel_that_closes_all_of_it_is_in_the_headline(
    fraction: Decimal | None, headline: str
) -> None:
    card = changed(opened(samples.decision(), title=TITLE, at=NOON), filled(), title=TITLE, at=NOON)
    read = Read(intent=ClosePosition(fraction=fraction), parser="freeform")
    asked = samples.decision(message_id=9, reading=read, trade=SIGNAL)
    assert followed_up(card, asked, NOON).headline == f"{headline} · LONG BTC/USDT"


def test_deletions_and_warnings_are_lines() -> None:
    gone = Deletion(channel=CHANNEL, message_id=7, date=NOON, via=Via.PUSH)
    lines = told(
        Deleted(deletion=gone, change="2 entries cancelled"),
        Warned(text="stop lost", signal=SIGNAL),
    )
    assert lines[-2:] == [
        "01-31 12:00:01 post deleted: 2 entries cancelled",
        "01-31 12:00:02 stop lost",
    ]


def test_of_a_long_story_the_last_lines_stay() -> None:
    lines = told(*(Warned(text=f"warning {n}", signal=SIGNAL) for n in range(40)))
    assert lines[5] == "…"
    assert lines[-1].endswith("warning 39")
    assert len(lines) == 5 + LOG_LINES_MAX


def test_after_a_restart_the_story_goes_on_where_it_was() -> None:
    before = told(placed(1), filled())
    card = restored("\n".join(before))
    assert card.render().split("\n") == before
    after = told(stands(TradeState.OPEN, amount="0.001"), card=card)
    assert after[0] == "PROTECTED · LONG BTC/USDT · 0.001 at 57000"
    assert after[1] == "+0.00 USDT realised"
    assert after[2:-1] == before[1:]


def test_the_profit_so_far_stands_below_the_headline_until_the_trade_is_closed() -> None:
    card = opened(samples.decision(Outcome.PLANNED), title=None, at=NOON)
    half = stands(TradeState.OPEN, amount="0.001", realised="1.204")
    card = changed(card, half, title=None, at=NOON, price=Price(Decimal(56500)))
    assert card.render().split("\n")[1] == "+1.20 USDT realised, -0.50 USDT open at 56500"
    again = restored(card.render())
    assert again.render() == card.render()
    closed = stands(TradeState.CLOSED, realised="1.5")
    end = changed(again, closed, title=None, at=NOON).render()
    assert end.startswith("CLOSED · LONG BTC/USDT · +1.5 USDT\n")
    assert "realised" not in end


def test_a_question_lists_the_trades_by_number() -> None:
    decision = replace(
        samples.decision(Outcome.UNCLEAR), reading=Read(intent=ClosePosition(), parser="p")
    )
    asks = (SIGNAL, SignalId(f"{SIGNAL}0"))
    question = question_of(replace(decision, asks=asks), minutes=90)
    assert question is not None
    card = asking(decision, question, named=["LONG BTC/USDT, post 7", "/yes\n2: x"], title="VIP")
    lines = card.render().split("\n")
    assert (lines[0], lines[2:4]) == (
        "WHICH TRADE? · close all",
        ["1: LONG BTC/USDT, post 7", "2: /yes 2: x"],
    )
    assert lines[4].startswith(
        "Reply to this message with a number, several, all or none until 01-31 13:30"
    )


def test_a_signal_that_was_never_told_of_gets_a_name() -> None:
    assert told(placed(), card=unknown(SIGNAL)) == [
        "post -1001234567890/7",
        "01-31 12:00:01 orders: 1 placed",
    ]


hostile = st.text(st.characters(), max_size=300) | st.sampled_from(
    ["/start", "a\n/stop\u2028/x\x85/y", "\u202egnp.exe", "**bold** <b>", '"," /quit', "\ud83d"]
)


@given(outside=hostile)
def test_outside_text_is_one_quoted_line_whatever_it_holds(outside: str) -> None:
    line = text.quoted(outside)
    assert len(line.splitlines()) == 1
    assert len(line) <= text.QUOTE_CHARS_MAX + 2
    assert line.isprintable() or " " in line
    line.encode()
    assert line == "(no text)" or (line.count('"') == 2 and line[0] == line[-1] == '"')


@given(outside=hostile, title=hostile)
def test_no_post_reason_or_title_makes_a_line_of_its_own(outside: str, title: str) -> None:
    decided = samples.decision(Outcome.REFUSED, text=outside, rule="rule", reason=outside)
    card = opened(decided, title=title, at=NOON)
    for event in (
        samples.rejected(1, outside),
        Warned(text=outside, signal=SIGNAL),
        stands(TradeState.OPEN, amount="0.001", cause=outside or "x"),
    ):
        card = changed(card, event, title=title, at=NOON)
    card = followed_up(card, decided, NOON)
    lines = card.render().splitlines()
    assert len(lines) == 8
    assert not any(line.startswith("/") for line in lines)
    assert len(card.render()) < 4096


def test_the_stop_and_the_targets_are_those_of_now() -> None:
    lines = told(
        stands(TradeState.OPEN, amount="0.001"),
        stands(
            TradeState.OPEN,
            amount="0.0005",
            stop="57000",
            cause="target 1 reached; stop moved to 57000",
        ),
    )
    assert "Targets 58400 (reached), 59200" in lines
    assert "Stop 57000 · 5x isolated" in lines


@pytest.mark.parametrize(
    ("role", "lines"),
    [
        pytest.param(Role.ENTRY, 1, id="an entry is counted"),
        pytest.param(Role.STOP, 0, id="a stop has its line"),
        pytest.param(Role.TAKE_PROFIT, 0, id="a target has its line"),
    ],
)
def test_only_entries_are_counted_among_the_orders(role: Role, lines: int) -> None:
    leg = replace(samples.leg(1, "57000"), role=role)
    assert len(told(replace(placed(1), leg=leg))) == len(told()) + lines
