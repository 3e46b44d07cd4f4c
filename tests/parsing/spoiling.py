"""What happens to posts on their way, and what is done to them on purpose."""

from collections.abc import Callable, Sequence
from random import Random

from tgbitget.parsing.chain import TEXT_LENGTH_MAX

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\u034f"
BIDI = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2069\u200e\u200f"
HOMOGLYPHS = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
EMOJI = "🚀🔥💰✅❌🎯🛑⚡️📈📉💎🟢🔴👇1️⃣👨‍👩‍👧"
MARKS = "\u0301\u0323\u0336\u20e3\u0308"
STRANGE = "%^²½₅①🔟×–—‘’«»٫٬،、。；％＃｜\x00\t\r\x0b\u2028\x85"


def drop_line(text: str, rng: Random) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def drop_piece(text: str, rng: Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + text[at + rng.randint(1, 8) :]


def swap_digits(text: str, rng: Random) -> str:
    digits = [at for at, character in enumerate(text) if character.isdigit()]
    if not digits:
        return text
    at = rng.choice(digits)
    return text[:at] + rng.choice("0123456789") + text[at + 1 :]


def glue_lines(text: str, rng: Random) -> str:
    return text.replace("\n", rng.choice(("", " ", ",")), rng.randint(1, 4))


def glue_words(text: str, rng: Random) -> str:
    return text.replace(" ", rng.choice(("", "  ", "-", "_", ".")), rng.randint(1, 6))


def double_piece(text: str, rng: Random) -> str:
    start = rng.randrange(len(text))
    piece = text[start : start + rng.randint(1, 60)]
    at = rng.randrange(len(text))
    return text[:at] + piece + text[at:]


def look_alike(text: str, rng: Random) -> str:
    start = rng.randrange(len(text))
    end = start + rng.randint(1, 12)
    return text[:start] + text[start:end].translate(HOMOGLYPHS) + text[end:]


def change_case(text: str, rng: Random) -> str:
    return rng.choice((text.upper, text.lower, text.title, text.swapcase))()


def storm(text: str, rng: Random) -> str:
    """Emoji between everything."""
    return "".join(c + rng.choice(EMOJI) if rng.random() < 0.3 else c for c in text)


def repeat(text: str, rng: Random) -> str:
    """Up to the longest post there is."""
    return "\n".join([text] * rng.choice((2, 2, 3, 5, 40)))


def inserted(alphabet: str, most: int) -> Callable[[str, Random], str]:
    def insert(text: str, rng: Random) -> str:
        for _ in range(rng.randint(1, most)):
            at = rng.randint(0, len(text))
            text = text[:at] + rng.choice(alphabet) + text[at:]
        return text

    return insert


WAYS: Sequence[Callable[[str, Random], str]] = (
    drop_line, drop_piece, swap_digits, glue_lines, glue_words, double_piece, look_alike, change_case, storm, repeat,
    inserted(INVISIBLE, 8), inserted(BIDI, 6), inserted(MARKS, 40), inserted(STRANGE, 4), inserted(".,' ", 4), inserted("0123456789", 3),
)  # fmt: skip


def spoilt(text: str, rng: Random) -> str:
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 6))):
        if text:
            text = rng.choice(WAYS)(text, rng)
    return text[:TEXT_LENGTH_MAX]
