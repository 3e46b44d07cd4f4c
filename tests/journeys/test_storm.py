"""Everything at once: posts, edits, follow-ups, lost answers, broken lines, jumping prices. Afterwards the sums are right."""

import asyncio
import random
from collections import Counter
from decimal import Decimal

import pytest

from journeys.coin import Coin
from journeys.lines import Lines, Posted
from journeys.world import World, limit_long, market_long, zone_short
from tgbitget.simulators.bitget import Then

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "ADA", "LTC")
ENDPOINTS = (
    "place-order",
    "place-tpsl-order",
    "place-plan-order",
    "cancel-order",
    "cancel-plan-order",
    "set-leverage",
    "detail",
    "orders-plan-pending",
    "all-position",
    "fills",
)
STEPS = 60


class Storm:
    def __init__(self, world: World, lines: Lines, seed: int) -> None:
        self.world = world
        self.lines = lines
        self.dice = random.Random(seed)  # noqa: S311 -- the same storm each time, no secret
        self.coins = [world.coin(base) for base in COINS]
        self.posts: list[tuple[Posted, Coin]] = []
        self.revisions: Counter[str] = Counter()

    async def blow(self) -> None:
        for _ in range(STEPS):
            self._step()
            await asyncio.sleep(self.dice.uniform(0, 0.06))

    def _step(self) -> None:
        coin = self.dice.choice(self.coins)
        match self.dice.choices(
            ("signal", "price", "fault", "follow-up", "edit", "delete", "venue line", "line"),
            weights=(20, 25, 25, 10, 6, 3, 2, 2),
        )[0]:
            case "signal":
                text = self.dice.choice((market_long, limit_long, zone_short))(coin)
                self.posts.append((self.world.post(text), coin))
                self.revisions[self.posts[-1][0].signal] = 1
            case "price":
                coin.moves(
                    str(self.dice.choice((0.95, 0.965, 0.985, 1, 1.005, 1.013, 1.021, 1.045)))
                )
            case "fault":
                self._fault()
            case "follow-up" if self.posts:
                words = ("Close this trade now", "Close half", "Move stop loss to entry", "Cancel")
                reply = self.world.reply(self.dice.choice(self.posts)[0], self.dice.choice(words))
                self.revisions[reply.signal] = 1
            case "edit" if self.posts:
                post, its = self.dice.choice(self.posts)
                text = limit_long(its, stop=self.dice.choice(("0.962", "0.97", "0.93")))
                standing = {message.id: message.text for message in self.world.vip.messages}
                if standing.get(post.id) not in (None, text):
                    self.world.vip.edit(post.id, text)
                    self.revisions[post.signal] += 1
            case "delete" if len(self.posts) > 2:
                post, _ = self.dice.choice(self.posts[:-2])
                if any(message.id == post.id for message in self.world.vip.messages):
                    self.world.vip.delete(post.id)
            case "venue line":
                self.world.bitget.drop_connections()
            case "line":
                self.world.telegram.drop()
            case _:
                pass

    def _fault(self) -> None:
        then = self.dice.choice((Then.DROP, Then.BAD_GATEWAY, Then.HTML, Then.EMPTY, Then.NO_DATA))
        cue = self.dice.choice(
            (
                {"then": then},
                {"accept": False, "then": then},
                {"code": self.dice.choice(("40725", "40010", "45001"))},
                {"status": 429},
                {"delay": 0.3},
            )
        )
        self.world.bitget.faults.next(self.dice.choice(ENDPOINTS), **cue)

    async def calm(self) -> None:
        """No more faults; every post decided, every trade settled."""
        self.world.bitget.faults.clear()
        self.world.telegram.clear_faults()
        end = self.world.post("that was all")
        await self.lines.decision(end)
        await self.lines.until(self._is_settled, "what is told to be so", within=25)

    def _is_settled(self) -> bool:
        return all(self._difference(coin) is None for coin in self.coins)

    def _difference(self, coin: Coin) -> str | None:
        """What we say is open, beside what the exchange says."""
        last = {line["signal"]: line for line in self.lines.of("position")}
        mine = [t for t in last.values() if t["symbol"].startswith(f"{coin.base}/")]
        told = sum((Decimal(t["amount"]) for t in mine if t["state"] == "open"), Decimal(0))
        if told != coin.size:
            return f"{coin.base}: {told} told, {coin.size} open"
        rests = any(t["state"] in ("resting", "pending", "open") for t in mine)
        if (coin.resting or coin.plans) and not rests:
            return f"{coin.base}: orders stand for no trade"
        if coin.size and not coin.stops:
            return f"{coin.base}: no stop"
        return None


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("seed", range(4))
async def test_after_a_storm_every_post_has_one_outcome_and_every_entry_one_order(
    world: World, seed: int
) -> None:
    profile = world.profile(
        limits={
            "open_positions_max": 8,
            "orders_per_minute_max": "off",
            "daily_loss_quote_max": "off",
        },
        signals={"duplicate_hours": 0},
    )
    async with world.listening(profile) as lines:
        storm = Storm(world, lines, seed)
        await storm.blow()
        await storm.calm()
        for coin in storm.coins:
            assert storm._difference(coin) is None

        decided = Counter(d["signal"] for d in lines.of("decision"))
        for signal, revisions in storm.revisions.items():
            # An edit that another overtook, or a post deleted before it was seen, has none of its own.
            assert 0 <= decided[signal] <= revisions, signal
        seen = Counter((d["signal"], d["post"]["revision"]) for d in lines.of("decision"))
        assert set(seen.values()) == {1}

    assert not [w for w in lines.warnings if "WITHOUT A STOP" in w], "a false alarm"
    ids = [order.client_id for order in world.bitget.orders if order.client_id.startswith("tg")]
    assert len(ids) == len(set(ids)), "the same entry twice"
    planned = {leg["client_oid"] for d in lines.of("decision") for leg in d["legs"]}
    entries = [o for coin in storm.coins for o in coin.entries if not o.closing]
    assert {o.client_id for o in entries} <= planned, "an entry that nobody planned"
    for coin in storm.coins:
        assert coin.unguarded_seconds < 3, f"{coin.base} stood bare"
