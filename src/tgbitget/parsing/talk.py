"""Texts that are nothing but talk, told before they are cut: most of a channel's posts are.

A post acts by a word: an entry, a target, a stop, a verb. Where none of these words stands, whole, in the text, cutting
it would find none either. That is sure only where the tokens' words are the text's words, so whatever makes tokens of
parts of words (capitals within one, scripts that mix, a side glued to a quote) is left to the long way. In scripts without
spaces a word that acts may stand anywhere. A test holds both ways against each other.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from tgbitget.parsing.follow_ups import ORDERING
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.opening import OPENING, OPENING_WITHOUT_DIGITS
from tgbitget.parsing.tokens import CJK

_ACCENTED: Final = "".join(
    filter(
        str.islower, map(chr, (*range(0xDF, 0x180), *range(0x1A0, 0x1B1), *range(0x1EA0, 0x1EFA)))
    )
)
_ARABIC: Final = "".join(c for c in map(chr, range(0x600, 0x700)) if c.isalnum() and not c.isdecimal())  # fmt: skip
_UPPER, _LOWER = "A-ZА-ЯЁ", f"a-zа-яё{_ACCENTED}"
_FAMILIAR: Final = re.compile(
    f"[\n -~¡-©«-´¶-¹»-¿×÷–-…‼⁉€№←-⇿─-➿⬀-⯿🌀-🫿{_UPPER}{_LOWER}؀-ۿ{CJK}，。！？：、；（）【】]*"
)
_CAPITAL_WITHIN: Final = re.compile(
    f"[{_UPPER}](?:(?<=[{_LOWER}'].)|[{_UPPER}][{_LOWER}]|(?<=[{_UPPER}].)')"
)
_NOT_LATIN: Final = re.compile("[Ѐ-ӿ؀-ۿ]")
_TWO_SCRIPTS: Final = re.compile(
    f"[A-Za-z{_ACCENTED}](?:(?<=[Ѐ-ӿ؀-ۿ].)|(?=[Ѐ-ӿ؀-ۿ]))|[؀-ۿ](?:(?<=[Ѐ-ӿ].)|(?=[Ѐ-ӿ]))"
)
_ACCENTS: Final = re.compile(f"[{_ACCENTED}]")
_ACCENT_IN_NAME: Final = re.compile(f"[#$/_-] {{0,2}}[^\\W_]*[{_ACCENTED}]")
_SIGN: Final = re.compile(r"[🎯🛑⛔🚫❌] ?\$?\.?\d")
_SIDE_GLUED: Final = re.compile("usd[tc]?(?:sell|buy|long|short)")
_NUMBER_GLUED: Final = re.compile(r"\d[^\W\d_]+'")
_SMALL: Final = f"[a-zа-яё{_ACCENTED}{_ARABIC}]"
_WORD: Final = re.compile(rf"{_SMALL}+(?:'{_SMALL}+)*")
_PART: Final = re.compile(f"{_SMALL}+")
_BLANK_BUT_LETTERS: Final = "".join(c if c.isalpha() else " " for c in map(chr, range(0x80)))
_UNSPACED: Final = re.compile(f"[{CJK}]")
_DIGIT: Final = re.compile(r"\d")


class Talk:
    """Knows the phrases that act, by their first words: with a digit in the text, and without; and words that do alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._with_digits = _by_head(lexicon, ORDERING | OPENING)
        self._heads = frozenset(self._with_digits)
        self._without = _by_head(lexicon, ORDERING | OPENING_WITHOUT_DIGITS)
        self._alone = frozenset(head for head, those in self._without.items() if (head,) in those)
        self._unspaced = _alternatives(lexicon, ORDERING | OPENING)

    def is_all_of(self, clean: str) -> bool:
        """Is it certain that no word of *clean* acts? False says nothing."""
        low = clean.lower()
        words = _words(low)
        if not self._alone.isdisjoint(words) or _CAPITAL_WITHIN.search(clean):
            return False
        if not clean.isascii() and self._may_hide_words(clean):
            return False
        if "usd" in low and _SIDE_GLUED.search(low):
            return False
        if "'" in clean and _may_part_words(low):
            return False
        if self._heads.isdisjoint(words):
            return True
        acting = self._with_digits if _DIGIT.search(clean) else self._without
        return not any(
            words.issuperset(phrase) for head in words & acting.keys() for phrase in acting[head]
        )

    def _may_hide_words(self, clean: str) -> bool:
        """Characters beyond ASCII may be signs that act, part a word where we see one, or join two."""
        return bool(
            not _FAMILIAR.fullmatch(clean)
            or _SIGN.search(clean)
            or self._unspaced.search(clean)
            or (_NOT_LATIN.search(clean) and _TWO_SCRIPTS.search(clean))
            or (_ACCENTS.search(clean) and _ACCENT_IN_NAME.search(clean))
        )


def _may_part_words(low: str) -> bool:
    """An apostrophe behind a number's unit, or in a word with accents, which may be cut at each."""
    return bool(_NUMBER_GLUED.search(low) or _ACCENTS.search(low))


def _words(low: str) -> set[str]:
    """The words of a small text, and where apostrophes join some, their parts, too."""
    if "'" in low:
        return {*_WORD.findall(low), *_PART.findall(low)}
    if low.isascii():
        return set(low.translate(_BLANK_BUT_LETTERS).split())
    return set(_PART.findall(low))


def _alternatives(lexicon: Lexicon, meanings: Collection[Meaning]) -> re.Pattern[str]:
    """The phrases of scripts without spaces that mean one of *meanings* in any language."""
    found = ("".join(p.words) for p in lexicon.every() if p.meaning in meanings)
    return re.compile("|".join(sorted(map(re.escape, filter(_UNSPACED.match, found)))) or "(?!)")


def _by_head(
    lexicon: Lexicon, meanings: Collection[Meaning]
) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The words of each phrase that means one of *meanings* in any language, by the first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in lexicon.every():
        if phrase.meaning in meanings:
            found.setdefault(phrase.words[0], []).append(phrase.words)
    return {head: tuple(those) for head, those in found.items()}
