"""`profiles new --from`: a channel's history is looked at, a profile proposed, and shown what it would have done."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tgbitget.cli.ending import say_error
from tgbitget.cli.post_file import posts_of
from tgbitget.cli.profile_text import profile_text
from tgbitget.cli.proposal import Proposal, proposed
from tgbitget.cli.rehearsed import PLANNED_MAX, Rehearsed, table_of
from tgbitget.cli.survey import Survey
from tgbitget.cli.tables import print_drawn
from tgbitget.cli.words import shortened
from tgbitget.errors import BadInput
from tgbitget.intake.raw_post import Broken
from tgbitget.model.ids import ChannelId
from tgbitget.parsing import registry
from tgbitget.profile import Profile, default_profile
from tgbitget.settings import Settings

_HEAD_BYTES = 4096
_TITLE = re.compile(r'^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")')
_TITLE_SHOWN = 60
_CHANNELS_NAMED = 5
_CHANNELS_MAX = 200  # each keeps its latest posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A proposed profile as the text of its file, and what is needed to show what it would have done."""

    text: str
    proposal: Proposal
    survey: Survey
    channel: ChannelId
    file: Path
    posts: int  # of all channels in the file: a dry run takes them all


def written_from(file: Path, *, name: str, channels: list[str], mode: str) -> Written:
    """BadInput when the history names no channel that can be followed, or several; ValidationError as for any profile."""
    surveys = _surveyed(file)
    channel, followed = _chosen(surveys, channels, file)
    survey, title = surveys[channel], _title(file) if len(surveys) == 1 else ""
    proposal = proposed(survey, name=name, channels=followed, mode=mode, title=title)
    head = f"The rules of {name}, proposed from a history: what was seen stands beside what it decided. Read it before you trade it."
    text = profile_text(proposal.profile, head=head, seen=proposal.seen)
    return Written(
        text=text,
        proposal=proposal,
        survey=survey,
        channel=channel,
        file=file,
        posts=sum(one.tally.posts for one in surveys.values()),
    )


def print_prospect(written: Written, settings: Settings, *, to_stderr: bool) -> None:
    """The table of what would have been read, left and refused."""
    rehearsed = _rehearsed(written, settings) if written.posts <= PLANNED_MAX else None
    print_drawn(table_of(written.survey, rehearsed), to_stderr=to_stderr)


def _surveyed(file: Path) -> dict[ChannelId, Survey]:
    """Of each channel in the file, read with every default."""
    registry.load()
    chain = registry.make_chain(default_profile())
    surveys: dict[ChannelId, Survey] = {}
    broken = 0
    for item in posts_of(str(file), with_bar=True):
        if isinstance(item, Broken):
            broken += 1
            continue
        if item.channel not in surveys and len(surveys) >= _CHANNELS_MAX:
            raise BadInput(f"{file} holds more than {_CHANNELS_MAX} channels: export one of them")
        surveys.setdefault(item.channel, Survey()).add(item, chain.read(item))
    if broken:
        say_error(f"{broken} broken {'line' if broken == 1 else 'lines'} skipped")
    if not surveys:
        raise BadInput(f"there is no post in {file}")
    return surveys


def _chosen(
    surveys: dict[ChannelId, Survey], named: list[str], file: Path
) -> tuple[ChannelId, list[str | int]]:
    """Which channel of the file is looked at, and which are followed: those named, else that one."""
    known = [name for name in named if name in surveys]
    if len(surveys) > 1 and len(known) != 1:
        names = ", ".join(list(surveys)[:_CHANNELS_NAMED])
        more = ", …" if len(surveys) > _CHANNELS_NAMED else ""
        raise BadInput(
            f"{file} holds {len(surveys)} channels: choose one with --channel ({names}{more})"
        )
    channel = ChannelId(known[0]) if known else next(iter(surveys))
    if named:
        return channel, list(named)
    if not channel.lstrip("-").isdigit() and not channel.startswith("@"):
        raise BadInput(
            f'{file} calls its channel "{channel}", which is no id: name it with --channel'
        )
    return channel, [channel]


def _title(file: Path) -> str:
    """As Desktop writes it, first of all."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES).decode("utf-8-sig", "ignore")
    found = _TITLE.match(head)
    return shortened(json.loads(found[1]), _TITLE_SHOWN) if found else ""


def _rehearsed(written: Written, settings: Settings) -> Rehearsed:
    from tgbitget.app.runs import replay
    from tgbitget.cli.start import run_async

    counted = Rehearsed(channel=written.channel)
    profile: Profile = written.proposal.profile
    with _status("planning what was read"):
        run_async(replay(settings, profile, str(written.file), dry_run=True, printer=counted))
    return counted


@contextmanager
def _status(doing: str) -> Iterator[None]:
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(doing):
        yield
