"""Every form of an entry, and every way of sharing it, from a channel's words to orders at the exchange: one evening."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from journeys.coin import Coin
from journeys.lines import Lines, Posted
from journeys.world import World
from tgbitget.simulators.bitget.orders import Force, PlanKind

D = Decimal

LADDER = """#{coin}/USDT LONG
Entry 1: {a}
Entry 2: {b}
Entry 3: {c}
Entry 4: {d}
Targets: {tp1} - {tp2}
Stop Loss: {stop}"""
ZONE = "#{coin}/USDT LONG\nEntry zone: {d} - {a}\nTargets: {tp1} - {tp2}\nStop Loss: {stop}"
LIMIT = "#{coin}/USDT LONG\nEntry: {a}\nTargets: {tp1} - {tp2}\nStop Loss: {stop}"
ABOVE = "#{coin}/USDT LONG\nBuy above {up}\nTargets: {tp1} - {tp2}\nStop Loss: {stop}"
NOW = "#{coin}/USDT LONG\nEntry: market\nTargets: {tp1} - {tp2}\nStop Loss: {stop}"
OVER = "#{coin}/USDT LONG\nEntry: {over}\nTargets: {tp1} - {tp2}\nStop Loss: {stop}"
NEAR = (
    "#{coin}/USDT LONG\nEntry 1: {near}\nEntry 2: {b}\nEntry 3: {c}\nTargets: {tp1}\nStop: {stop}"
)
LEVELS = {
    "near": "0.998",
    "a": "0.99",
    "b": "0.98",
    "c": "0.97",
    "d": "0.96",
    "up": "1.01",
    "over": "1.003",
    "tp1": "1.03",
    "tp2": "1.05",
    "stop": "0.93",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """`shares` are what each order has of the whole, in percent, by its price (`market`: none)."""

    coin: str
    text: str
    shares: dict[str, str]
    entry: dict[str, Any] = field(default_factory=dict)
    size: str = "120"


CASES = {
    "market": Case(coin="SOL", text=NOW, shares={"market": "100"}),
    "limit": Case(coin="AVAX", text=LIMIT, shares={"0.99": "100"}),
    "post-only": Case(coin="XLM", text=LIMIT, entry={"post_only": True}, shares={"0.99": "100"}),
    "post-only, over the market": Case(
        coin="LDO", text=OVER, entry={"post_only": True}, shares={"1.003": "100"}
    ),
    "trigger": Case(coin="APT", text=ABOVE, shares={"1.01": "100"}),
    "trigger, never met": Case(coin="WLD", text=ABOVE, shares={"1.01": "100"}),
    "zone": Case(
        coin="DOGE",
        text=ZONE,
        entry={"zone_orders": 3},
        shares={"0.99": "33.33", "0.975": "33.33", "0.96": "33.33"},
    ),
    "zone in one order": Case(
        coin="WIF", text=ZONE, entry={"zone_orders": 1}, shares={"0.975": "100"}
    ),
    "first as market": Case(
        coin="OP",
        text=NEAR,
        entry={"first_as_market": True, "split": "fifty-first"},
        shares={"market": "50", "0.98": "25", "0.97": "25"},
    ),
    "even": Case(
        coin="XRP", text=LADDER, shares=dict.fromkeys(("0.99", "0.98", "0.97", "0.96"), "25")
    ),
    "one": Case(coin="ADA", text=LADDER, entry={"split": "one"}, shares={"0.99": "100"}),
    "two": Case(
        coin="TRX", text=LADDER, entry={"split": "two"}, shares={"0.99": "50", "0.98": "50"}
    ),
    "three": Case(
        coin="ARB",
        text=LADDER,
        entry={"split": "three"},
        shares={"0.99": "33.33", "0.98": "33.33", "0.97": "33.33"},
    ),
    "fifty-first": Case(
        coin="SEI",
        text=LADDER,
        entry={"split": "fifty-first"},
        shares={"0.99": "50", "0.98": "16.67", "0.97": "16.67", "0.96": "16.67"},
    ),
    "skip-first": Case(
        coin="JUP",
        text=LADDER,
        entry={"split": "skip-first"},
        shares={"0.98": "33.33", "0.97": "33.33", "0.96": "33.33"},
    ),
    "decreasing": Case(
        coin="ENA",
        text=LADDER,
        entry={"split": "decreasing"},
        shares={"0.99": "53.33", "0.98": "26.67", "0.97": "13.33", "0.96": "6.67"},
    ),
    "increasing": Case(
        coin="HBAR",
        text=LADDER,
        entry={"split": "increasing"},
        shares={"0.99": "6.67", "0.98": "13.33", "0.97": "26.67", "0.96": "53.33"},
    ),
    "given": Case(
        coin="FIL",
        text=LADDER,
        entry={"split": ["40", "30", "20", "10"]},
        shares={"0.99": "40", "0.98": "30", "0.97": "20", "0.96": "10"},
    ),
    "parts below the minimum": Case(
        coin="TIA",
        text=LADDER,
        entry={"split": "decreasing"},
        size="16",  # 8.5, 4.3, 2.1 and 1.1 USDT, where 5 is the smallest order
        shares={"0.99": "53.33", "0.98": "46.67"},
    ),
}


async def test_each_form_of_an_entry_comes_to_the_exchange_as_it_was_meant(world: World) -> None:
    profiles, channels = [], {}
    for number, (name, case) in enumerate(CASES.items()):
        channels[name] = world.channel(name, f"channel_{number:02}")
        profiles.append(
            world.profile(
                f"p{number}",
                telegram={"channels": [f"@channel_{number:02}"]},
                entry=case.entry,
                size={"kind": "fixed_quote", "value": case.size},
                exits={"missing_stop": "5%"},
            )
        )
    async with world.listening(*profiles) as lines:
        coins = {name: world.coin(case.coin) for name, case in CASES.items()}
        posts = {
            name: world.post(text(case, coins[name]), channel=channels[name])
            for name, case in CASES.items()
        }
        for name in CASES:
            await comes_as_meant(lines, name, posts[name], coins[name])
        await never_a_taker(
            lines, posts["post-only, over the market"], coins["post-only, over the market"]
        )
        assert {o.force for o in coins["post-only"].resting} == {Force.POST_ONLY}
        await the_break_comes_or_the_stop_before_it(lines, posts, coins)
        coins["given"].moves("1.031")
        told = await lines.reaches(posts["given"], "cancelled")
        assert "passed target 1" in told["cause"]
        assert coins["given"].is_flat
    assert all(coin.unguarded_seconds == 0 for coin in coins.values())


async def comes_as_meant(lines: Lines, name: str, post: Posted, coin: Coin) -> None:
    case = CASES[name]
    decided = await lines.decision(post)
    assert decided["outcome"] == "planned", f"{name}: {decided['reason']}"
    await lines.until(lambda: len(list(ordered(coin))) == len(case.shares), name)
    check_shares(name, case, coin)


async def never_a_taker(lines: Lines, post: Posted, coin: Coin) -> None:
    told = await lines.reaches(post, "cancelled")
    assert (
        told["cause"] == "entry-1 was cancelled at the exchange: post-only, it may not fill at once"
    )
    assert not coin.executions
    assert len(coin.entries) == 1, "it is not sent again"
    assert not [said for said in lines.warnings if coin.base in said], "nobody did it by hand"


async def the_break_comes_or_the_stop_before_it(
    lines: Lines, posts: dict[str, Posted], coins: dict[str, Coin]
) -> None:
    coins["trigger"].moves("1.011")
    await lines.reaches(posts["trigger"], "open")
    coins["trigger, never met"].moves("0.92")
    told = await lines.reaches(posts["trigger, never met"], "cancelled")
    assert "passed the stop" in told["cause"]
    assert not coins["trigger, never met"].executions


def text(case: Case, coin: Coin) -> str:
    return case.text.format(
        coin=coin.base, **{name: coin.at(times) for name, times in LEVELS.items()}
    )


def ordered(coin: Coin) -> Iterator[tuple[str, Decimal, Decimal | None]]:
    """Where each entry was ordered, of how much, with which stop."""
    for order in coin.entries:
        where = "market" if order.price is None else str(order.price)
        yield where, order.size, order.stop
    for plan in coin.plans:
        if plan.kind is PlanKind.NORMAL and plan.size is not None:
            yield str(plan.trigger), plan.size, plan.stop


def check_shares(name: str, case: Case, coin: Coin) -> None:
    orders = list(ordered(coin))
    step = coin.bitget.exchange.desk.contracts[coin.symbol].step
    whole = sum((size for _, size, _ in orders), D(0))
    assert D(case.size) * D("0.9") < whole * coin.began <= D(case.size) * D("1.04"), name
    wanted = {
        D(coin.at(times)) if times != "market" else None: D(share)
        for times, share in case.shares.items()
    }
    for where, size, stop in orders:
        price = None if where == "market" else D(where)
        near = next((p for p in wanted if is_at(p, price, coin)), "nowhere")
        assert near != "nowhere", f"{name}: an order at {where}, wanted were {wanted}"
        share = wanted.pop(near)  # type: ignore[arg-type] # "nowhere" is told above
        assert abs(size - whole * share / 100) <= step, f"{name}: {size} of {whole} at {where}"
        assert stop == D(coin.at("0.93")), f"{name}: the stop of the order at {where}"
    assert not wanted, f"{name}: no order at {wanted}"


def is_at(wanted: Decimal | None, price: Decimal | None, coin: Coin) -> bool:
    """A zone's orders stand on ticks between its ends."""
    if wanted is None or price is None:
        return wanted is price
    return abs(wanted - price) <= coin.bitget.exchange.desk.contracts[coin.symbol].tick
