"""Sends whose end nobody knows: whatever the exchange does with them, there is one order and a guarded position."""

from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.world import World
from tgbitget.simulators.bitget import Then

TAKEN = [
    pytest.param({"then": Then.DROP}, id="the connection dropped"),
    pytest.param({"then": Then.CUT}, id="half an answer"),
    pytest.param({"then": Then.BAD_GATEWAY}, id="502 and a page"),
    pytest.param({"then": Then.HTML}, id="200 and a page"),
    pytest.param({"then": Then.EMPTY}, id="200 and nothing"),
    pytest.param({"then": Then.NO_DATA}, id="00000 without an order"),
    pytest.param({"accept": True, "code": "40725"}, id="service error 40725"),
    pytest.param({"accept": True, "code": "40010"}, id="timed out, 40010"),
    pytest.param({"accept": True, "code": "40786"}, id="duplicate client id, 40786"),
    pytest.param({"accept": True, "code": "99999"}, id="a code that nobody knows"),
    pytest.param({"then": Then.HANG}, id="no answer at all"),
]
NOT_TAKEN = [
    pytest.param({"accept": False, "then": Then.DROP}, id="the connection dropped"),
    pytest.param({"accept": False, "then": Then.BAD_GATEWAY}, id="502 and a page"),
    pytest.param({"accept": False, "then": Then.HTML}, id="200 and a page"),
    pytest.param({"accept": False, "then": Then.EMPTY}, id="200 and nothing"),
    pytest.param({"accept": False, "then": Then.NO_DATA}, id="00000 without an order"),
    pytest.param({"code": "40725"}, id="service error 40725"),
    pytest.param({"code": "40010"}, id="timed out, 40010"),
    pytest.param({"code": "99999"}, id="a code that nobody knows"),
    pytest.param({"accept": False, "then": Then.HANG}, id="no answer at all"),
]


async def check_one_guarded_position(world: World, sol: Coin, **cue: Any) -> None:
    world.bitget.faults.next("place-order", **cue)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        (entry,) = lines.decisions(post)[0]["legs"]

        def told() -> list[str]:
            mine = (p for p in lines.of("placement") if p["client_oid"] == entry["client_oid"])
            return [placement["result"] for placement in mine]

        await lines.until(
            lambda: told() == ["unknown", "placed"], "the answer to what became of it"
        )
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
    assert len(sol.entries) == 1
    assert sol.bought == Decimal("0.8")
    assert sol.stops == [Decimal(sol.at("0.97"))]
    assert sol.unguarded_seconds == 0


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("cue", TAKEN)
async def test_an_order_that_was_taken_is_found_and_not_sent_again(
    world: World, sol: Coin, cue: dict[str, Any]
) -> None:
    await check_one_guarded_position(world, sol, **cue)
    assert world.sends == 1


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("cue", NOT_TAKEN)
async def test_an_order_that_was_not_taken_is_sent_again_once_that_is_proven(
    world: World, sol: Coin, cue: dict[str, Any]
) -> None:
    await check_one_guarded_position(world, sol, **cue)
    assert world.sends == 2


async def test_absence_is_believed_no_sooner_than_the_venue_could_still_take_the_order(
    world: World, sol: Coin
) -> None:
    """With the windows as they are; a second signal of another coin does not wait meanwhile."""
    eth = world.coin("ETH")
    world.bitget.faults.next("place-order", accept=False, then=Then.DROP)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: lines.results(post) == ["unknown"], "the unknown send")
        other = world.market_long(eth)
        await lines.reaches(other, "open")
        assert world.sends == 2
        await lines.until(lambda: lines.state(post) == "open", "the position", within=30)
    first, _, second = (r for r in world.bitget.requests if r.endpoint == "place-order")
    assert (second.at - first.at) / 1000 >= 20
    assert len(sol.entries) == 1
    assert sol.unguarded_seconds == 0


@pytest.mark.usefixtures("impatience")
async def test_an_order_that_shows_late_is_waited_for(world: World, sol: Coin) -> None:
    world.bitget.faults.next("place-order", then=Then.DROP)
    world.bitget.faults.invisible_seconds = 0.6
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
    assert len(sol.entries) == 1
    assert world.sends == 1


@pytest.mark.usefixtures("impatience")
async def test_a_zone_with_an_unknown_send_in_its_middle_still_has_four_orders(
    world: World, eth: Coin
) -> None:
    world.bitget.faults.next("place-order")
    world.bitget.faults.next("place-order", then=Then.HTML)
    world.bitget.faults.next("place-order", accept=False, then=Then.DROP)
    async with world.listening() as lines:
        post = world.zone_short(eth)
        await lines.until(lambda: len(eth.resting) == 4, "the zone")
        await lines.decision(post)
    assert len({order.client_id for order in eth.entries}) == len(eth.entries) == 4


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize(
    "cue",
    [
        pytest.param({"then": Then.DROP}, id="taken"),
        pytest.param({"accept": False, "then": Then.DROP}, id="not taken"),
        pytest.param({"code": "40725"}, id="40725"),
        pytest.param({"status": 429}, id="throttled"),
    ],
)
@pytest.mark.parametrize("endpoint", ["place-tpsl-order", "cancel-order", "set-leverage"])
async def test_trouble_with_what_is_not_an_entry_leaves_the_position_guarded(
    world: World, sol: Coin, endpoint: str, cue: dict[str, Any]
) -> None:
    """The stop, a target, the leverage, a cancel: each is tried until it is so."""
    async with world.listening() as lines:
        rests = world.limit_long(sol, reply_to=None)
        world.bitget.faults.next(endpoint, **cue)
        await lines.reaches(rests, "resting")
        world.reply(rests, "Cancel this order")
        await lines.reaches(rests, "cancelled")
        xrp = world.coin("XRP")
        post = world.market_long(xrp)
        await lines.reaches(post, "open")
        await lines.until(lambda: len(xrp.targets) == 2, "both targets")
        assert xrp.stops == [Decimal(xrp.at("0.97"))]
    assert len(xrp.entries) == 1
    assert xrp.unguarded_seconds == 0


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize(
    "cue",
    [
        pytest.param({"then": Then.DROP}, id="taken"),
        pytest.param({"accept": False, "then": Then.DROP}, id="not taken"),
        pytest.param({"then": Then.NO_DATA}, id="taken, without an order id"),
    ],
)
async def test_a_close_whose_end_is_unknown_closes_once(
    world: World, sol: Coin, cue: dict[str, Any]
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        world.bitget.faults.next("place-order", **cue)
        world.reply(post, "Close this trade now")
        await lines.reaches(post, "closed")
        assert sol.is_flat
    assert sum(e.size for e in sol.executions if e.closing) == Decimal("0.8")
    assert sol.bought == Decimal("0.8")


async def test_a_throttled_entry_is_sent_again_when_the_venue_says(world: World, sol: Coin) -> None:
    world.bitget.faults.next("place-order", status=429, times=2)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
    assert len(sol.entries) == 1


@pytest.mark.parametrize(
    ("code", "words"), [("40762", "balance"), ("45110", "minimum"), ("40034", "")], ids=str
)
async def test_a_definite_refusal_ends_the_trade_with_the_venue_s_words(
    world: World, sol: Coin, code: str, words: str
) -> None:
    world.bitget.faults.next("place-order", code=code)
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "failed")
        (placement,) = lines.of("placement", post)
        assert placement["result"] == "rejected"
        assert words in placement["reason"]
    assert world.sends == 1
