"""Words that belong together: each phrase of the lexicon becomes one token that carries its meaning."""

from typing import Final

from tgbitget.parsing.lexemes import Kind, Token
from tgbitget.parsing.lexicon import Lexicon, Phrase
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
        joined, used = _phrase_at(tokens, at, text, lexicon)
        out.append(joined)
        at += used
    return _of_present_languages(out)


_SURE_LETTERS: Final = 4


def _of_present_languages(tokens: list[Token]) -> list[Token]:
    """`om` is Swedish for *if* only among other Swedish words: a language is present by a word no other could have."""
    present = {
        token.language
        for token in tokens
        if token.language and (len(token.word) >= _SURE_LETTERS or not token.word.isascii())
    }
    absent = {token.language for token in tokens} - present - {"", "en"}
    if not absent:
        return tokens
    return [
        token._replace(meaning=None, language="") if token.language in absent else token
        for token in tokens
    ]


def _phrase_at(tokens: list[Token], at: int, text: str, lexicon: Lexicon) -> tuple[Token, int]:
    token = tokens[at]
    for phrase in lexicon.heads.get(token.word, ()):
        length = _matched(phrase, tokens, at, text)
        if length:
            last = tokens[at + length - 1]
            meant = token._replace(
                word=" ".join(phrase.words),
                end=last.end,
                meaning=phrase.meaning,
                language=phrase.language,
            )
            return meant, length
    coin = lexicon.coins.get(token.word)
    if coin is not None:
        named = token._replace(kind=Kind.NAME, name=Name(base=coin), is_upper=token.is_upper)
        return named, 1
    return token, 1


def _matched(phrase: Phrase, tokens: list[Token], at: int, text: str) -> int:
    """How many tokens *phrase* takes from *at* on; 0 when it is not there. Marks between its words do not count."""
    used, end = 1, tokens[at].end
    for word in phrase.words[1:]:
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
