"""`parse`: what the parsers alone make of a text or of many posts; no market, no account, no network."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import AsJson, ProfileName
from tgbitget.errors import BadInput

if TYPE_CHECKING:
    from tgbitget.model.post import Post
    from tgbitget.profile import Profile

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
        bool,
        typer.Option(
            "--explain",
            help="Show the post with each field's words marked, the rules, and what each parser says.",
        ),
    ] = False,
    summary: Annotated[
        bool,
        typer.Option("--summary", help="With --posts: counts instead of posts, on one screen."),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="KIND,…",
            help="With --posts: only readings of these kinds (open, close, cancel, update, none, unclear) "
            "or reasons (no_entry).",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """What a post means, before any profile's limits or market is asked."""
    _check(text, posts, explain=explain, summary=summary, only=only)
    rules = _rules(profile)
    if posts is not None:
        from tgbitget.cli import parse_many

        wanted = parse_many.wanted_of(only)
        if summary:
            return parse_many.print_summary(posts, rules, as_json=as_json)
        if explain:
            return parse_many.print_explained(posts, rules, wanted, as_json=as_json)
        return parse_many.print_readings(posts, rules, wanted, as_json=as_json)
    post = _one_post(_stdin_text() if text == STDIN else str(text))
    _print_one(post, rules, explain=explain, as_json=as_json)
    return 0


def _check(
    text: str | None, posts: str | None, *, explain: bool, summary: bool, only: str | None
) -> None:
    if (text is None) == (posts is None):
        raise BadInput("give one TEXT (or -), or --posts FILE")
    if posts is None and summary:
        raise BadInput("--summary counts many posts: give --posts FILE")
    if posts is None and only is not None:
        raise BadInput("--only chooses among many posts: give --posts FILE")
    if summary and (explain or only is not None):
        raise BadInput("--summary counts all posts and shows none: leave out --explain and --only")


def _rules(profile: str | None) -> "Profile":
    from tgbitget.parsing import registry
    from tgbitget.profile import default_profile, load_profile
    from tgbitget.settings import load_settings

    registry.load()
    if profile is None:
        return default_profile()
    return load_profile(profile, load_settings(make_home=False))


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


def _print_one(post: "Post", rules: "Profile", *, explain: bool, as_json: bool) -> None:
    from tgbitget.cli.reading_text import reading_pairs
    from tgbitget.cli.tables import print_json, print_pairs
    from tgbitget.model.reading import reading_json
    from tgbitget.parsing import registry

    chain = registry.make_chain(rules)
    if not explain:
        reading = chain.read(post)
        if as_json:
            print_json(reading_json(reading))
        else:
            print_pairs(reading_pairs(reading))
        return
    from tgbitget.cli.explaining import explained, explanation_json
    from tgbitget.cli.explaining_text import print_explanation

    explanation = explained(chain, post, rules)
    if as_json:
        print_json({**reading_json(explanation.reading), **explanation_json(explanation)})
    else:
        print_explanation(explanation)
