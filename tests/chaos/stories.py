"""After the chaos, `signals list` and `explain` tell of each post what happened, the restarts included."""

import json

from chaos.checks import Findings, Ran
from tgbitget.journal.reader import Reader
from tgbitget.journal.story import Chapter
from tgbitget.model.ids import ChannelId

ASKED_BY_COMMAND = 3
"""Of so many the command itself is asked; of the others what it prints."""


async def check_stories(ran: Ran, findings: Findings) -> None:
    outcomes = ran.course.book.outcomes()
    listed = await ran.world.run(
        "signals", "list", "--all", "--limit", str(2 * len(outcomes) + 1), "--json"
    )
    shown = {row["signal"]: row["outcome"] for row in map(json.loads, listed.out.splitlines())}
    wrong = [s for s, all_ in outcomes.items() if shown.get(s) != all_[-1]]
    findings.want(not wrong, f"`signals list` does not tell of {wrong[:5]}")
    untold, with_starts = [], []
    with Reader(ran.world.home / "tgbitget.sqlite3") as journal:
        for signal in outcomes:
            channel, _, number = signal.rpartition("/")
            chapters = journal.story(ChannelId(channel), int(number))
            kinds = [chapter.kind for chapter in chapters]
            if kinds.count("decision") != len(outcomes[signal]):
                untold.append(signal)
            if _lacks_a_start(ran, chapters):
                untold.append(f"{signal} (a restart)")
            if "start" in kinds:
                with_starts.append(signal)
    findings.want(not untold, f"`explain` does not tell all of {untold[:5]}")
    for signal in with_starts[:ASKED_BY_COMMAND]:
        channel, _, number = signal.rpartition("/")
        told = await ran.world.run("explain", channel, number)
        findings.want(
            "the listener was started again" in told.out, f"`explain` of {signal} tells no restart"
        )
    findings.figures["stories"] = f"{len(outcomes)}, {len(with_starts)} with a restart in them"


def _lacks_a_start(ran: Ran, chapters: list[Chapter]) -> bool:
    """Whether a listener began and was ready between the first and the last word of it, and nothing is said of that."""
    first, last = chapters[0].at.timestamp(), chapters[-1].at.timestamp()
    told = [chapter.at.timestamp() for chapter in chapters if chapter.kind == "start"]
    within = [life for life in ran.course.lives[1:] if first < life[0] and life[1] < last]
    return any(not any(begun <= at <= ready for at in told) for begun, ready in within)
