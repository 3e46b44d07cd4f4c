"""Text first: what a post says, in one spelling, with a map back to the characters that were posted.

One spelling means NFKC character by character, no invisible marks, ASCII digits, dashes, quotes and spaces. Digits that
decorate a list (keycaps, circles) become `1)`. Digits whose size carries a meaning are spelled out (`0.0₅892` is
0.00000892) or marked with `^`, so that no number is ever glued from two. Doing it twice changes nothing.
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """`clean` is what parsers read; `offsets[i]` is where its character *i* came from, None when nothing moved."""

    original: str
    clean: str
    offsets: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original that `clean[start:end]` was made from."""
        if self.offsets is None or start >= end:
            return (start, end)
        return (self.offsets[start], self.offsets[end - 1] + 1)


def normalise(text: str) -> Text:
    if text.isascii() and not _ODD_ASCII.search(text):
        return Text(original=text, clean=text)
    clean, offsets = _spelled(text, range(len(text)))
    # A character may open into some that want another pass ("㈜" beside a mark); three are more than Unicode needs.
    for _ in range(3):
        again, moved = _spelled(clean, offsets)
        if again == clean:
            break
        clean, offsets = again, moved
    return Text(original=text, clean=clean, offsets=tuple(offsets))


_ODD_ASCII = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_KEYCAPS = re.compile("(?:[0-9]️?⃣)+")
_TINY = re.compile("0[.,]0([₀-₉]{1,2})(?=[0-9])")
_ZEROS_MAX = 20
_SPECIAL = re.compile(f"{_KEYCAPS.pattern}|{_TINY.pattern}|\r\n")
_SUBSCRIPT_ZERO = ord("₀")


def _spelled(text: str, origins: "range | list[int]") -> tuple[str, list[int]]:
    out: list[str] = []
    offsets: list[int] = []

    def put(piece: str, at: int) -> None:
        out.append(piece)
        offsets.extend([origins[at]] * len(piece))

    at = 0
    for found in _SPECIAL.finditer(text):
        for i in range(at, found.start()):
            put(_CHARACTERS[text[i]], i)
        put(_special(found[0], found[1]), found.start())
        at = found.end()
    for i in range(at, len(text)):
        put(_CHARACTERS[text[i]], i)
    return _composed("".join(out), offsets)


def _special(found: str, zeros: str | None) -> str:
    if found == "\r\n":
        return "\n"
    if zeros is not None:
        count = int("".join(chr(ord(c) - _SUBSCRIPT_ZERO + ord("0")) for c in zeros))
        return "0." + "0" * count if 1 <= count <= _ZEROS_MAX else "0.0^"
    digits = "".join(c for c in found if c.isdigit())
    return f"{digits}) "


def _composed(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """NFC, cluster by cluster, so that the map stays true."""
    if unicodedata.is_normalized("NFC", text):
        return text, offsets
    out: list[str] = []
    moved: list[int] = []
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text) and unicodedata.combining(text[i]):
            continue
        piece = unicodedata.normalize("NFC", text[start:i])
        out.append(piece)
        moved.extend([offsets[start]] * len(piece))
        start = i
    return "".join(out), moved


class _Characters(dict[str, str]):
    """What becomes of one character, worked out once."""

    def __missing__(self, character: str) -> str:
        spelled = self[character] = _spelling(character)
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
_MARKS = {"٫": ".", "٬": ",", "،": ",", "、": ",", "。": ".", "；": ":", "؛": ":", "×": "×", "✕": "×", "✖": "×", "〜": "~", "～": "~", "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\t": " "}  # fmt: skip
_CIRCLED = {**{chr(0x2776 + n): n + 1 for n in range(10)}, **{chr(0x2780 + n): n + 1 for n in range(10)}, **{chr(0x278A + n): n + 1 for n in range(10)}, **{chr(0x2460 + n): n + 1 for n in range(20)}, "🔟": 10}  # fmt: skip
_OVERLAYS = range(0x334, 0x339)  # strike-through: a number under it was taken back


def _spelling(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
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
    return folded if folded == character else "".join(_CHARACTERS[c] for c in folded)


_CHARACTERS = _Characters()
