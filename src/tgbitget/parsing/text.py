"""Text first: what a post says, in one spelling, with a map back to the characters that were posted.

One spelling means NFKC character by character, no invisible marks, ASCII digits, dashes, quotes and spaces. Digits that
decorate a list (keycaps, circles) become `1)`. Digits whose size carries a meaning are spelled out (`0.0₅892` is
0.00000892) or marked with `^`, so that no number is ever glued from two. Doing it twice changes nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tgbitget.model.reading import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """`clean` is what parsers read."""

    original: str
    clean: str

    def origins(self) -> Sequence[int]:
        """Where each character of `clean` came from. Worked out when asked: most posts never are."""
        if self.clean == self.original:
            return range(len(self.clean))
        if self.clean == self.original.replace(_EMOJI_STYLE, ""):
            return _origins_between(self.original.split(_EMOJI_STYLE))
        if _is_one_to_one(self.original, self.clean):
            return range(len(self.clean))
        clean, origins = self.original, list(range(len(self.original)))
        for _ in range(_PASSES_MAX):
            clean, origins = _traced(clean, origins)
            if clean == self.clean:
                break
        return origins


def _origins_between(pieces: Sequence[str]) -> list[int]:
    """Where the characters of *pieces* were, with one character left out between each two."""
    origins: list[int] = []
    start = 0
    for piece in pieces:
        end = start + len(piece)
        origins += range(start, end)
        start = end + 1
    return origins


def _is_one_to_one(original: str, clean: str) -> bool:
    """Was each character spelled by one other, and nothing else done?"""
    return (
        len(original) == len(clean)
        and all(len(_CHARACTERS[ord(character)]) == 1 for character in _UNSETTLED.findall(original))
        and not _SPECIAL.search(original)
        and original.translate(_CHARACTERS) == clean
    )


def placed(spans: Sequence[Span], text: Text) -> tuple[Span, ...]:
    """*spans* of `clean`, in the characters that were posted."""
    if not spans or text.clean == text.original:
        return tuple(spans)
    origins = text.origins()
    if isinstance(origins, range):
        return tuple(spans)
    return tuple(
        Span(
            field=span.field,
            start=origins[span.start],
            end=origins[span.end - 1] + 1,
            rule=span.rule,
        )
        for span in spans
        if span.start < span.end
    )


_REMEMBERED: Final = 64
"""Texts kept: each parser of a chain asks for the same post, and answers ask for the posts above them."""


@lru_cache(maxsize=_REMEMBERED)
def normalise(text: str) -> Text:
    clean = text.replace(_EMOJI_STYLE, "")
    if SETTLED.fullmatch(clean):
        return Text(original=text, clean=clean)
    clean = text
    if not text.isascii() or _ODD_ASCII.search(text):
        # A character may open into some that want another pass; more than three no text of Unicode's needs.
        for _ in range(_PASSES_MAX):
            again = _composed(_SPECIAL.sub(_spelled_out, clean).translate(_CHARACTERS))
            is_settled = again == clean or SETTLED.fullmatch(again)
            clean = again
            if is_settled:
                break
    return Text(original=text, clean=clean)


_EMOJI_STYLE = "️"
_SETTLED_ONES = (
    "\n -_a-~"  # a grave accent is a quote
    "¡-§©¬®°±¶¿À-ÿĞğŞşĂăĐđƠơƯưẠ-ỹ"
    "Ѐ-Ёа-яА-ЯІЇіїё"
    "ءؤئابت-غف-ويپچژگ"
    "一-鿿→←↑↓"
    "☀-⛿✀-✔✗-❵➔-➿🌀-🔞🔠-🙏🚀-🛿🟠-🟰🤀-🧿🩰-🫸"
)
SETTLED = re.compile(f"[{_SETTLED_ONES}]*")
"""Characters that are spelled as they are, whatever stands beside them: most posts hold no others."""
_UNSETTLED = re.compile(f"[^{_SETTLED_ONES}]")
_MARKS_MAX = 30
"""Marks on one letter: no script has so many, and to put a thousand in order takes a million steps."""
_PASSES_MAX = 4
_ODD_ASCII = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_KEYCAPS = re.compile("(?:[0-9]️?⃣)+")
_TINY = re.compile("0[.,]0([₀-₉]{1,2})(?=[0-9])")
_ZEROS_MAX = 20
_LIST_COMMA = "(?<=[0-9])[，、](?=[0-9])|(?<=[0-9٠-٩۰-۹])،(?=[0-9٠-٩۰-۹])"
_SPECIAL = re.compile(f"{_KEYCAPS.pattern}|{_TINY.pattern}|{_LIST_COMMA}|\r\n")
_SUBSCRIPT_ZERO = ord("₀")


def _spelled_out(found: re.Match[str]) -> str:
    zeros = found[1]
    if found[0] == "\r\n":
        return "\n"
    if found[0] in "，、،":  # wide commas between narrow digits part a list, never a number
        return ", "
    if zeros is not None:
        count = int("".join(chr(ord(c) - _SUBSCRIPT_ZERO + ord("0")) for c in zeros))
        return "0." + "0" * count if 1 <= count <= _ZEROS_MAX else "0.0^"
    return "".join(c for c in found[0] if c.isdigit()) + ") "


def _composed(text: str) -> str:
    return text if unicodedata.is_normalized("NFC", text) else "".join(_composed_clusters(text))


def _composed_clusters(text: str) -> Iterator[str]:
    """A character and its combining marks, composed: cluster by cluster, so that each can be traced."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield unicodedata.normalize("NFC", text[start : min(at, start + 1 + _MARKS_MAX)])
            start = at


def _traced(text: str, origins: list[int]) -> tuple[str, list[int]]:
    """One pass of `normalise` that remembers where each character came from."""
    pieces: list[tuple[str, int]] = []
    at = 0
    for found in _SPECIAL.finditer(text):
        pieces += [(_CHARACTERS[ord(text[i])], origins[i]) for i in range(at, found.start())]
        pieces.append((_spelled_out(found), origins[found.start()]))
        at = found.end()
    pieces += [(_CHARACTERS[ord(text[i])], origins[i]) for i in range(at, len(text))]
    spelled = "".join(piece for piece, _ in pieces)
    moved = [origin for piece, origin in pieces for _ in piece]
    if unicodedata.is_normalized("NFC", spelled):
        return spelled, moved
    return _traced_composition(spelled, moved)


def _traced_composition(text: str, origins: list[int]) -> tuple[str, list[int]]:
    moved: list[int] = []
    start = 0
    clusters = list(_composed_clusters(text))
    ends = [
        i for i in range(1, len(text) + 1) if i == len(text) or not unicodedata.combining(text[i])
    ]
    for cluster, end in zip(clusters, ends, strict=True):
        moved += [origins[start]] * len(cluster)
        start = end
    return "".join(clusters), moved


class _Characters(dict[int, str]):
    """What becomes of one character, worked out once; Unicode bounds it."""

    def __missing__(self, code: int) -> str:
        spelled = self[code] = spelling(chr(code))
        return spelled


_DASHES = "‐‑‒–—―−﹘﹣－⁃"
_QUOTES = {
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "‚": "'",
    "`": "'",
    "´": "'",
    "ʼ": "'",
}
_MARKS = {"٫": ".", "٪": "%", "٬": ",", "،": ",", "、": ",", "。": ".", "；": ":", "؛": ":", "×": "×", "✕": "×", "✖": "×", "〜": "~", "～": "~", "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\t": " "}  # fmt: skip
_ONE_LETTER = {
    **dict.fromkeys("أإآٱ", "ا"),
    "ة": "ه",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "İ": "I",
    "ı": "i",
}
"""Letters that Arabic, Persian and Turkish keyboards write in more than one way."""
_CIRCLED = {**{chr(0x2776 + n): n + 1 for n in range(10)}, **{chr(0x2780 + n): n + 1 for n in range(10)}, **{chr(0x278A + n): n + 1 for n in range(10)}, **{chr(0x2460 + n): n + 1 for n in range(20)}, "🔟": 10}  # fmt: skip
_OVERLAYS = range(0x334, 0x339)  # strike-through: a number under it was taken back
_VOWEL_SIGNS = range(0x64B, 0x660)
_STRETCH = 0x640


def spelling(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
    if character in _ONE_LETTER:
        return _ONE_LETTER[character]
    if character in _QUOTES:
        return _QUOTES[character]
    if character in _DASHES:
        return "-"
    if character in _CIRCLED:
        return f"{_CIRCLED[character]}) "
    if character.isascii():
        return character if character >= " " or character == "\n" else " "
    if ord(character) in _OVERLAYS:
        return "^"
    if ord(character) in _VOWEL_SIGNS or ord(character) == _STRETCH:
        return ""
    kind = unicodedata.category(character)
    if kind == "Cf" or character in "︎️⃣ㅤᅟᅠ":
        return ""
    if kind == "Cs":
        return "�"
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character)
    if kind == "No" and folded != character:
        return f" {folded.replace('⁄', '/')}" if "⁄" in folded else f"^{folded}"
    return folded if folded == character else "".join(_CHARACTERS[ord(c)] for c in folded)


_CHARACTERS = _Characters()
