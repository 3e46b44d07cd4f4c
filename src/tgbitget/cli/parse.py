"""`parse`: what the parsers alone make of a text or of many posts; no market, no account, no network."""

# ruff: noqa: PLC0415 -- what a command needs is imported when it runs: --help stays light

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tgbitget.cli.options import AsJson, ProfileName
from tgbitget.errors import BadInput

if TYPE_CHECKING:
    from tgbitget.intake.raw_post import Broken
    from tgbitget.model.post import Post
    from tgbitget.model.reading import Reading
    from tgbitget.parsing.chain import Chain

STDIN = "-"
TEXT_BYTES_MAX = 1_000_000  # of one post on stdin; Telegram's have 4,096 characters


def add_to(app: typer.Typer) -> None:
    app.command()(parse)


def parse(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT | -]", help="One post; - reads it from stdin.")
    ] = None,
    posts: Annotated[
        str | None,
        typer.Option(
            "--posts",
            metavar="FILE|-",
            help="Many: a Telegram Desktop export, or JSON lines, also on stdin.",
        ),
    ] = None,
    profile: ProfileName = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also which words said what, and by which rule.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """What a post means, before any profile's limits or market is asked."""
    if (text is None) == (posts is None):
        raise BadInput("give one TEXT (or -), or --posts FILE")
    chain = _chain(profile)
    if posts is not None:
        return _parse_many(posts, chain, explain=explain, as_json=as_json)
    post = _one_post(_stdin_text() if text == STDIN else str(text))
    _print_reading(post, chain.read(post), explain=explain, as_json=as_json)
    return 0


def _chain(profile: str | None) -> "Chain":
    from tgbitget.parsing import registry
    from tgbitget.profile import default_profile, load_profile
    from tgbitget.settings import load_settings

    registry.load()
    if profile is None:
        return registry.make_chain(default_profile())
    return registry.make_chain(load_profile(profile, load_settings(make_home=False)))


def _one_post(text: str) -> "Post":
    from datetime import UTC, datetime

    from tgbitget.model.ids import ChannelId
    from tgbitget.model.post import Post, Via

    now = datetime.now(UTC)
    return Post(channel=ChannelId(STDIN), message_id=0, date=now, text=text, via=Via.REPLAY)


def _stdin_text() -> str:
    data = sys.stdin.buffer.read(TEXT_BYTES_MAX + 1)
    if len(data) > TEXT_BYTES_MAX:
        raise BadInput(f"one post has at most {TEXT_BYTES_MAX} bytes; use --posts -")
    return data.decode("utf-8", errors="replace").strip("\n")


def _parse_many(file: str, chain: "Chain", *, explain: bool, as_json: bool) -> int:
    """1 when lines were broken: they are named, skipped and counted."""
    from tgbitget.cli.ending import DONE, FAILED, say_error
    from tgbitget.cli.tables import print_json
    from tgbitget.cli.words import reading_line, shortened
    from tgbitget.intake.raw_post import Broken
    from tgbitget.model.reading import reading_json

    broken = 0
    for item in _posts(file):
        if isinstance(item, Broken):
            broken += 1
            say_error(f"line {item.line} skipped: {item.why}")
            continue
        reading = chain.read(item)
        if as_json:
            row = {"channel": item.channel, "message_id": item.message_id}
            print_json({**row, "reading": reading_json(reading), **_spans(reading, explain)})
        elif explain:
            print(f"{item.channel}/{item.message_id}")
            _print_reading(item, reading, explain=True, as_json=False)
        else:
            print(
                f"{item.channel}/{item.message_id}\t{reading_line(reading)}\t{shortened(item.text, 60)}"
            )
    if broken:
        say_error(f"{broken} broken {'line' if broken == 1 else 'lines'} skipped")
    return FAILED if broken else DONE


def _posts(file: str) -> "Iterator[Post | Broken]":
    from pathlib import Path

    from tgbitget.intake.replay import read_posts

    return _stdin_posts() if file == STDIN else read_posts(Path(file))


def _stdin_posts() -> "Iterator[Post | Broken]":
    """As they come: a line in, a line out."""
    import asyncio

    from tgbitget.intake.replay import read_stdin

    with asyncio.Runner() as runner:
        lines = read_stdin()

        async def following() -> "Post | Broken | None":
            return await anext(lines, None)

        while (item := runner.run(following())) is not None:
            yield item


def _print_reading(post: "Post", reading: "Reading", *, explain: bool, as_json: bool) -> None:
    from tgbitget.cli.reading_text import explained, reading_pairs
    from tgbitget.cli.tables import print_json, print_pairs
    from tgbitget.model.reading import reading_json

    if as_json:
        print_json({**reading_json(reading), **_spans(reading, explain)})
        return
    print_pairs(reading_pairs(reading))
    if explain:
        print_pairs([("", ""), *explained(post.text, reading)])


def _spans(reading: "Reading", explain: bool) -> dict[str, Any]:
    if not explain:
        return {}
    spans = getattr(reading, "spans", ())
    return {
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end, "rule": span.rule}
            for span in spans
        ]
    }
