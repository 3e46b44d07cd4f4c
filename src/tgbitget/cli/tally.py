"""What the parsers made of many posts, counted: bounded, however many there are and whatever stands in them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tgbitget.cli.words import shortened
from tgbitget.model.intent import OpenPosition
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear, reading_json

COUNTED_MAX: Final = 2_000
"""Different names in one count; what a file names beyond them counts as `OTHERS`."""
OTHERS: Final = "others"
EXAMPLES: Final = 3
_EXAMPLE_REASONS_MAX: Final = 50
_TEXT_KEPT: Final = 120
_SYMBOLS_TOLD: Final = 20
FOLLOW_UPS: Final = ("close", "cancel", "update")


class Count(Counter[str]):
    """A counter that stops learning new names."""

    def add(self, name: str) -> None:
        known = name in self or len(self) < COUNTED_MAX
        self[name if known else OTHERS] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    channel: str
    message_id: int
    reason: str
    text: str


@dataclass(slots=True)
class Tally:
    """Counts as posts are added. `months` maps `2026-01` to counts by kind; follow-ups are counted by how they name
    their trade: `reply`, `name`, `neither`."""

    posts: int = 0
    broken: int = 0
    first: datetime | None = None
    last: datetime | None = None
    channels: Count = field(default_factory=Count)
    kinds: Count = field(default_factory=Count)
    reasons: Count = field(default_factory=Count)
    parsers: Count = field(default_factory=Count)
    symbols: Count = field(default_factory=Count)
    named_by: Count = field(default_factory=Count)
    months: dict[str, Count] = field(default_factory=dict)
    with_stop: int = 0
    with_targets: int = 0
    _examples: dict[str, list[Example]] = field(default_factory=dict)

    def add(self, post: Post, reading: Reading) -> None:
        kind = str(reading_json(reading)["kind"])
        self.posts += 1
        self.first = min(self.first or post.date, post.date)
        self.last = max(self.last or post.date, post.date)
        self.channels.add(post.channel)
        self.kinds.add(kind)
        self._add_month(f"{post.date:%Y-%m}", kind)
        if not isinstance(reading, NotASignal) and reading.parser:
            self.parsers.add(reading.parser)
        match reading:
            case Read(intent=OpenPosition() as intent):
                self.symbols.add(intent.symbol)
                self.with_stop += intent.stop_loss is not None
                self.with_targets += bool(intent.take_profits)
            case Read():
                self.named_by.add(_named_by(post, reading))
            case Unclear():
                self.reasons.add(reading.reason)
                self._keep(post, reading)
            case NotASignal():
                pass

    @property
    def set_ups(self) -> int:
        return self.kinds["open"]

    @property
    def follow_ups(self) -> int:
        return sum(self.kinds[kind] for kind in FOLLOW_UPS)

    @property
    def examples(self) -> list[Example]:
        """Unclear posts: one of each frequent reason, then more of the first."""
        kept = [self._examples.get(reason, []) for reason, _ in self.reasons.most_common()]
        in_turn = [those[at] for at in range(EXAMPLES) for those in kept if at < len(those)]
        return in_turn[:EXAMPLES]

    def json(self) -> dict[str, Any]:
        return {
            "posts": self.posts,
            "broken": self.broken,
            "first": _moment(self.first),
            "last": _moment(self.last),
            "channels": dict(self.channels),
            "kinds": dict(self.kinds),
            "reasons": dict(self.reasons.most_common()),
            "parsers": dict(self.parsers.most_common()),
            "months": {month: dict(counts) for month, counts in sorted(self.months.items())},
            "symbols": dict(self.symbols.most_common(_SYMBOLS_TOLD)),
            "set_ups": self.set_ups,
            "set_ups_with_stop": self.with_stop,
            "set_ups_with_targets": self.with_targets,
            "follow_ups": self.follow_ups,
            "follow_ups_by_reply": self.named_by["reply"],
            "follow_ups_by_name": self.named_by["name"],
            "follow_ups_by_neither": self.named_by["neither"],
            "examples": [
                {
                    "channel": e.channel,
                    "message_id": e.message_id,
                    "reason": e.reason,
                    "text": e.text,
                }
                for e in self.examples
            ],
        }

    def _add_month(self, month: str, kind: str) -> None:
        if month not in self.months and len(self.months) >= COUNTED_MAX:
            month = OTHERS
        self.months.setdefault(month, Count()).add(kind)

    def _keep(self, post: Post, reading: Unclear) -> None:
        if reading.reason not in self._examples and len(self._examples) >= _EXAMPLE_REASONS_MAX:
            return
        kept = self._examples.setdefault(reading.reason, [])
        if len(kept) < EXAMPLES:
            text = shortened(post.text, _TEXT_KEPT)
            kept.append(Example(channel=post.channel, message_id=post.message_id, reason=reading.reason, text=text))  # fmt: skip


def _named_by(post: Post, reading: Read) -> str:
    if post.reply_to is not None:
        return "reply"
    return "name" if reading.intent.symbol else "neither"


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
