"""Keys that the planner does not show change what stands at the exchange, or which posts are read."""

from dataclasses import replace
from typing import Any

from journeys.coin import Coin
from journeys.lines import Lines
from journeys.world import World
from proof.at_the_exchange import Stands, ladder, stands
from tgbitget.profile import Profile

SIZE = {"kind": "fixed_quote", "value": "300"}
PATIENT = {"orders_per_minute_max": "off"}


def following(world: World, name: str, **sections: Any) -> Profile:
    telegram = {"channels": [f"@{name}"]}
    return world.profile(name, telegram=telegram, size=SIZE, limits=PATIENT, **sections)


async def standing(lines: Lines, coin: Coin, *, entries: int = 2) -> Stands:
    def is_whole() -> bool:
        found = stands(coin)
        return found is not None and found.entries >= entries

    await lines.until(is_whole, f"{entries} entries and the exits of {coin.base}")
    found = stands(coin)
    assert found is not None
    return found


async def test_entries_targets_triggers_and_channels_are_as_the_profile_says(world: World) -> None:
    profiles = {
        "plain": following(world, "plain"),
        "resting_max": following(world, "few_at_once", entry={"resting_max": 1}),
        "orders": following(world, "resting_targets", exits={"orders": "limit"}),
        "trailing": following(world, "trailing_targets", exits={"trailing_take_profit_percent": 1}),
    }
    coins = dict(zip(profiles, map(world.coin, ("SOL", "LTC", "AAVE", "AVAX")), strict=True))
    later = following(world, "later", exits={"trigger_by": "last"})
    named = [profile.name for profile in (*profiles.values(), later)]
    channels = {name: world.channel(name, name) for name in named}
    async with world.listening(*profiles.values()) as lines:
        for name, profile in profiles.items():
            world.post(ladder(coins[name]), channel=channels[profile.name])
        unread = world.post(ladder(world.coin("BNB")), channel=channels["later"])
        few = coins.pop("resting_max")
        found = {name: await standing(lines, coin) for name, coin in coins.items()}
        # All of the others' entries are there by now: so would be a second one of this.
        found["resting_max"] = await standing(lines, few, entries=1)
        assert not lines.decisions(unread)
    plain = found.pop("plain")
    assert plain == Stands(entries=2, targets=("profit_plan",), stop_by="mark_price")
    assert found == {
        "resting_max": replace(plain, entries=1),
        "orders": replace(plain, targets=("limit",)),
        "trailing": replace(plain, targets=("moving_plan",)),
    }
    async with world.listening(later) as lines:
        read = world.post(ladder(world.coin("BNB")), channel=channels["later"])
        assert (await lines.decision(read))["outcome"] == "planned"
        by_last = await standing(lines, world.coin("BNB"))
    assert by_last == replace(plain, stop_by="fill_price")
