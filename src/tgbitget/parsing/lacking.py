"""Why a text written by hand is no signal: what a set-up needs and it lacks, and its words that tell of something else.

For people who look at one post. The reader does not ask here, and nothing is decided here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tgbitget.model.reading import Span
from tgbitget.parsing.chain import TEXT_LENGTH_MAX
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.subjects import with_bare_names
from tgbitget.parsing.text import normalise, placed
from tgbitget.parsing.tokens import TOKENS_MAX, Kind, Token, Unit, tokenise

AGAINST: Final = "against"
"""The field of the spans: words that speak against a signal."""

_TELLING: Final = {
    Meaning.HIT: "what the market did",
    Meaning.CLOSED: "what was closed",
    Meaning.RESULT: "a result",
    Meaning.TALK: "an advert",
    Meaning.SAMPLE: "an example",
    Meaning.IF: "a condition",
    Meaning.FUTURE: "a plan",
    Meaning.NOT: "a denial",
}
"""What words of these meanings tell of; a signal is an instruction, now."""
_TICKED: Final = "what was reached"
_PARTS: Final = {
    "an entry": {Meaning.ENTRY, Meaning.AT_MARKET, Meaning.NOW},
    "a target": {Meaning.TARGET},
    "a stop": {Meaning.STOP},
}
_SIDES: Final = {Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL}
_ORDERS: Final = {Meaning.CLOSE, Meaning.CANCEL, Meaning.MOVE, Meaning.BREAKEVEN, Meaning.RISK_FREE}
_WORDS_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """`sentence` says why it is no signal, `spans` are the words (field `against`) in the text as posted."""

    sentence: str
    spans: tuple[Span, ...] = ()


def lack_of(posted: str, lexicon: Lexicon) -> Lack:
    """Of a text that a reader of hand-written posts found to be no signal."""
    text = normalise(posted[:TEXT_LENGTH_MAX])
    if not text.clean.strip():
        return Lack(sentence="there is no text")
    tokens = with_bare_names(tokenise(text.clean, lexicon))
    if not tokens:
        return Lack(sentence=f"no words, or more than {TOKENS_MAX} of them")
    against = tuple(_against(tokens))
    sentence = _parts(tokens)
    if against:
        sentence += f"; {_told(against, text.clean)}"
    return Lack(sentence=sentence, spans=placed(against, text))


def _parts(tokens: Sequence[Token]) -> str:
    meanings = {token.meaning for token in tokens}
    has_price = any(t.kind is Kind.NUMBER and t.unit in (Unit.NONE, Unit.THOUSANDS) for t in tokens)
    named = {
        "a coin": any(token.kind is Kind.NAME for token in tokens),
        "a direction": bool(meanings & _SIDES),
        **{part: bool(meanings & those) for part, those in _PARTS.items()},
        "a price": has_price,
    }
    there = [part for part, is_there in named.items() if is_there]
    missing = [part for part, is_there in named.items() if not is_there]
    orders = "" if meanings & _ORDERS else ", and no word that orders something"
    if not there:
        return "nothing in it speaks of a trade"
    if not missing:
        return "all parts of a set-up are named"
    return f"it names {_listed(there, 'and')}, but not {_listed(missing, 'or')}{orders}"


def _against(tokens: Iterable[Token]) -> Iterable[Span]:
    for token in tokens:
        telling = (
            _TICKED
            if token.kind is Kind.TICK
            else _TELLING.get(token.meaning)
            if token.meaning is not None
            else None
        )
        if telling is not None:
            yield Span(field=AGAINST, start=token.start, end=token.end, rule=f"tells of {telling}")


def _told(against: Sequence[Span], clean: str) -> str:
    """`“hit” tells of what the market did, “if” of a condition`."""
    said: dict[str, list[str]] = {}
    for span in against:
        words = said.setdefault(span.rule.removeprefix("tells of "), [])
        word = " ".join(clean[span.start : span.end].split())
        if word not in words and len(words) < _WORDS_SHOWN:
            words.append(word)
    quoted = [
        f"{', '.join(f'“{word}”' for word in words)} {{}} {what}" for what, words in said.items()
    ]
    return ", ".join(
        phrase.format("tells of" if at == 0 else "of") for at, phrase in enumerate(quoted)
    )


def _listed(parts: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
