"""A post is edited once its orders stand: other entries, another leverage, as the profile allows; nothing is bought twice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from journeys.coin import Coin
from journeys.world import World
from tgbitget.simulators.bitget import Then

APPLY: dict[str, Any] = {"follow_ups": {"edits": "apply"}}
LADDER = """#{coin}/USDT LONG
{entries}
{leverage}Targets: {targets}
Stop Loss: {stop}
"""


def ladder(
    coin: Coin,
    *entries: str,
    stop: str = "0.9",
    targets: tuple[str, ...] = ("1.02", "1.04"),
    leverage: str = "",
) -> str:
    return LADDER.format(
        coin=coin.base,
        entries="\n".join(f"Entry {n}: {coin.at(one)}" for n, one in enumerate(entries, 1)),
        targets=" - ".join(map(coin.at, targets)),
        stop=coin.at(stop),
        leverage=f"Leverage: {leverage}\n" if leverage else "",
    )


def resting(coin: Coin) -> list[str]:
    return sorted((str(order.price) for order in coin.resting), reverse=True)


def at(coin: Coin, *times: str) -> list[str]:
    return [str(Decimal(coin.at(one))) for one in times]


def cancelled(world: World) -> int:
    return sum(r.endpoint == "cancel-order" for r in world.bitget.requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """From a ladder at 0.99 and 0.98: what is asked, what then rests under `apply`, what it took in requests."""

    entries: tuple[str, ...] = ("0.99", "0.98")
    stop: str = "0.9"
    targets: tuple[str, ...] = ("1.02", "1.04")
    leverage: str = ""
    rest: tuple[str, ...] = ("0.99", "0.98")
    sends: int = 0
    cancels: int = 0
    safer: tuple[str, ...] | None = None  # what rests under `safer-only`; None: refused


EDITS = [
    pytest.param(Edit(entries=("0.99", "0.97"), rest=("0.99", "0.97"), sends=1, cancels=1), id="one moved"),
    pytest.param(Edit(entries=("0.985", "0.97"), rest=("0.985", "0.97"), sends=2, cancels=2), id="both moved"),
    pytest.param(
        Edit(entries=("0.99", "0.97", "0.96"), rest=("0.99", "0.97", "0.96"), sends=2, cancels=1),
        id="one moved and one added",
    ),
    pytest.param(
        Edit(entries=("0.99", "0.98", "0.97"), rest=("0.99", "0.98", "0.97"), sends=3, cancels=2),
        id="one added shares the size",
    ),
    pytest.param(
        Edit(entries=("0.99",), rest=("0.99",), cancels=1, safer=("0.99",)), id="one dropped"
    ),
    pytest.param(
        Edit(entries=("0.99", "0.97"), stop="0.91", targets=("1.03", "1.05"), rest=("0.99", "0.97"), sends=1, cancels=1, safer=("0.99", "0.98")),
        id="entries, stop and targets at once",
    ),
    pytest.param(Edit(leverage="3x"), id="leverage"),
]  # fmt: skip


@pytest.mark.parametrize("policy", ["apply", "safer-only", "ignore"])
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_changes_what_it_changed_and_no_more(
    world: World, sol: Coin, edit: Edit, policy: str
) -> None:
    async with world.listening(world.profile(follow_ups={"edits": policy})) as lines:
        post = world.post(ladder(sol, "0.99", "0.98"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        await lines.reaches(post, "resting")
        size = sum(order.size for order in sol.resting)
        before = {order.client_id for order in sol.resting}
        text = ladder(
            sol, *edit.entries, stop=edit.stop, targets=edit.targets, leverage=edit.leverage
        )
        world.vip.edit(post.id, text)
        decision = await lines.decision(post, revision=1)
        wanted = {"apply": edit.rest, "safer-only": edit.safer, "ignore": None}[policy]
        is_taken = wanted is not None or (policy == "safer-only" and bool(edit.leverage))
        rest = wanted if wanted is not None else ("0.99", "0.98")
        await lines.until(lambda: resting(sol) == at(sol, *rest), f"{rest} to rest")
        if policy == "apply":
            assert decision["outcome"] == "planned"
            assert (len(sol.entry_requests) - 2, cancelled(world)) == (edit.sends, edit.cancels)
            unchanged = (
                set(edit.entries) & {"0.99"} if edit.sends < 3 and edit.stop == "0.9" else set()
            )
            kept = {order.client_id for order in sol.resting} & before
            assert len(kept) >= len(unchanged), "what did not change was touched"
            if len(edit.entries) > 1:
                assert sum(order.size for order in sol.resting) == size
        elif not is_taken:
            assert decision["outcome"] in ("refused", "ignored")
        if edit.leverage and policy == "apply":
            await lines.until(
                lambda: (
                    "3"
                    in [
                        r.params.get("leverage")
                        for r in world.bitget.requests
                        if r.endpoint == "set-leverage"
                    ][-1:]
                ),
                "the other leverage",
            )
        sol.moves("0.95")
        await lines.until(lambda: lines.trade(post)["amount"] == str(sol.size) and not sol.resting)
        assert sol.size <= size
    assert sol.unguarded_seconds == 0


async def test_what_fills_while_its_cancel_is_on_its_way_is_not_bought_again(
    world: World, sol: Coin
) -> None:
    async with world.listening(world.profile(**APPLY)) as lines:
        post = world.post(ladder(sol, "0.99", "0.98"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        await lines.reaches(post, "resting")
        size = sum(order.size for order in sol.resting)
        world.bitget.faults.next("cancel-order", delay=0.5)
        world.vip.edit(post.id, ladder(sol, "0.985", "0.97"))
        await lines.decision(post, revision=1)
        await world.until(lambda: cancelled(world) > 0, "the cancels")
        sol.moves("0.9895")
        await lines.until(lambda: resting(sol)[-1:] == at(sol, "0.97"), "the rest")
        sol.moves("0.96")
        await lines.until(lambda: not sol.resting and lines.trade(post)["amount"] == str(sol.size))
        assert sol.size <= size
        assert sol.bought <= size
    assert sol.unguarded_seconds == 0


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("is_done", [True, False], ids=["cancelled all the same", "still there"])
async def test_nothing_new_is_sent_while_nobody_knows_what_became_of_the_cancel(
    world: World, sol: Coin, *, is_done: bool
) -> None:
    async with world.listening(world.profile(**APPLY)) as lines:
        post = world.post(ladder(sol, "0.99", "0.98"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        await lines.reaches(post, "resting")
        world.bitget.faults.next("cancel-order", accept=is_done, then=Then.DROP)
        world.vip.edit(post.id, ladder(sol, "0.99", "0.97"))
        await lines.until(lambda: resting(sol) == at(sol, "0.99", "0.97"), "the other entry")
        sent = world.bitget.requests
        first_cancel = next(n for n, r in enumerate(sent) if r.endpoint == "cancel-order")
        moved = next(n for n, r in enumerate(sent) if r.params.get("price") == sol.at("0.97"))
        assert moved > first_cancel
    assert len(sol.entry_requests) == 3


async def test_an_open_trade_moves_what_has_not_filled_and_its_leverage_stays(
    world: World, sol: Coin
) -> None:
    async with world.listening(world.profile(**APPLY)) as lines:
        post = world.post(ladder(sol, "0.99", "0.98"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        sol.moves("0.9895")
        await lines.until(lambda: len(sol.targets) == 2, "both targets")
        targets = [p.id for p in sol.plans if p.kind.takes_profit]
        world.vip.edit(post.id, ladder(sol, "0.985", "0.97", leverage="3x"))
        decision = await lines.decision(post, revision=1)
        assert "the position is open" in decision["reason"]
        await lines.until(lambda: resting(sol) == at(sol, "0.97"), "the other entry")
        assert [p.id for p in sol.plans if p.kind.takes_profit] == targets
    assert len(sol.entry_requests) == 3
    assert sol.unguarded_seconds == 0


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        pytest.param({"total_quote_max": 113}, "total_quote_max", id="notional"),
        pytest.param({"stop_distance_percent_max": 10}, "stop_distance_percent_max", id="distance"),
    ],
)
async def test_the_limits_are_asked_again(
    world: World, sol: Coin, limits: dict[str, Any], rule: str
) -> None:
    async with world.listening(world.profile(**APPLY, limits=limits)) as lines:
        post = world.post(ladder(sol, "0.96", "0.95"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        await lines.reaches(post, "resting")
        world.vip.edit(post.id, ladder(sol, "1.01", "1.005"))
        decision = await lines.decision(post, revision=1)
        assert decision["outcome"] == "refused"
        assert rule in decision["reason"]
        assert resting(sol) == at(sol, "0.96", "0.95")
    assert len(sol.entry_requests) == 2


@pytest.mark.parametrize("when", ["before the cancel", "before the send"])
async def test_a_restart_in_the_middle_ends_with_the_new_entries_once(
    world: World, sol: Coin, when: str
) -> None:
    world.profile(**APPLY)
    async with world.process() as lines:
        post = world.post(ladder(sol, "0.99", "0.98"))
        await lines.until(lambda: len(sol.resting) == 2, "the ladder")
        await lines.reaches(post, "resting")
        what = "cancel-order" if when == "before the cancel" else "place-order"
        world.bitget.faults.next(what, accept=False, then=Then.HANG)
        world.vip.edit(post.id, ladder(sol, "0.99", "0.97"))
        asked = len([r for r in world.bitget.requests if r.endpoint == what])
        await world.until(
            lambda: len([r for r in world.bitget.requests if r.endpoint == what]) > asked, what
        )
        await lines.kill()
    async with world.process() as lines:
        await lines.until(lambda: resting(sol) == at(sol, "0.99", "0.97"), "the new entries")
        world.vip.edit(post.id, ladder(sol, "0.99", "0.96"))
        await lines.until(lambda: resting(sol) == at(sol, "0.99", "0.96"), "those of the next edit")
    ids = [order.client_id for order in sol.entries]
    assert len(ids) == len(set(ids)) == 4
