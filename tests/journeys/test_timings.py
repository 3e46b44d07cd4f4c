"""Each signal's way through the river, as `stats` tells it afterwards."""

from datetime import UTC, datetime, timedelta

from journeys.world import World
from tgbitget.journal.reader import Reader
from tgbitget.journal.timings import SEGMENTS


async def test_a_traded_post_tells_its_five_segments_and_talk_the_first_three(world: World) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=1)
    async with world.listening() as lines:
        await lines.decision(world.post("Good morning traders"))
        signal = world.market_long(world.coin("SOL"))
        await lines.reaches(signal, "open")
    with Reader(world.home / "tgbitget.sqlite3") as journal:
        talk, traded = journal.timed(begun)
    assert tuple(talk.taken_us) == SEGMENTS[:3]
    assert tuple(traded.taken_us) == SEGMENTS
    assert all(us >= 0 for us in traded.taken_us.values())
    assert timedelta(seconds=-1) < traded.age < timedelta(seconds=10)
