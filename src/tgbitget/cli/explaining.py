"""A reading explained: which words it comes from, and what each parser of the chain says for itself."""

import re
from dataclasses import dataclass
from typing import Any, Final

from tgbitget.cli.reasons import reason_words
from tgbitget.model.post import Post
from tgbitget.model.reading import NotASignal, Read, Reading, Span, Unclear, reading_json
from tgbitget.parsing.chain import Chain
from tgbitget.parsing.lacking import lack_of
from tgbitget.parsing.lexicon import lexicon
from tgbitget.profile import Profile

_JSON_LIKE: Final = re.compile(r"\s*(```\w*\s*)?\{")
_FREEFORM: Final = "freeform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One parser's own answer. `is_asked`: no parser before it had ended the chain."""

    name: str
    reading: Reading
    reason: str
    is_asked: bool

    @property
    def kind(self) -> str:
        return str(reading_json(self.reading)["kind"])

    @property
    def is_reader(self) -> bool:
        """Did this one end the chain?"""
        return self.is_asked and not isinstance(self.reading, NotASignal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    post: Post
    reading: Reading
    spans: tuple[Span, ...]
    answers: tuple[Answer, ...]


def explained(chain: Chain, post: Post, profile: Profile) -> Explanation:
    """*chain* was made of *profile*."""
    reading = chain.read(post)
    answers: list[Answer] = []
    is_asked = True
    against: tuple[Span, ...] = ()
    for name, said in chain.answers(post) if _is_within_bounds(reading) else ():
        reason = _reason(name, said, post, profile)
        if name == _FREEFORM and isinstance(said, NotASignal):
            lack = lack_of(post.text, lexicon(tuple(profile.parsing.language)))
            reason, against = said.why or lack.sentence, lack.spans
        answers.append(Answer(name=name, reading=said, reason=reason, is_asked=is_asked))
        is_asked = is_asked and isinstance(said, NotASignal)
    spans = against if isinstance(reading, NotASignal) else reading.spans
    ordered = tuple(sorted(spans, key=lambda span: (span.start, span.end)))
    return Explanation(post=post, reading=reading, spans=ordered, answers=tuple(answers))


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """`spans` in characters of the post as written, and `parsers` in their order."""
    text = explanation.post.text
    return {
        "spans": [
            {
                "field": span.field,
                "start": span.start,
                "end": span.end,
                "text": text[span.start : span.end],
                "rule": span.rule,
            }
            for span in explanation.spans
        ],
        "parsers": [
            {"name": a.name, "answer": a.kind, "reason": a.reason or None, "asked": a.is_asked}
            for a in explanation.answers
        ],
    }


def _is_within_bounds(reading: Reading) -> bool:
    """A text too long for a post was shown to no parser."""
    return not (isinstance(reading, Unclear) and reading.parser is None)


def _reason(name: str, reading: Reading, post: Post, profile: Profile) -> str:
    match reading:
        case Read():
            return ""
        case Unclear():
            return reason_words(reading.reason, reading.detail)
        case NotASignal(why=None):
            return _form_missed(name, post.text, profile)
        case NotASignal():
            return reading.why or ""


def _form_missed(name: str, text: str, profile: Profile) -> str:
    """What our own parsers look for and did not find; a foreign one that says nothing is told so."""
    parsing = profile.parsing
    match name:
        case "structured" if _JSON_LIKE.match(text):
            return "its JSON is not whole, or has none of symbol, side, action, kind"
        case "structured":
            return "the post is no JSON object"
        case "template" if parsing.templates:
            return f"it does not begin with SIGNAL |, and fits {_none_of(len(parsing.templates), 'template')}"
        case "template":
            return "it does not begin with SIGNAL |"
        case "pattern":
            return f"it fits {_none_of(len(parsing.patterns), 'expression')} of the profile"
        case _:
            return "it gave no reason"


def _none_of(count: int, noun: str) -> str:
    return f"not the one {noun}" if count == 1 else f"none of the {count} {noun}s"
