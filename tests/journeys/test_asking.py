"""A follow-up that fits several trades changes nothing until the owner has said which."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from journeys.coin import Coin
from journeys.lines import Lines, Posted
from journeys.world import World, market_long


async def two_open(world: World, lines: Lines, *coins: Coin) -> list[Posted]:
    posts = [world.post(market_long(coin)) for coin in coins]
    for post in posts:
        await lines.reaches(post, "open")
    return posts


async def asked(world: World, lines: Lines, text: str) -> tuple[Posted, int]:
    """The post that asks for something of several trades, and the message that asks the owner."""
    post = world.post(text)
    decision = await lines.decision(post)
    assert (decision["outcome"], decision["rule"]) == ("unclear", "ambiguous_trade")

    def questions() -> list[int]:
        told = world.owner.saved_messages()
        return [m.id for m in told if "WHICH TRADE?" in m.text and f"post {post.id}:" in m.text]

    await lines.until(lambda: bool(questions()), "the question")
    return post, questions()[-1]


async def test_the_owners_number_carries_it_out_for_that_trade_alone(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        first, second = await two_open(world, lines, sol, eth)
        post, question = await asked(world, lines, "Close half now")
        assert (await lines.decision(post))["asks"] == [first.signal, second.signal]
        (shown,) = [m for m in world.owner.saved_messages() if m.id == question]
        assert "1: LONG SOL/USDT 0.8, post 1" in shown.text
        assert "2: LONG ETH/USDT" in shown.text
        world.owner.write("1", reply_to=question)
        await lines.until(lambda: sol.size == Decimal("0.4"), "half of it")
        world.owner.write("2", reply_to=question)
        await lines.until(
            lambda: any("answered before" in notice for notice in world.notices), "the refusal"
        )
        story = await world.run("explain", post.signal)
        assert "the owner asked" in story.out
        assert f"about post {post.signal}" in story.out
    assert eth.size == Decimal("0.04")
    assert sol.unguarded_seconds == 0


async def test_all_and_none_are_answers_and_an_answer_survives_a_restart(
    world: World, sol: Coin, eth: Coin
) -> None:
    async with world.listening() as lines:
        await two_open(world, lines, sol, eth)
        _, first = await asked(world, lines, "Close half now")
        world.owner.write("none", reply_to=first)
        await lines.until(lambda: "Nothing is changed." in world.notices, "the answer")
        _, second = await asked(world, lines, "Move stop loss to entry")
        world.owner.write("perhaps", reply_to=second)
        await lines.until(lambda: "Not done: an answer is" in world.notices[-1], "the refusal")
    sol.moves("1.01")
    eth.moves("1.01")
    async with world.listening() as lines:
        assert sol.stops < [sol.began]
        world.owner.write("all", reply_to=second)
        await lines.until(lambda: sol.stops >= [sol.began], "the first stop")
        await lines.until(lambda: eth.stops >= [eth.began], "the second")
    assert sol.size == Decimal("0.8")


async def test_a_late_answer_changes_nothing(world: World, sol: Coin, eth: Coin) -> None:
    async with world.listening(answer_minutes_max=1) as lines:
        await two_open(world, lines, sol, eth)
        _, question = await asked(world, lines, "Close the trade now")
        late = datetime.now(UTC) + timedelta(minutes=2)
        world.owner.write("all", reply_to=question, date=late)
        await lines.until(lambda: "the question was open until" in world.notices[-1], "the refusal")
    assert (sol.size, bool(eth.size)) == (Decimal("0.8"), True)
