"""Before real money is traded, the key and the account are looked at; what is wrong keeps entries away."""

from pathlib import Path

import pytest

from journeys.coin import Coin
from journeys.world import World
from tgbitget.app import preflight
from tgbitget.errors import ConfigError
from tgbitget.profile import Profile
from tgbitget.simulators.bitget.server import AUTHORITIES


@pytest.mark.parametrize(
    ("right", "address", "says"),
    [
        pytest.param("wwow", "127.0.0.1", "the API key may withdraw", id="withdraw"),
        pytest.param("wtow", "127.0.0.1", "may transfer between accounts", id="transfer"),
        pytest.param("chow", "127.0.0.1", "may manage sub-accounts", id="sub-accounts"),
        pytest.param("p2pw", "127.0.0.1", "may trade peer to peer", id="peer to peer"),
        pytest.param("WWOW", "127.0.0.1", "the API key may withdraw", id="withdraw, shouted"),
        pytest.param("wwoz_new_right", "127.0.0.1", "wwoz_new_right", id="one not known"),
        pytest.param("coow", "", "works from any address", id="no address list"),
    ],
)
async def test_a_key_that_may_do_harm_does_not_begin_to_trade(
    right: str, address: str, says: str, world: World
) -> None:
    world.bitget.authorities, world.bitget.ips = (*AUTHORITIES, right), address
    with pytest.raises(ExceptionGroup) as ended:
        async with world.listening(is_ready=True):
            pass
    assert ended.group_contains(ConfigError, match=says), ended.value.exceptions
    assert world.sends == 0


async def test_what_the_user_allows_by_name_does_not_keep_it_from_trading(
    world: World, sol: Coin
) -> None:
    world.bitget.authorities, world.bitget.ips = (*AUTHORITIES, "wtow"), ""
    allowed = {"allow_key_rights": "transfer", "allow_any_address": True}
    async with world.listening(bitget=allowed) as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
    assert not lines.of("paused")


async def test_open_trades_are_guarded_on_under_a_key_that_may_do_harm(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        first = world.market_long(sol)
        await lines.reaches(first, "open")
    world.bitget.authorities = (*AUTHORITIES, "wwow")
    async with world.listening() as lines:
        assert any("may withdraw" in w and "resume" in w for w in lines.warnings), lines.warnings
        assert lines.of("paused")
        second = world.market_long(eth)
        assert (await lines.decision(second))["rule"] == "paused"
        sol.moves("0.96")
        await lines.reaches(first, "closed")
    assert not eth.entries
    assert sol.unguarded_seconds == 0


async def test_a_key_that_gains_a_right_overnight_makes_no_more_entries(
    world: World, sol: Coin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "KEY_SECONDS", 0.05)
    async with world.listening() as lines:
        world.bitget.authorities = (*AUTHORITIES, "wwow")
        await lines.until(lambda: bool(lines.of("paused")), "entries to be paused")
        post = world.market_long(sol)
        assert (await lines.decision(post))["rule"] == "paused"
    assert sol.entries == []


async def test_a_home_that_others_may_change_does_not_begin_to_trade(world: World) -> None:
    world.home.chmod(0o770)
    with pytest.raises(ExceptionGroup) as ended:
        async with world.listening():
            pass
    assert ended.group_contains(ConfigError, match="can be written by others"), ended.value
    assert world.sends == 0


async def test_a_key_that_only_reads_does_not_begin_to_trade(world: World) -> None:
    world.bitget.authorities = ("coor", "cpor", "stor")
    await ends_with(world, "may not place futures orders")


async def test_a_clock_that_is_far_off_does_not_begin_to_trade(world: World) -> None:
    world.bitget.clock_offset_ms = 60_000
    await ends_with(world, r"clock is (60|59)\.\d s off Bitget's")


async def test_secrets_that_others_may_read_do_not_begin_to_trade(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = tmp_path / ".env"
    env.write_text("TGBITGET_BITGET__PASSPHRASE=whispered\n")
    env.chmod(0o644)
    await ends_with(world, "open to others, and holds TGBITGET_BITGET__PASSPHRASE")


async def test_open_trades_are_guarded_on_by_a_clock_that_is_far_off(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        first = world.market_long(sol)
        await lines.reaches(first, "open")
    world.bitget.clock_offset_ms = 60_000
    async with world.listening() as lines:
        assert any("clock" in w and "resume" in w for w in lines.warnings), lines.warnings
        assert lines.of("paused")
        sol.moves("0.96")
        await lines.reaches(first, "closed")
    assert sol.unguarded_seconds == 0


async def ends_with(world: World, says: str) -> None:
    with pytest.raises(ExceptionGroup) as ended:
        async with world.listening():
            pass
    assert ended.group_contains(ConfigError, match=says), ended.value.exceptions
    assert world.sends == 0


async def test_rights_that_bitget_does_not_tell_are_warned_of(world: World) -> None:
    world.bitget.authorities = ()
    async with world.listening() as lines:
        pass
    assert [w for w in lines.warnings if "does not tell what the key may do" in w]


def test_trades_are_held_apart_in_hedge_mode_alone() -> None:
    keys = {"telegram": {"channels": ["@vip_signals"]}, "signals": {"same_symbol": "separate"}}
    profile = Profile.model_validate({**keys, "name": "vip"})
    (fault,) = preflight.hold_mode_faults([profile], is_hedged=False)
    assert "vip wants separate, which needs hedge mode" in fault
    assert [*preflight.hold_mode_faults([profile], is_hedged=True)] == []


async def test_a_clock_that_is_off_is_told_before_real_money_is_traded(world: World) -> None:
    world.bitget.clock_offset_ms = 12_000
    async with world.listening() as lines:
        pass
    assert [w for w in lines.warnings if "clock is 12" in w or "clock is 11" in w]
