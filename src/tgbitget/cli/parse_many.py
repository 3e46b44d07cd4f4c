"""`parse --posts`: a line for each post, each post explained, or all of them counted."""

from collections.abc import Iterator

from tgbitget.cli.ending import DONE, FAILED, say_error
from tgbitget.cli.explaining import explained, explanation_json
from tgbitget.cli.explaining_text import print_explanation
from tgbitget.cli.post_file import posts_of
from tgbitget.cli.reasons import REASONS
from tgbitget.cli.tables import print_json
from tgbitget.cli.tally import FOLLOW_UPS, Tally
from tgbitget.cli.tally_text import print_tally
from tgbitget.cli.words import reading_line, shortened
from tgbitget.errors import BadInput
from tgbitget.intake.raw_post import Broken
from tgbitget.model.post import Post
from tgbitget.model.reading import Reading, Unclear, reading_json
from tgbitget.parsing import registry
from tgbitget.profile import Profile

_KINDS = ("open", *FOLLOW_UPS, "none", "unclear")
_TEXT_SHOWN = 60
_BROKEN_NAMED = 20

Wanted = frozenset[str]


class _Unbroken:
    """The posts of a file; its broken lines are named, the first of them, and counted."""

    def __init__(self, file: str, *, with_bar: bool = False) -> None:
        self._file = file
        self._with_bar = with_bar
        self.broken = 0

    def __iter__(self) -> Iterator[Post]:
        for item in posts_of(self._file, with_bar=self._with_bar):
            if isinstance(item, Broken):
                self.broken += 1
                if not self._with_bar or self.broken <= _BROKEN_NAMED:
                    say_error(f"line {item.line} skipped: {item.why}")
            else:
                yield item

    def end(self) -> int:
        """The exit code."""
        if self.broken:
            noun = "line" if self.broken == 1 else "lines"
            say_error(f"{self.broken} broken {noun} skipped")
        return FAILED if self.broken else DONE


def wanted_of(only: str | None) -> Wanted:
    """The kinds and reasons of `--only`; empty: all. BadInput names what is neither."""
    names = [name.strip() for name in only.split(",")] if only is not None else []
    for name in names:
        if name not in _KINDS and name not in REASONS:
            raise BadInput(
                f'--only: expected {", ".join(_KINDS)} or the reason of an unclear one, was "{name}"'
            )
    return frozenset(names)


def print_readings(file: str, rules: Profile, wanted: Wanted, *, as_json: bool) -> int:
    chain = registry.make_chain(rules)
    posts = _Unbroken(file)
    for post in posts:
        reading = chain.read(post)
        if not _is_wanted(reading, wanted):
            continue
        if as_json:
            print_json({**_place(post), "reading": reading_json(reading)})
        else:
            place = f"{post.channel}/{post.message_id}"
            print(f"{place}\t{reading_line(reading)}\t{shortened(post.text, _TEXT_SHOWN)}")
    return posts.end()


def print_explained(file: str, rules: Profile, wanted: Wanted, *, as_json: bool) -> int:
    chain = registry.make_chain(rules)
    posts = _Unbroken(file)
    is_first = True
    for post in posts:
        if wanted and not _is_wanted(chain.read(post), wanted):
            continue
        explanation = explained(chain, post, rules)
        if as_json:
            reading = reading_json(explanation.reading)
            print_json({**_place(post), "reading": reading, **explanation_json(explanation)})
            continue
        gap = "" if is_first else "\n"
        print(f"{gap}{post.channel}/{post.message_id}  {post.date:%Y-%m-%d %H:%M}")
        print_explanation(explanation)
        is_first = False
    return posts.end()


def print_summary(file: str, rules: Profile, *, as_json: bool) -> int:
    chain = registry.make_chain(rules)
    posts = _Unbroken(file, with_bar=True)
    tally = Tally()
    for post in posts:
        tally.add(post, chain.read(post))
    tally.broken = posts.broken
    if as_json:
        print_json(tally.json())
    else:
        print_tally(tally, file)
    return posts.end()


def _is_wanted(reading: Reading, wanted: Wanted) -> bool:
    if not wanted:
        return True
    is_reason = isinstance(reading, Unclear) and reading.reason in wanted
    return is_reason or reading_json(reading)["kind"] in wanted


def _place(post: Post) -> dict[str, object]:
    return {"channel": post.channel, "message_id": post.message_id}
