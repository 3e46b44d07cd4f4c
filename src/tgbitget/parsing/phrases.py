"""Words that belong together: each phrase of the lexicon becomes one token that carries its meaning."""

from collections import Counter
from typing import Final

from tgbitget.parsing.lexemes import Kind, Token
from tgbitget.parsing.lexicon import Lexicon, Meaning, Phrase
from tgbitget.parsing.names import Name

_GAPS = frozenset({"", " ", "-", "_", "/", ".", ":", "'", " - ", "- ", " -", "  ", " / ", "/ "})


def phrased(tokens: list[Token], text: str, lexicon: Lexicon) -> list[Token]:
    """Words that are a phrase together become one token that carries its meaning."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind is not Kind.WORD or token.meaning is not None:
            out.append(token)
            at += 1
            continue
        if token.word in lexicon.joins and _is_between_numbers(tokens, at):
            out.append(token._replace(meaning=Meaning.TO))
            at += 1
            continue
        joined, used = _phrase_at(tokens, at, text, lexicon)
        out.append(joined)
        at += used
    return _of_present_languages(out, lexicon)


def _is_between_numbers(tokens: list[Token], at: int) -> bool:
    return (
        0 < at < len(tokens) - 1
        and tokens[at - 1].kind is Kind.NUMBER
        and tokens[at + 1].kind is Kind.NUMBER
    )


_SURE_LETTERS: Final = 4
_PRESENT: Final = 2
"""A language with that much weight is spoken here, and its words win over English ones that are spelled alike."""


def _of_present_languages(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """`om` is Swedish for *if* only among other Swedish words: a language is present by a word no other could have.

    Of a word that several languages have, the meaning is that of the one most heard.
    """
    if all(token.language in ("", "en") for token in tokens):
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
    return token._replace(meaning=best.meaning, language=best.language)


def _phrase_at(tokens: list[Token], at: int, text: str, lexicon: Lexicon) -> tuple[Token, int]:
    token = tokens[at]
    for phrase in lexicon.heads.get(token.word, ()):
        length = _matched(phrase.words, tokens, at, text)
        if length:
            last = tokens[at + length - 1]
            meant = token._replace(
                word=" ".join(phrase.words),
                end=last.end,
                meaning=phrase.meaning,
                language=phrase.language,
            )
            return meant, length
    for words, coin in lexicon.coin_heads.get(token.word, ()):
        length = _matched(words, tokens, at, text)
        if length:
            last = tokens[at + length - 1]
            named = token._replace(kind=Kind.NAME, name=Name(base=coin), end=last.end)
            return named, length
    coin = lexicon.coins.get(token.word)
    if coin is not None:
        named = token._replace(kind=Kind.NAME, name=Name(base=coin), is_upper=token.is_upper)
        return named, 1
    return token, 1


def _matched(words: tuple[str, ...], tokens: list[Token], at: int, text: str) -> int:
    """How many tokens the phrase of *words* takes from *at* on; 0 when it is not there. Marks between its words do not count."""
    used, end = 1, tokens[at].end
    for word in words[1:]:
        while (
            at + used < len(tokens)
            and tokens[at + used].kind is Kind.MARK
            and tokens[at + used].word in "-_/.:'"
        ):
            used += 1
        if at + used >= len(tokens):
            return 0
        after = tokens[at + used]
        if (
            after.kind is not Kind.WORD
            or after.word != word
            or text[end : after.start] not in _GAPS
        ):
            return 0
        used, end = used + 1, after.end
    return used
