"""P8 and P9: a history of posts through the whole river. How fast, and what stays in memory."""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tgbitget.bench import metric
from tgbitget.bench.errand import running
from tgbitget.bench.metric import NS_PER_MS, Bar, Effort, Result, Say
from tgbitget.bench.posts import traffic

RATIO_MAX: Final = 4.0
GROWTH_MAX: Final = 1.1
RESIDENT_MB_MAX: Final = 150.0
FULL: Final = 1_000_000
FEW: Final = 1_000
_KB_PER_MB: Final = 1024
_FRESH: Final = 2_000
"""So many posts are made up; then they repeat, with other ids and times."""


async def measure(effort: Effort, say: Say) -> Sequence[Result]:
    count = effort.pick(FEW, 20_000, FULL)
    part = max(FEW, min(count, 5_000) // 2)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-bench-")))
        say(f"P8, P9: writing {count:,} posts")
        long, short = write(folder / "long.jsonl", count), write(folder / "short.jsonl", part)
        (folder / "home").mkdir()
        client = await stack.enter_async_context(
            running("replay_client", "--home", str(folder / "home"))
        )
        decoded: list[list[float]] = []
        replayed: list[list[float]] = []
        for number in range(effort.blocks):
            say(f"P8: block {number + 1} of {effort.blocks}")
            decoded.append([await client.do("decode", file=str(short)) / part / NS_PER_MS * 1000])
            ran = await client.do("rehearse", file=str(short), marks=[])
            replayed.append([ran["ns"] / part / NS_PER_MS * 1000])
        say(f"P9: {count:,} posts in one life")
        fresh = await stack.enter_async_context(
            running("replay_client", "--home", str(folder / "home"))
        )
        ran = await fresh.do("rehearse", file=str(long), marks=[FEW, count])
    return [_pace(decoded, replayed, part), _memory(ran["resident_kb"], count)]


def write(file: Path, count: int) -> Path:
    """Posts as `replay` takes them, one a minute."""
    texts = [text for _, text in traffic(min(count, _FRESH))]
    began = datetime(2026, 1, 1, tzinfo=UTC)
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            post = {
                "channel": -1001,
                "message_id": number + 1,
                "date": (began + timedelta(minutes=number)).isoformat(),
                "text": texts[number % len(texts)],
            }
            lines.write(json.dumps(post) + "\n")
    return file


def _pace(
    decoded: Sequence[Sequence[float]], replayed: Sequence[Sequence[float]], part: int
) -> Result:
    ratio = metric.ratio("replay ÷ decoding", replayed, decoded)
    return Result(
        id="P8",
        title="Replay of a history",
        bars=(Bar(name="÷ reading and decoding", value=ratio.value.median, most=RATIO_MAX),),
        figures=(
            metric.figure("read and decode a line", "µs", decoded),
            metric.figure("replay a post", "µs", replayed),
            ratio,
        ),
        notes=(
            f"{part:,} posts a block instead of a million: the pace is the same; `replay --dry-run`: each post is read, "
            "planned and written to a journal that goes away",
            "fills are not simulated in a rehearsal",
        ),
    )


def _memory(resident_kb: dict[str, int], count: int) -> Result:
    few, many = resident_kb[str(FEW)] / _KB_PER_MB, resident_kb[str(count)] / _KB_PER_MB
    return Result(
        id="P9",
        title=f"Memory after {count:,} posts",
        bars=(
            Bar(name=f"÷ after {FEW:,}", value=many / few, most=GROWTH_MAX),
            Bar(name="resident", value=many, most=RESIDENT_MB_MAX, unit="MB"),
        ),
        figures=(
            metric.once(f"after {FEW:,} posts", "MB", few),
            metric.once(f"after {count:,} posts", "MB", many),
        ),
        notes=(
            "resident memory of a replay as a rehearsal, Telethon and CCXT imported",
            *((f"--full replays {FULL:,}",) if count < FULL else ()),
        ),
    )
