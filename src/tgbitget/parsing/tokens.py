"""A post as words with meanings, numbers with units, names and lines. One pass, one expression, linear time."""

import re
from typing import Final

from tgbitget.parsing import names
from tgbitget.parsing.lexemes import (
    LINE,
    MARK,
    TICK,
    WORD,
    Kind,
    Token,
    Unit,
    mark_token,
    number_token,
    word_token,
)
from tgbitget.parsing.lexicon import Lexicon, Meaning
from tgbitget.parsing.names import Name
from tgbitget.parsing.phrases import phrased

__all__ = ["TOKENS_MAX", "Kind", "Token", "Unit", "tokenise"]


TOKENS_MAX: Final = 1_000
"""More than a post of 4,096 characters has when it is written to be read."""

_NUMBER = (
    r"(?:(?<![^\W\d_])\d{1,3}(?: \d{3}(?![\d]))+(?:\.\d+)?(?![,\d])"
    r"|\d+(?:[.,']\d+)*|(?<!\d)\.\d+)(?:e-\d{1,2}(?!\w))?"
)
CJK = "぀-ヿ㐀-鿿豈-﫿"
LETTER = rf"[^\W\d_{CJK}]"
_MARK = r"[()\[\]{}~_/&→,:;=!?|‼❗⁉❓+\"°<>*-]"  # other marks say nothing

SHAPES: Final = (
    rf"(?P<pair>{names.PAIR})"
    rf"|(?P<glued>{names.GLUED})"
    rf"|(?P<hash>{names.TAG})"
    r"|(?P<share>% ?\d{1,4}(?:[.,]\d+)?(?![\d%]))"
    r"|(?P<junk>(?<!\w)(?=[a-f]{0,15}\d)[0-9a-f]{16,64}(?!\w))"
    r"|(?P<id>#\s?\d+(?!\w))"
    r"|(?P<link>(?:https?://|t\.me/|www\.)\S+|@[^\W\d]\w*)"
    r"|(?P<ratio>(?<![\w.,])\d{1,2}:\d{1,2}(?::\d{2})?(?:\.\d+)?(?![\w.,]\d))"
    r"|(?P<times>(?<![^\W\d_])[xX×хХ] ?\d+(?:[.,]\d+)?(?![\d]))"
    rf"|(?P<number>{_NUMBER})(?P<unit> ?%| ?[xX×хХ](?:(?=[A-Z][a-z])|(?![^\W\d_]))|{LETTER}+\d*|\^)?"
    r"|(?P<ticker>(?<![\w.,])(?=[A-Z0-9]{0,9}[A-Z])(?=[A-Z0-9]{0,9}\d)[A-Z0-9]{3,15}(?![\w]|[.,]\d))"
    rf"|(?P<unspaced>[{CJK}]+)"
    rf"|(?P<word>{LETTER}+(?:'{LETTER}+)*)"
    r"|(?P<tick>[✅☑✔])"
    r"|(?P<sign>[🎯🛑⛔🚫❌])(?= ?\$?\.?\d)"
    rf"|(?P<newline>\n)|(?P<other_mark>[.#]|{_MARK})"
)

_QUOTE = " {0,2}[/_-] {0,2}[UuBFEGJTP]"  # a coin's quote may follow
_SMALL = rf"[^\W\d_A-ZАВЕКМНОРСТУХІЅ{CJK}]"
_PLAIN: Final = (
    rf"(?P<line>\n)|(?P<mark>{_MARK})"
    rf"|(?P<plain>[A-Za-z][a-z]++(?:'[a-z]++)*+(?![\w']|{_QUOTE})(?<!usdt)(?<!http)(?<!https)(?<!www))"
    rf"|(?P<small>(?!\w*usdt){LETTER}{_SMALL}++(?:'{_SMALL}++)*+(?![\w']|{_QUOTE})(?<!http)(?<!https)(?<!www))"
    rf"|(?P<capitals>(?![A-Z]*USD)[A-Z]{{2,}}+(?![\w']|{_QUOTE}))"
    rf"|(?P<figure>(?!\d{{16}})\d++(?:[.,']\d++)*+(?![\^_]|:\d| \d| ?[%xX×хХ]|{LETTER}|{_QUOTE}))"
)
"""Most of a post: marks, words and figures where no other shape can begin or reach further.

Told first, at a fifth of the price; taken away, every post is cut into the same tokens (a test compares).
"""
_PATTERN: Final = re.compile(f"(?! )(?:{_PLAIN}|{SHAPES})")
_CAMEL = re.compile(r"[^\W\d_a-z]{2,}(?=[A-ZА-ЯЁ][a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё']+|[^\W\d_]")
_NO_UNIT: Final = Unit.NONE
_OTHER_UNIT = re.compile(
    r"(?:h|hr|hrs|hour|hours|m|min|mins|d|day|days|w|s|st|nd|rd|th|r|rr|b|bn|mln|ч|м|мин|д|н)",
    re.IGNORECASE,
)
_THOUSANDS_UNIT = re.compile(r"([kкKК])(\d{0,3})")
_CURRENCY = {"usdt", "usd", "usdc", "u"}


def tokenise(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of clean *text*, phrases of the lexicon joined into one token each; none of a text with too many."""
    return phrased(cut(text, lexicon), text, lexicon)


def cut(text: str, lexicon: Lexicon, pattern: re.Pattern[str] = _PATTERN) -> list[Token]:
    """The tokens of *text*, each word for itself."""
    tokens: list[Token] = []
    past = -1
    for found in pattern.finditer(text):
        group = found.lastgroup
        start, end = found.span()
        is_glued = start == past
        past = end
        if group == "plain":
            tokens.append(word_token(found[0].lower(), start, end, is_glued, False))
        elif group == "mark":
            tokens.append(mark_token(MARK, found[0], start, is_glued))
        elif group == "figure":
            is_glued = is_glued and bool(tokens) and tokens[-1].kind is WORD
            tokens.append(number_token(found[0], _NO_UNIT, start, end, is_glued))
        elif group == "line" or group == "newline":  # noqa: PLR1714 - a set for two takes twice as long
            tokens.append(mark_token(LINE, "\n", start, False))
        elif group == "capitals":
            tokens.append(word_token(found[0].lower(), start, end, is_glued, True))
        else:
            _add(tokens, found, lexicon, is_glued)
        if len(tokens) > TOKENS_MAX:
            return []
    return tokens


def _add(tokens: list[Token], found: re.Match[str], lexicon: Lexicon, is_glued: bool) -> None:
    group = found.lastgroup
    start, end, text = found.start(), found.end(), found[0]
    if group in ("word", "small"):
        low = text.lower()
        if low == text or low in lexicon.heads:  # as it stands
            tokens.append(word_token(_one_script(low), start, end, is_glued, text.isupper()))
        else:
            _add_words(tokens, text, start, is_glued=is_glued)
    elif group == "tick":
        tokens.append(mark_token(TICK, text, start, is_glued))
    elif group == "other_mark":
        tokens.append(mark_token(MARK, text, start, is_glued))
    elif group == "sign":
        token = Token(
            kind=Kind.WORD, word=text, start=start, end=end, meaning=lexicon.signs.get(text)
        )
        tokens.append(token)
    elif group in ("number", "unit"):
        _add_number(tokens, found, lexicon, is_glued=is_glued)
    elif group in ("pair", "glued", "hash"):
        _add_name(tokens, found, lexicon)
    elif group == "share":  # Turkish writes %50
        digits = text[1:].strip()
        tokens.append(number_token(digits, Unit.PERCENT, start, end, is_glued))
    elif group == "times":
        digits = text[1:].strip()
        tokens.append(number_token(digits, Unit.TIMES, start, end, is_glued))
    elif group == "ticker":
        _add_ticker(tokens, text, start, lexicon)
    elif group == "unspaced":
        _add_unspaced(tokens, text, start, lexicon)
    else:  # id, ratio, link: numbers in them are nobody's price
        tokens.append(number_token(text, Unit.OTHER, start, end, is_glued))


def _add_number(
    tokens: list[Token], found: re.Match[str], lexicon: Lexicon, *, is_glued: bool
) -> None:
    digits, suffix = found["number"], found["unit"] or ""
    start, end = found.start(), found.end()
    is_glued = is_glued and bool(tokens) and tokens[-1].kind is WORD
    glued = suffix.strip()
    low = glued.lower()
    thousands = _THOUSANDS_UNIT.fullmatch(glued)
    if glued == "%":
        unit = Unit.PERCENT
    elif low in ("x", "×", "х"):
        unit = Unit.TIMES
    elif glued == "^":
        unit = Unit.GARBLED
    elif thousands:
        digits, unit = digits + "k" + thousands[2], Unit.THOUSANDS
    elif not glued or low in _CURRENCY:
        unit = Unit.NONE
    elif _OTHER_UNIT.fullmatch(glued):
        unit = Unit.OTHER
    else:
        _add_glued(tokens, digits, suffix, start, lexicon, is_glued=is_glued)
        return
    tokens.append(number_token(digits, unit, start, end, is_glued))


def _add_glued(
    tokens: list[Token], digits: str, suffix: str, start: int, lexicon: Lexicon, *, is_glued: bool
) -> None:
    """A number that runs into a word: into one we know (`2.475Take-Profit`), or it is garbled (`6S000`)."""
    word = re.match(r"[^\W\d_]+", suffix)
    first = _CAMEL.match(suffix)
    known = word is not None and first is not None and _is_known(first[0], word[0], lexicon)
    at = start + len(digits)
    unit = Unit.NONE if known else Unit.GARBLED
    tokens.append(number_token(digits, unit, start, at, is_glued))
    letters = word[0] if word else suffix
    _add_words(tokens, letters, at, is_glued=True)
    if len(letters) < len(suffix):
        tokens.append(
            number_token(
                suffix[len(letters) :],
                Unit.NONE,
                at + len(letters),
                at + len(suffix),
                is_glued=True,
            )
        )


def _is_known(first: str, word: str, lexicon: Lexicon) -> bool:
    return len(first) > 1 and (first.lower() in lexicon.heads or word.lower() in lexicon.heads)


def _add_words(tokens: list[Token], text: str, start: int, *, is_glued: bool) -> None:
    """One word, or several where capitals run together (`LONGLeverage`)."""
    is_even = text in (text.lower(), text.upper(), text.title())
    at = start
    for piece in [text] if is_even else [found[0] for found in _CAMEL.finditer(text)]:
        word, end = _one_script(piece.lower()), at + len(piece)
        tokens.append(word_token(word, at, end, is_glued, piece.isupper()))
        at = end
        is_glued = True


_LATIN, _CYRILLIC = re.compile("[a-z]"), re.compile("[а-я]")
_LATIN_LOOKALIKES = str.maketrans("aeopcyxkmtbh", "аеорсухкмтвн")


def _one_script(word: str) -> str:
    """A Cyrillic word with Latin letters in it (`Tейк`) is that Cyrillic word."""
    is_mixed = not word.isascii() and _LATIN.search(word) and _CYRILLIC.search(word)
    return word.translate(_LATIN_LOOKALIKES) if is_mixed else word


def _add_name(tokens: list[Token], found: re.Match[str], lexicon: Lexicon) -> None:
    base = found["base"] or found["prefixed"] or found["bare"] or found["tag"]
    quote = found["quote"] or found["quote1"] or found["quote2"]
    has_sign = found[0][0] == "$" or (len(base.strip("#$")) == 1 and _stands_apart(found))
    is_signed = found[0][0] in "#$"
    name = name_of_words(base, quote, lexicon, has_dollar=has_sign, is_signed=is_signed)
    start, end, text = found.start(), found.end(), found[0]
    if name is not None:
        tokens.append(
            Token(
                kind=Kind.NAME,
                word=text,
                start=start,
                end=end,
                name=name,
                is_strong=True,
                is_upper=base.isupper(),
            )
        )
        return
    # A word of the trade in a name's clothes: "#LONG", "Entry/USDT".
    for piece in re.finditer(r"[^\W\d_]+|\d+(?:[.,]\d+)*", text):
        at = start + piece.start()
        if piece[0][0].isdigit():
            tokens.append(number_token(piece[0], Unit.OTHER, at, at + len(piece[0]), False))
        else:
            _add_words(tokens, piece[0], at, is_glued=False)


def _stands_apart(found: re.Match[str]) -> bool:
    """`#H` stands by itself; `trader #C` is a trader, `#B***` a mask."""
    before = found.string[: found.start()].rstrip(" ")
    after = found.string[found.end() : found.end() + 1]
    return not (before and before[-1].isalnum()) and (not after or after in "\n (:,")


def name_of_words(
    base: str, quote: str | None, lexicon: Lexicon, *, has_dollar: bool, is_signed: bool
) -> Name | None:
    """A name, unless its base is a word of the trade: those are coins only with a quote behind a slash, `$` or label."""
    bare = base.strip("#$")
    meaning = lexicon.meaning(bare)
    if bare.lower() in lexicon.coins and quote is None:
        return Name(base=lexicon.coins[bare.lower()])
    if quote is None and bare in lexicon.word_coins:
        return names.name_of(base, quote)
    if quote is None and meaning is not None and (not has_dollar or meaning in _NEVER_COINS):
        return None
    if quote is None and (bare.upper() in lexicon.stable or (len(bare) == 1 and not has_dollar)):
        return None
    # `#CL/USDT` is a pair in any language, though `cl` is a stop in one; `#LONG/USDT` may still be a side.
    is_pair = is_signed and quote is not None and bare.isupper() and meaning not in _SIDES
    if meaning in _NEVER_COINS and not is_pair:
        return None
    return names.name_of(base, quote)


_SIDES = frozenset({Meaning.LONG, Meaning.SHORT, Meaning.BUY, Meaning.SELL})
_NEVER_COINS = frozenset(
    {
        Meaning.LONG,
        Meaning.SHORT,
        Meaning.BUY,
        Meaning.SELL,
        Meaning.ENTRY,
        Meaning.TARGET,
        Meaning.STOP,
        Meaning.LEVERAGE,
    }
)


def _add_ticker(tokens: list[Token], text: str, start: int, lexicon: Lexicon) -> None:
    """`1000CHEEMS`, `AI16Z` without any sign; `TP1` and `EMA200` are a word and a number."""
    letters = re.sub(r"\d", "", text)
    is_label = re.fullmatch(r"[A-Z]+\d+", text) and (
        lexicon.meaning(letters) is not None or letters in _INDICATORS
    )
    number_first = re.fullmatch(r"\d+[A-Z]{1,2}", text)
    if is_label or number_first or len(letters) == 1:
        for piece in re.finditer(r"[A-Z]+|\d+", text):
            at = start + piece.start()
            if piece[0].isdigit():
                unit = Unit.OTHER if letters in _INDICATORS or number_first else Unit.NONE
                tokens.append(
                    number_token(piece[0], unit, at, at + len(piece[0]), piece.start() > 0)
                )
            else:
                _add_words(tokens, piece[0], at, is_glued=piece.start() > 0)
        return
    tokens.append(
        Token(
            kind=Kind.NAME,
            word=text,
            start=start,
            end=start + len(text),
            name=Name(base=text),
            is_upper=True,
        )
    )


_INDICATORS = frozenset({"EMA", "MA", "SMA", "RSI", "H", "M", "D", "W", "Q", "ATR", "VIP", "TOP"})


def _add_unspaced(tokens: list[Token], text: str, start: int, lexicon: Lexicon) -> None:
    """Scripts without spaces: the longest phrase known at each character; what is between is a word."""
    at = unknown = 0
    while at < len(text) and len(tokens) <= TOKENS_MAX:
        for length in range(min(lexicon.unspaced_longest, len(text) - at), 0, -1):
            piece = text[at : at + length]
            phrase, coin = lexicon.unspaced.get(piece), lexicon.coins.get(piece)
            if phrase is not None or coin is not None:
                break
        else:
            at += 1
            continue
        if unknown < at:
            _add_words(tokens, text[unknown:at], start + unknown, is_glued=unknown > 0)
        token = Token(
            kind=Kind.WORD, word=piece, start=start + at, end=start + at + length, is_glued=at > 0
        )
        if phrase is not None:
            token = token._replace(meaning=phrase.meaning, language=phrase.language)
        elif coin is not None:
            token = token._replace(kind=Kind.NAME, name=Name(base=coin))
        tokens.append(token)
        at += length
        unknown = at
    if unknown < len(text):
        _add_words(tokens, text[unknown:], start + unknown, is_glued=unknown > 0)
