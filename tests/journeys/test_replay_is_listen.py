"""A dry run says the same of a channel, whether it listens to it or replays its export."""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

from journeys.coin import Coin
from journeys.world import World, limit_long, market_long, zone_short

POSTS = 1_000
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "ADA", "LTC")
CHATTER = (
    "Good morning traders ☀️",
    "BTC looks strong, stay tuned!",
    "#ETH/USDT target 1 reached ✅ +35% profit",
    "Join our premium group: t.me/somewhere",
    "",
    "🔥🔥🔥",
    "Risk management is everything. Never risk more than 2 %.",
)
FOLLOW_UPS = ("Close this trade now", "Close half", "Move stop loss to entry", "Cancel this order")


def mixed_posts(world: World, count: int) -> Iterator[tuple[str, int | None]]:
    """What a busy channel posts: text, and which post it answers."""
    dice = random.Random(1)  # noqa: S311 -- the same channel each time, no secret
    coins = [world.coin(base) for base in COINS]
    signals: list[int] = []
    for number in range(1, count + 1):
        kind, coin = dice.random(), dice.choice(coins)
        if kind < 0.25:
            signals.append(number)
            yield dice.choice((market_long, limit_long, zone_short))(coin), None
        elif kind < 0.35 and signals:
            yield dice.choice(FOLLOW_UPS), dice.choice(signals[-10:])
        elif kind < 0.4:
            yield f"#{coin.base}/USDT LONG entry {coin.at('1')} sl {coin.at('1.1')}", None
        elif kind < 0.45:
            yield "#NOSUCHCOIN/USDT LONG\nEntry: market\nTargets: 5\nStop: 4", None
        else:
            yield dice.choice(CHATTER), None


def same_of_both(decision: dict[str, Any]) -> dict[str, Any]:
    """All but the way on which the post came."""
    return {**decision, "post": {k: v for k, v in decision["post"].items() if k != "via"}}


async def test_a_dry_run_decides_the_same_of_a_thousand_posts_as_a_replay_of_their_export(
    world: World,
) -> None:
    async with world.listening(dry_run=True) as lines:
        began = time.monotonic()
        for text, reply_to in mixed_posts(world, POSTS):
            world.vip.post(text, reply_to=reply_to)
        await lines.until(lambda: len(lines.of("decision")) == POSTS, "all posts", within=40)
        listened_seconds = time.monotonic() - began
    listened = lines.of("decision")
    assert [d["post"]["message_id"] for d in listened] == list(range(1, POSTS + 1))
    assert {d["outcome"] for d in listened} >= {"planned", "unclear", "ignored", "duplicate"}

    exported = await world.run("channels", "export", "@vip_signals", "-o", "history.json")
    assert exported.code == 0, exported.err
    file = world.folder / "history.json"
    assert len(json.loads(file.read_text())["messages"]) == POSTS
    world.profile()
    began = time.monotonic()
    ran = await world.run("replay", str(file), "--profile", "vip", "--dry-run", "--json")
    replayed_seconds = time.monotonic() - began
    assert ran.code == 0, ran.err
    replayed = [line for line in ran.lines if line["event"] == "decision"]

    different = [
        (one, other)
        for one, other in zip(listened, replayed, strict=True)
        if same_of_both(one) != same_of_both(other)
    ]
    assert not different, f"{len(different)} differ, the first: {different[0]}"
    assert listened_seconds < 30
    assert replayed_seconds < 20
    assert not [r for r in world.bitget.requests if r.method == "POST"]


async def test_a_dry_run_needs_no_exchange_and_no_keys(world: World, sol: Coin) -> None:
    none = {f"TGBITGET_BITGET__{key}": "" for key in ("API_KEY", "API_SECRET", "PASSPHRASE")}
    none |= {"TGBITGET_BITGET__REST_URL": "http://127.0.0.1:9"}
    async with world.process(arguments=("--dry-run",), environment=none) as running:
        decision = await running.decision(world.market_long(sol))
        assert decision["outcome"] == "planned"
        assert decision["skipped"], "what could not be checked is said"
    assert not world.bitget.requests


async def test_a_broken_line_is_named_skipped_and_counted(world: World, sol: Coin) -> None:
    def line(number: int, text: str) -> str:
        return json.dumps(
            {"channel": "c", "message_id": number, "date": "2026-01-31T12:00:00Z", "text": text}
        )

    file = world.folder / "posts.jsonl"
    file.write_text(
        "\n".join([line(1, market_long(sol)), "{broken", line(2, "good morning"), '{"channel": 1}'])
    )
    ran = await world.run("replay", str(file), "--dry-run", "--json")
    assert ran.code == 1
    assert [d["outcome"] for d in ran.lines if d["event"] == "decision"] == ["planned", "ignored"]
    told = [w["text"] for w in ran.lines if w["event"] == "warning"] + ran.err.splitlines()
    assert [n for n in (2, 4) if not any(f"line {n}" in words for words in told)] == []
    assert "Traceback" not in ran.err


async def test_lines_come_from_stdin_too(world: World, sol: Coin) -> None:
    post = {
        "channel": "c",
        "message_id": 7,
        "date": "2026-01-31T12:00:00Z",
        "text": market_long(sol),
    }
    ran = await world.run("replay", "-", "--dry-run", "--json", stdin=json.dumps(post) + "\n")
    assert ran.code == 0, ran.err
    (decision,) = (d for d in ran.lines if d["event"] == "decision")
    assert decision["signal"] == "c/7"


async def test_half_a_character_in_a_line_stops_nothing(world: World, sol: Coin) -> None:
    """JSON can name what is no text; it goes through the journal and out again."""
    half = '{"channel": "c", "message_id": 1, "date": "2026-01-31T12:00:00Z", "text": "\\ud83d LONG \\u0000 \\udc00"}'
    whole = {
        "channel": "c",
        "message_id": 2,
        "date": "2026-01-31T12:00:01Z",
        "text": market_long(sol),
    }
    lines = "\n".join([half, json.dumps(whole)])
    ran = await world.run("replay", "-", "--dry-run", "--json", stdin=lines)
    assert ran.code == 0, ran.err
    outcomes = [d["outcome"] for d in ran.lines if d["event"] == "decision"]
    assert outcomes == ["ignored", "planned"]
    plain = await world.run("replay", "-", "--dry-run", stdin=lines)
    assert plain.code == 0, plain.err


async def test_an_export_that_was_cut_off_is_told_and_what_it_holds_is_read(
    world: World, sol: Coin
) -> None:
    for text in ("good morning", market_long(sol), "good night"):
        world.vip.post(text)
    assert (await world.run("channels", "export", "@vip_signals", "-o", "whole.json")).code == 0
    whole = (world.folder / "whole.json").read_text()
    (world.folder / "cut.json").write_text(whole[: whole.rindex("good night")])
    ran = await world.run("replay", "cut.json", "--dry-run", "--json")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    outcomes = [d["outcome"] for d in ran.lines if d["event"] == "decision"]
    assert outcomes == ["ignored", "planned"]


async def test_a_file_that_is_not_there_is_named(world: World) -> None:
    ran = await world.run("replay", "nowhere.json", "--dry-run", "--json")
    assert ran.code == 2
    assert "nowhere.json" in ran.err


async def test_a_replay_on_paper_trades_once_however_often_it_is_run(
    world: World, sol: Coin
) -> None:
    world.profile(mode="paper")
    post = {
        "channel": "c",
        "message_id": 7,
        "date": "2026-01-31T12:00:00Z",
        "text": market_long(sol),
    }
    (world.folder / "posts.jsonl").write_text(json.dumps(post) + "\n")
    first = await world.run("replay", "posts.jsonl", "--profile", "vip", "--json")
    assert first.code == 0, first.err
    assert [d["outcome"] for d in first.lines if d["event"] == "decision"] == ["planned"]
    assert [p["result"] for p in first.lines if p["event"] == "placement"][:1] == ["placed"]
    again = await world.run("replay", "posts.jsonl", "--profile", "vip", "--json")
    assert again.code == 0, again.err
    assert not [p for p in again.lines if p["event"] == "decision"]
    assert not [f for f in again.lines if f["event"] == "fill" and f["role"] == "entry"]
    assert not [r for r in world.bitget.requests if r.method == "POST"]
