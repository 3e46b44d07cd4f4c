"""What the owner reads in Saved Messages: one message a signal, edited as its trade moves on."""

from telethon.tl import functions

from journeys.coin import Coin
from journeys.world import World, limit_long


async def test_one_message_tells_a_trade_from_its_reading_to_its_end(
    world: World, sol: Coin
) -> None:
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.until(lambda: any("open" in n.lower() for n in world.notices), "it to be told")
        sol.moves("1.041")
        await lines.reaches(post, "closed")
        await lines.until(lambda: "closed" in world.notices[-1].lower(), "its end to be told")
        (message,) = world.owner.saved_messages()
        assert "SOL" in message.text
        assert message.revisions, "it was edited, not sent anew"


async def test_a_refused_signal_is_told_with_its_reason_and_chatter_is_not(world: World) -> None:
    btc = world.coin("BTC")
    async with world.listening() as lines:
        world.post("good morning")
        post = world.post(limit_long(btc, entry="0.1", stop="0.09", tp1="0.11", tp2="0.12"))
        decision = await lines.decision(post)
        await lines.until(lambda: len(world.notices) == 1, "the refusal to be told")
        assert "BTC" in world.notices[0]
        assert decision["reason"].split(",")[0][:30] in world.notices[0]


async def test_a_restart_goes_on_in_the_same_message(world: World, sol: Coin) -> None:
    async with world.process() as first:
        post = world.market_long(sol)
        await first.until(lambda: any("open" in n.lower() for n in world.notices), "it to be told")
        await first.kill()
    async with world.process() as second:
        sol.moves("0.969")
        await second.reaches(post, "closed")
        await second.until(lambda: "closed" in world.notices[-1].lower(), "its end to be told")
    assert len(world.notices) == 1


async def test_notices_that_cannot_be_sent_hold_up_no_trade(world: World, sol: Coin) -> None:
    fault = world.telegram.fail(functions.messages.SendMessageRequest, 500, "MSG_WAIT_FAILED")
    async with world.listening() as lines:
        post = world.market_long(sol)
        await lines.reaches(post, "open")
        assert len(sol.targets) == 2
        await lines.until(lambda: fault.hits > 0, "an attempt")
        fault.clear()
        await lines.until(lambda: len(world.notices) == 1, "the notice, at last")
