"""What each key of a profile changes: the reading, the plan, the stop, the changes of a trade."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from parsing.posts import brief
from parsing.posts import post as text_post
from planning.bounds import OFF
from planning.samples import BTC, SPOT, asked, entry, intent, situation, trade
from planning.test_duplicates import decided
from positions import trades
from positions.test_edits import OLD, read
from proof.of_limits import PROOFS as LIMITS
from proof.of_limits import LimitProof
from proof.proofs import Outcome, Proof, Room
from tgbitget.app.modes import mode_of
from tgbitget.clock import FakeClock
from tgbitget.deciding.ground import Followed
from tgbitget.errors import ConfigError
from tgbitget.intake.pace import Pace
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.markets.directory import Directory
from tgbitget.model.event import Decided, Event
from tgbitget.model.ids import ChannelId
from tgbitget.model.intent import ClosePosition, Unspecified
from tgbitget.model.post import Arrival, Deletion, Post, Via
from tgbitget.parsing import registry
from tgbitget.pipeline import Pipeline
from tgbitget.positions.dry import Rehearsal
from tgbitget.positions.edits import deletion_change, edit_changes
from tgbitget.positions.follow_ups import changes_for
from tgbitget.positions.rules import stop_now
from tgbitget.profile import Profile
from tgbitget.settings import AccountLimits, Settings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG = "#BTC/USDT LONG\nEntry: 57000\nTargets: 58400 - 59200\nStop Loss: 55800"
SHORT = "#BTC/USDT SHORT\nEntry: 57000\nTargets: 55800 - 54200\nStop Loss: 58200"
USDC = replace(SPOT, id="BTCUSDC", symbol="BTC/USDC", quote="USDC")


def plan(**inputs: Any) -> Callable[[Profile, Room], Outcome]:
    """The planner's answer to a long at 57000, or to what *inputs* say."""
    return lambda profile, _: asked(profile=profile, **inputs)


def reading(text: str) -> Callable[[Profile, Room], Outcome]:
    def read_it(profile: Profile, _: Room) -> Outcome:
        registry.load()
        return brief(registry.make_chain(profile).read(text_post(text)))

    return read_it


def decision(text: str = LONG, **fields: Any) -> Callable[[Profile, Room], Outcome]:
    """The whole river, in a rehearsal."""

    async def decide(profile: Profile, room: Room) -> Outcome:
        registry.load()
        clock = FakeClock(NOON)
        told: list[Event] = []
        journal = SqliteJournal(room.folder / f"{len(list(room.folder.iterdir()))}.db", clock=clock)
        await journal.open()
        channel = ChannelId("-1001")
        followed = Followed(profile=profile, parser=registry.make_chain(profile))
        pipeline = Pipeline(
            followed={channel: followed},
            directory=lambda: Directory((BTC, SPOT, USDC)),
            book=Rehearsal(clock),
            journal=journal,
            clock=clock,
            publish=told.append,
            limits=AccountLimits(),
        )
        post = Post(channel=channel, message_id=1, date=NOON, text=text, via=Via.PUSH, **fields)
        try:
            await pipeline.handle(Arrival(what=post))
        finally:
            await journal.close()
        (event,) = told
        assert isinstance(event, Decided)
        found = event.decision
        return found.outcome, found.rule, found.reason, [leg.json() for leg in found.legs]

    return decide


def stop(*, reached: int = 1, best: str = "115") -> Callable[[Profile, Room], Outcome]:
    """Where a long at 100 has its stop, which began at 95."""
    return lambda profile, _: stop_now(
        market=trades.MARKET,
        side=OLD.side,
        entry=trades.price("100"),
        current=trades.price("95"),
        targets=trades.targets("110", "120", "130"),
        reached=reached,
        best=trades.price(best),
        exits=profile.exits,
    )


def mode(profile: Profile, _: Room) -> Outcome:
    try:
        return mode_of([profile], Settings(), dry_run=False, live=False)
    except ConfigError as refused:
        return str(refused)


def edit(profile: Profile, _: Room) -> Outcome:
    nearer = replace(OLD, stop_loss=trades.price("56000"))
    return edit_changes(read(OLD), read(nearer), plan=trades.plan(), profile=profile, message_id=7)


def deletion(profile: Profile, _: Room) -> Outcome:
    gone = Deletion(channel=trades.CHANNEL, message_id=7, date=NOON, via=Via.PUSH)
    return deletion_change(gone, profile)


def close_a_part(profile: Profile, _: Room) -> Outcome:
    asked_for = ClosePosition(symbol="BTC", fraction=Unspecified.PART)
    return changes_for(asked_for, trades.plan(), profile, message_id=9)


def pace(profile: Profile, _: Room) -> Outcome:
    return Pace().poll(profile.telegram.fast_poll_seconds, None)


def of_limit(proof: LimitProof) -> Proof[Profile]:
    def answer(profile: Profile, _: Room) -> Outcome:
        return proof.answer(profile.limits, False)

    return Proof(proof.one, proof.other, answer, {"limits": {**OFF, **proof.beside}})


LADDER = intent(entry("ladder", "57000", "56900", "56800", "56700"))
SPLITS = {"size": {"value": "400"}}
AT_MARKET = {"entry": {"first_as_market": True}}
EARLIER = {"recent": [decided()]}
PERCENT_BELOW = {"exits": {"stop_moves": "percent-below-highest"}}
TEMPLATE = {"parsing": {"parsers": ["template"]}}
PATTERN = {"parsing": {"parsers": ["pattern"]}}
PUSHED = r"(?P<side>BUY|SELL) (?P<symbol>\w+) (?P<entry>\d+)"

PROOFS: Mapping[str, Proof[Profile]] = {
    "mode": Proof("paper", "live", mode),
    "telegram.fast_poll_seconds": Proof("auto", 5, pace),
    "telegram.senders": Proof([], ["@joe"], decision(sender="7", sender_name="@ann")),
    "telegram.topics": Proof([], [4], decision(topic=5)),
    "parsing.parsers": Proof(["structured"], ["freeform"], reading(LONG)),
    "parsing.language": Proof(
        ["en"], ["ru"], reading("BTC лонг\nвход 57000\nстоп 55800\nцель 59000")
    ),
    "parsing.templates": Proof(
        ["{side} {symbol} at {entry}"],
        ["{symbol} {entry} {side}"],
        reading("BUY BTC at 57000"),
        TEMPLATE,
    ),
    "parsing.patterns": Proof(
        [PUSHED], ["(?P<symbol>[A-Z]+) (?P<side>UP)"], reading("BUY BTC 57000"), PATTERN
    ),
    "market.product": Proof("usdt-futures", "spot", decision(SHORT)),
    "market.quote": Proof(
        "USDT",
        "USDC",
        decision("#BTC LONG\nEntry: 57000\nTargets: 58400\nStop: 55800"),
        {"market": {"product": "spot"}},
    ),
    "market.allow": Proof([], ["ETH"], plan()),
    "market.deny": Proof([], ["BTC"], plan()),
    "entry.first_as_market": Proof(False, True, plan()),
    "entry.price_band_percent": Proof("0.1", 1, plan(situation=situation("57200")), AT_MARKET),
    "entry.zone_orders": Proof(2, 3, plan(intent_=intent(entry("zone", "56800", "57000"))), SPLITS),
    "entry.split": Proof("even", "one", plan(intent_=LADDER), SPLITS),
    "entry.post_only": Proof(False, True, plan()),
    "entry.expire_minutes": Proof(60, 90, plan()),
    "size.kind": Proof("fixed_quote", "risk_percent", plan(), {"size": {"value": 1}}),
    "size.value": Proof(50, 100, plan()),
    "leverage.max": Proof(10, 25, plan(intent_=intent(leverage=Decimal(20)))),
    "leverage.default": Proof(3, 5, plan()),
    "leverage.margin_mode": Proof("isolated", "cross", plan()),
    "exits.split": Proof("even", "one", plan()),
    "exits.missing_stop": Proof("refuse", "5%", plan(intent_=intent(stop=None))),
    "exits.stop_moves": Proof("none", "breakeven", stop()),
    "exits.stop_moves_trigger": Proof(1, 2, stop()),
    "exits.stop_moves_percent": Proof(1, 2, stop(), PERCENT_BELOW),
    **{f"limits.{key}": of_limit(proof) for key, proof in LIMITS.items()},
    "signals.same_symbol": Proof("refuse", "add", plan(situation=situation(trades=(trade(),)))),
    "signals.duplicate_hours": Proof(0, 3, plan(**EARLIER)),
    "signals.duplicate_percent": Proof(5, "0.1", plan(**EARLIER, intent_=intent(stop="55500"))),
    "follow_ups.edits": Proof("ignore", "safer-only", edit),
    "follow_ups.deletions": Proof("ignore", "close", deletion),
    "follow_ups.close_fraction_default": Proof("0.5", "0.25", close_a_part),
}
