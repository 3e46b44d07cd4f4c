"""What a send ends in, by what came back over the wire."""

import logging
from types import SimpleNamespace

import pytest
from aiohttp import web

from tgbitget.clock import SystemClock
from tgbitget.errors import (
    OutcomeUnknown,
    VenueError,
    VenueRejected,
    VenueThrottled,
    VenueUnreachable,
)
from tgbitget.model.intent import MarginMode, Side
from tgbitget.model.money import Quantity
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.simulators.bitget.orders import HoldMode
from tgbitget.simulators.bitget.orders import MarginMode as TheirMode
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_errors import NEVER_DEFINITE
from tgbitget.venues.ccxt_line import Addresses
from tgbitget.venues.public import PublicBitget

from .samples import MARKETS, D, bodies, contract, count, leg, limit, opened

LOST_ANSWERS = ["drop", "cut", "hang", "502", "html", "empty", "no_data"]


@pytest.mark.parametrize("accept", [True, False], ids=["accepted", "not accepted"])
@pytest.mark.parametrize("then", LOST_ANSWERS)
async def test_a_lost_answer_is_unknown_and_nothing_is_repeated(
    then: str, accept: bool, bitget: BitgetSimulator
) -> None:
    async with opened(bitget, answer_seconds=0.2) as venue:
        bitget.faults.next("place-order", accept=accept, then=then)
        with pytest.raises(OutcomeUnknown):
            await venue.place(leg())
        assert count(bitget, "place-order") == 1
        assert len(bitget.orders) == int(accept)


@pytest.mark.parametrize("code", sorted(NEVER_DEFINITE))
async def test_an_ambiguous_code_is_unknown(
    code: str, bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.next("place-order", code=code, accept=True)
    with pytest.raises(OutcomeUnknown) as caught:
        await venue.place(leg())
    assert caught.value.code == code


async def test_a_repeated_client_id_is_unknown(venue: BitgetVenue) -> None:
    await venue.place(limit())
    with pytest.raises(OutcomeUnknown) as caught:
        await venue.place(limit())
    assert caught.value.code == "40786"


@pytest.mark.parametrize("code", ["40762", "45110", "22002", "45119", "40200"])
async def test_a_definite_refusal_is_one(
    code: str, bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.next("place-order", code=code)
    with pytest.raises(VenueRejected) as caught:
        await venue.place(leg())
    assert caught.value.code == code


async def test_a_refusal_by_the_real_rules(venue: BitgetVenue) -> None:
    with pytest.raises(VenueRejected, match="exceeds the balance"):
        await venue.place(leg(amount=Quantity(D("90"))))


async def test_too_many_is_refused_for_pace(bitget: BitgetSimulator, venue: BitgetVenue) -> None:
    bitget.faults.next("place-order", status=429)
    with pytest.raises(VenueThrottled) as caught:
        await venue.place(leg())
    assert caught.value.retry_after_seconds == 1.0
    assert bitget.orders == []


async def test_a_time_that_ran_off_is_corrected_and_said_to_be(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.setting(contract())  # nothing is left to be asked before the order
    bitget.clock_offset_ms = 60_000
    with pytest.raises(VenueThrottled) as caught:
        await venue.place(leg())
    assert (caught.value.code, caught.value.retry_after_seconds) == ("40008", 0.0)
    assert bitget.orders == []
    await venue.place(leg())
    assert len(bitget.orders) == 1


@pytest.mark.parametrize("then", [then for then in LOST_ANSWERS if then != "no_data"])
async def test_a_question_without_an_answer_is_unreachable(
    then: str, bitget: BitgetSimulator
) -> None:
    async with opened(bitget, answer_seconds=0.2) as venue:
        bitget.faults.always("all-position", then=then)  # a dropped GET is asked once more
        with pytest.raises(VenueUnreachable):
            await venue.positions()


async def test_an_unreadable_row_is_no_answer(bitget: BitgetSimulator, venue: BitgetVenue) -> None:
    await venue.place(leg())
    order = bitget.orders[0]
    object.__setattr__(order, "status", SimpleNamespace(value="asleep"))
    with pytest.raises(VenueUnreachable, match="not readable"):
        await venue.order(leg())


async def test_errors_say_nothing_of_the_key(bitget: BitgetSimulator, venue: BitgetVenue) -> None:
    bitget.faults.next("place-order", then="502")
    with pytest.raises(VenueError) as caught:
        await venue.place(leg())
    told = str(caught.value) + repr(caught.value.__cause__)
    assert bitget.api_key not in told
    assert bitget.passphrase not in told


async def test_requests_are_logged_without_the_key(
    bitget: BitgetSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with opened(bitget) as venue:
            await venue.place(leg())
    assert bitget.passphrase not in caplog.text
    assert bitget.api_key not in caplog.text


async def test_a_wrong_idea_of_the_hold_mode_is_corrected(bitget: BitgetSimulator) -> None:
    bitget.exchange.futures.set_hold_mode(HoldMode.HEDGE)
    bitget.faults.next("mix/account/account", then="html")
    async with opened(bitget) as venue:
        assert not venue.is_hedged
        with pytest.raises(VenueThrottled) as caught:
            await venue.place(leg())
        assert (caught.value.code, caught.value.retry_after_seconds) == ("40774", 0.0)
        await venue.place(leg())
        assert venue.is_hedged
    assert len(bitget.orders) == 1


async def test_a_margin_mode_that_somebody_changed_is_learnt_anew(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    await venue.prepare(MARKETS[0], leverage=D(5), mode=MarginMode.CROSS)
    bitget.exchange.futures.set_margin_mode("BTCUSDT", TheirMode.ISOLATED)
    with pytest.raises(VenueThrottled) as caught:
        await venue.place(leg())
    assert caught.value.code == "45117"
    await venue.place(leg())
    assert bodies(bitget, "place-order")[-1]["marginMode"] == "isolated"


async def test_a_refusal_that_no_wrong_idea_explains_stays_one(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.next("place-order", code="40774")
    with pytest.raises(VenueRejected):
        await venue.place(leg())


async def test_the_venue_s_own_wait_is_kept() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "3.5"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with PublicBitget(clock=SystemClock(), addresses=Addresses(rest_url=url)) as public:
        with pytest.raises(VenueThrottled) as caught:
            await public.markets()
    assert caught.value.retry_after_seconds == 3.5
    await runner.cleanup()


async def test_a_clock_that_is_refused_whatever_it_says_ends_in_a_refusal(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.next("place-order", code="40008", times=10)
    for _ in range(3):
        with pytest.raises(VenueThrottled):
            await venue.place(leg())
    with pytest.raises(VenueRejected):
        await venue.place(leg())


async def test_a_question_at_a_wrong_time_is_asked_again_at_the_right_one(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    """A machine that slept: its monotonic clock stood still, and nothing is sent that would be refused first."""
    for offset_ms in (3_600_000, -3_600_000):
        bitget.clock_offset_ms = offset_ms
        assert await venue.positions() == ()


async def test_leverage_at_a_wrong_time_is_set_at_the_right_one(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.clock_offset_ms = 3_600_000
    market = contract()
    await venue.prepare(market, leverage=D(7), mode=MarginMode.ISOLATED)
    assert (await venue.setting(market)).leverage(Side.LONG) == 7


async def test_a_time_that_is_refused_whatever_it_says_is_no_answer(
    bitget: BitgetSimulator, venue: BitgetVenue
) -> None:
    bitget.faults.always("all-position", code="40008")
    with pytest.raises(VenueUnreachable, match="40008"):
        await venue.positions()
