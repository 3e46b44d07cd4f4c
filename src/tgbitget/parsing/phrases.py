"""Words that belong together: each phrase of the lexicon becomes one token that carries its meaning."""

from collections import Counter
from typing import Final

from tgbitget.parsing.lexemes import MARK, NUMBER, WORD, Kind, Token, meant_token
from tgbitget.parsing.lexicon import Lexicon, Meaning, Phrase
from tgbitget.parsing.names import Name

_GAPS = frozenset({"", " ", "-", "_", "/", ".", ":", "'", " - ", "- ", " -", "  ", " / ", "/ "})


def phrased(tokens: list[Token], text: str, lexicon: Lexicon) -> list[Token]:
    """Words that are a phrase together become one token that carries its meaning."""
    starts, joins = lexicon.starts, lexicon.joins
    out: list[Token] = []
    past = 0  # the first token that no phrase has taken
    for at, token in enumerate(tokens):
        if at < past:
            continue
        if token.kind is WORD and token.meaning is None:
            if token.word in joins and _is_between_numbers(tokens, at):
                token = token._replace(meaning=Meaning.TO)  # noqa: PLW2901 - the same word, understood
            elif token.word in starts:
                token, past = _phrase_at(tokens, at, text, lexicon)  # noqa: PLW2901
        out.append(token)
    return _of_present_languages(out, lexicon)


def _is_between_numbers(tokens: list[Token], at: int) -> bool:
    return (
        0 < at < len(tokens) - 1 and tokens[at - 1].kind is NUMBER and tokens[at + 1].kind is NUMBER
    )


_ALWAYS_PRESENT: Final = frozenset({"", "en"})
_SURE_LETTERS: Final = 4
_PRESENT: Final = 2
"""A language with that much weight is spoken here, and its words win over English ones that are spelled alike."""


def _of_present_languages(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """`om` is Swedish for *if* only among other Swedish words: a language is present by a word no other could have.

    Of a word that several languages have, the meaning is that of the one most heard.
    """
    if {token.language for token in tokens} <= _ALWAYS_PRESENT:
        return tokens
    heard = _heard(tokens, lexicon)
    return [
        _as_meant(token, lexicon.shared.get(token.word, ()), heard) if token.language else token
        for token in tokens
    ]


def _heard(tokens: list[Token], lexicon: Lexicon) -> Counter[str]:
    """How much of each language there is; words that are English, too, say nothing."""
    heard: Counter[str] = Counter()
    for token in tokens:
        is_plain = token.word.isascii()
        if not token.language or (is_plain and len(token.word) < _SURE_LETTERS):
            continue
        shared = lexicon.shared.get(token.word)
        languages = {phrase.language for phrase in shared} if shared else {token.language}
        if "en" not in languages:
            heard.update(dict.fromkeys(languages, 1 if is_plain else _PRESENT))
    return heard


def _as_meant(token: Token, shared: tuple[Phrase, ...], heard: Counter[str]) -> Token:
    if not shared:
        is_absent = token.language != "en" and not heard[token.language]
        return token._replace(meaning=None, language="") if is_absent else token
    best = max(shared, key=lambda phrase: heard[phrase.language])
    if heard[best.language] < _PRESENT and shared[0].language == "en":
        best = shared[0]
    elif not heard[best.language]:
        return token._replace(meaning=None, language="")
    if best.meaning is token.meaning and best.language == token.language:
        return token
    return token._replace(meaning=best.meaning, language=best.language)


def _phrase_at(tokens: list[Token], at: int, text: str, lexicon: Lexicon) -> tuple[Token, int]:
    """The token of the longest phrase that begins at *at*, and where the next one begins."""
    token = tokens[at]
    seconds = lexicon.longer.get(token.word)
    if seconds is not None:
        after = _next_word(tokens, at, text)
        for phrase in seconds.get(tokens[after].word, ()) if after else ():
            last = _matched(phrase.words[1:], tokens, after, text)
            if last:
                return meant_token(token, phrase, tokens[last].end), last + 1
    alone = lexicon.alone.get(token.word)
    if alone is not None:
        return meant_token(token, alone, token.end), at + 1
    for words, name in lexicon.coin_heads.get(token.word, ()):
        last = _matched(words, tokens, at, text)
        if last:
            named = token._replace(kind=Kind.NAME, name=Name(base=name), end=tokens[last].end)
            return named, last + 1
    coin = lexicon.coins.get(token.word)
    if coin is not None:
        return token._replace(kind=Kind.NAME, name=Name(base=coin)), at + 1
    return token, at + 1


def _matched(words: tuple[str, ...], tokens: list[Token], at: int, text: str) -> int:
    """The last token of *words*, whose first is at *at*; 0 when the others do not follow."""
    for word in words[1:]:
        at = _next_word(tokens, at, text)
        if not at or tokens[at].word != word:
            return 0
    return at


def _next_word(tokens: list[Token], at: int, text: str) -> int:
    """Where the word is that may go on with a phrase, 0 when none is. Marks between its words do not count."""
    end, at = tokens[at].end, at + 1
    while at < len(tokens) and tokens[at].kind is MARK and tokens[at].word in "-_/.:'":
        at += 1
    if at >= len(tokens):
        return 0
    after = tokens[at]
    return at if after.kind is WORD and text[end : after.start] in _GAPS else 0
