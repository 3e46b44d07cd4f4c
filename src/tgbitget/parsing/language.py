"""Which languages a text is written in: by its script, by letters and by phrases that only one vocabulary holds.

What a vocabulary borrowed (`stop`, `TP`, `long`) says nothing about who writes. English is known by its words alone.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from tgbitget.parsing.chain import TEXT_LENGTH_MAX
from tgbitget.parsing.lexicon import Lexicon, languages, lexicon, words_of

_SHARE: Final = 4
"""A language is heard where at least one word in so many is its own, of those that are anybody's."""
_LETTERS_MIN: Final = 3
"""A phrase of fewer Latin letters (`de`, `la`) stands in more languages than we have files of."""
_LATIN: Final = "LATIN"


@dataclass(frozen=True, slots=True)
class _Owners:
    """What belongs to one language and to no other."""

    phrases: Mapping[tuple[str, ...], str]
    letters: Mapping[str, str]
    scripts: Mapping[str, str]


def languages_of(text: str) -> tuple[str, ...]:
    """The languages heard in *text*, the one with most words first; none where nothing is anybody's own."""
    heard = Counter(_heard(words_of(text[:TEXT_LENGTH_MAX])))
    return tuple(
        language for language, count in heard.most_common() if count * _SHARE >= heard.total()
    )


def _heard(words: tuple[str, ...]) -> Iterator[str]:
    owners = _owners()
    for pair in pairwise(words):
        if pair in owners.phrases:
            yield owners.phrases[pair]
    for word in words:
        owner = owners.phrases.get((word,)) or _by_letters(word, owners)
        if owner is not None:
            yield owner


def _by_letters(word: str, owners: _Owners) -> str | None:
    if word.isascii():
        return None
    own = next((owners.letters[letter] for letter in word if letter in owners.letters), None)
    return own or owners.scripts.get(_script(word))


def _script(word: str) -> str:
    """The first word of a letter's Unicode name: `CYRILLIC`, `ARABIC`, `CJK`."""
    return unicodedata.name(word[0], "").partition(" ")[0]


@cache
def _owners() -> _Owners:
    phrases: dict[tuple[str, ...], set[str]] = {}
    letters: dict[str, set[str]] = {}
    scripts: dict[str, Counter[str]] = {}
    for language in languages():
        for written in _phrases_of(lexicon((language,))):
            phrases.setdefault(written, set()).add(language)
            for word in written:
                scripts.setdefault(_script(word), Counter())[language] += 1
                for letter in word:
                    letters.setdefault(letter, set()).add(language)
    return _Owners(
        phrases={w: next(iter(of)) for w, of in phrases.items() if len(of) == 1 and _is_telling(w)},
        letters={
            letter: next(iter(of))
            for letter, of in letters.items()
            if len(of) == 1 and not letter.isascii()
        },
        scripts={
            script: next(iter(of))
            for script, of in scripts.items()
            if len(of) == 1 and script != _LATIN
        },
    )


def _phrases_of(words: Lexicon) -> Iterator[tuple[str, ...]]:
    for phrases in words.heads.values():
        yield from (phrase.words for phrase in phrases)
    yield from (phrase.words for phrase in words.unspaced.values())


def _is_telling(words: tuple[str, ...]) -> bool:
    return len("".join(words)) >= _LETTERS_MIN or not words[0].isascii()
