"""The measurements there are, in the order in which they run."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Final

from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import Effort, Measure, Result, Say
from tgbitget.bench.reading import measure as measure_reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is measured together, in one setting; the module that does it, and about how long that takes."""

    ids: tuple[str, ...]
    title: str
    module: str
    seconds: int


STAGES: Final = (
    Stage(ids=("P1", "P6"), title="post to order, and its stop", module="order_path", seconds=110),
    Stage(ids=("P2",), title="posts that are not pushed", module="sight", seconds=25),
    Stage(ids=("P3",), title="an order after a silence", module="idle", seconds=120),
    Stage(ids=("P4",), title="an order behind questions", module="queued", seconds=45),
    Stage(ids=("P5", "P13"), title="a thousand signals in a second", module="burst", seconds=40),
    Stage(ids=("P7",), title="reading", module="reading", seconds=10),
    Stage(ids=("P8", "P9"), title="a history", module="history", seconds=90),
    Stage(ids=("P10",), title="killed, and ready again", module="restart", seconds=60),
    Stage(ids=("P11",), title="help and version", module="starting", seconds=15),
    Stage(ids=("P12",), title="durability", module="durability", seconds=5),
)
IDS: Final = sorted((one for stage in STAGES for one in stage.ids), key=lambda one: int(one[1:]))


def chosen(ids: Iterable[str]) -> list[Stage]:
    """The stages of these metrics; of none: all. ValueError names one that there is not."""
    wanted = {one.strip().upper() for one in ids}
    if unknown := sorted(wanted - set(IDS)):
        raise ValueError(f"there is no {unknown[0]}; there are {', '.join(IDS)}")
    return [stage for stage in STAGES if not wanted or wanted & set(stage.ids)]


async def run(
    stages: Sequence[Stage], effort: Effort, say: Say, *, on_result: Callable[[Result], None]
) -> list[str]:
    """Each stage in turn; returns what could not be measured, in sentences."""
    failed = []
    for stage in stages:
        try:
            results = await _measure_of(stage)(effort, say)
        except* BenchFailed as group:
            failed += [f"{', '.join(stage.ids)}: {_told(one)}" for one in _leaves(group)]
        else:
            for result in results:
                on_result(result)
    return failed


def _measure_of(stage: Stage) -> Measure:
    if stage.module == "reading":
        return _reading
    measure: Measure = import_module(f"tgbitget.bench.{stage.module}").measure
    return measure


async def _reading(effort: Effort, say: Say) -> Sequence[Result]:
    say("P7: posts of a channel's day, by turns with six expressions")
    count = effort.posts or effort.pick(200, 2_000, 20_000)
    work = partial(measure_reading, count=count, blocks=effort.blocks)
    found = await asyncio.to_thread(work)
    return [found.result()]


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found


def _told(error: BaseException) -> str:
    return str(error) or repr(error)
