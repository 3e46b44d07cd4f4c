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
from tgbitget.parsing.setups import OPENING, OPENING_WITHOUT_DIGITS
from tgbitget.parsing.tokens import CJK, LETTER

_UPPER, _LOWER = "A-ZА-ЯЁ", "a-zа-яё"
_FAMILIAR: Final = re.compile(
    f"[\n -~¡-©«-´¶-¹»-¿×÷–-…‼⁉€№←-⇿─-➿⬀-⯿🌀-🫿{_UPPER}{_LOWER}؀-ۿ{CJK}，。！？：、；（）【】]*"
)
_CAPITAL_WITHIN: Final = re.compile(
    f"[{_UPPER}](?:(?<=[{_LOWER}'].)|[{_UPPER}][{_LOWER}]|(?<=[{_UPPER}].)')"
)
_TWO_SCRIPTS: Final = re.compile(
    "[Ѐ-ӿ](?:(?<=[A-Za-z؀-ۿ].)|(?=[A-Za-z؀-ۿ]))|[؀-ۿ](?:(?<=[A-Za-z].)|(?=[A-Za-z]))"
)
_SIGN: Final = re.compile(r"[🎯🛑⛔🚫❌] ?\$?\.?\d")
_SIDE_GLUED: Final = re.compile("usd[tc]?(?:sell|buy|long|short)")
_NUMBER_GLUED: Final = re.compile(r"\d[^\W\d_]+'")
_WORD: Final = re.compile(rf"{LETTER}+(?:'{LETTER}+)*")
_PART: Final = re.compile(f"{LETTER}+")
_UNSPACED: Final = re.compile(f"[{CJK}]")
_DIGIT: Final = re.compile(r"\d")


class Talk:
    """Knows the phrases that act, by their first words: with a digit in the text, and without."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._with_digits = _by_head(lexicon, ORDERING | OPENING)
        self._without = _by_head(lexicon, ORDERING | OPENING_WITHOUT_DIGITS)
        self._unspaced = _alternatives(lexicon, ORDERING | OPENING)

    def is_all_of(self, clean: str) -> bool:
        """Is it certain that no word of *clean* acts? False says nothing."""
        if not _FAMILIAR.fullmatch(clean) or _CAPITAL_WITHIN.search(clean) or _SIGN.search(clean):
            return False
        if not clean.isascii() and (_TWO_SCRIPTS.search(clean) or self._unspaced.search(clean)):
            return False
        low = clean.lower()
        if "usd" in low and _SIDE_GLUED.search(low):
            return False
        words = set(_WORD.findall(low))
        if "'" in clean:
            if _NUMBER_GLUED.search(low):
                return False
            words.update(_PART.findall(low))
        acting = self._with_digits if _DIGIT.search(clean) else self._without
        return not any(
            words.issuperset(phrase) for head in words & acting.keys() for phrase in acting[head]
        )


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
