"""The codes of a reading as sentences: why it is unclear, and by which rule a word was taken."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "ambiguous_trade": "it may mean more than one trade",
    "contradictory": "the post says two things that exclude each other",
    "leverage_out_of_range": "the leverage is one that no exchange gives",
    "malformed": "a field of the form cannot be read",
    "multi_signal": "more than one coin or trade is in it",
    "no_direction": "neither words nor levels say long or short",
    "no_entry": "it does not say where to enter",
    "no_symbol": "it does not say which coin",
    "not_crypto": "it is about a currency, a metal, an index or a share, not a coin",
    "parser_failed": "a parser failed, so what it would have said is not known",
    "price_ambiguous": "a price can be read in more than one way",
    "sl_wrong_side": "the stop is not on the losing side of the entry",
    "stale": "some of its levels are told as reached: it may be an old signal",
    "too_long": "it is longer than a post can be",
    "too_many_levels": "it names more levels than a trade has",
    "tp_wrong_side": "a target is not on the winning side of the entry",
    "unknown_key": "the form has a key that is not known and may change what is meant",
    "unknown_symbol": "what stands for the coin is no name of one",
    "unsupported_quote": "the pair is not quoted in a coin that is traded here",
}
_RULES: Final[Mapping[str, str]] = {
    "label": "behind a label for the coin",
    "pair": "written as a pair, with its quote",
    "$ticker": "written with a dollar sign",
    "#ticker": "written as a tag",
    "beside a side": "on a line that says long or short",
    "coin": "a name that is known as a coin's",
    "name": "the coin that the order names",
    "leverage": "a number with x, or behind a word for leverage",
    "close": "a word that closes, with something to be closed",
    "cancel": "a word that cancels, with something that waits",
    "void": "a word that calls the signal off",
    "breakeven": "a word that moves the stop to the entry",
    "stop to entry": "a stop that goes to the entry",
    "stop to target": "a stop that goes to a target's price",
    "new stop": "a stop with a new price",
    "new target": "a target with a new price",
    "label entry": "behind a word for the entry",
    "label target": "behind a word for targets",
    "label stop": "behind a word for the stop",
    "label price": "behind a word for the price",
    "label buy": "behind a word that buys",
    "label sell": "behind a word that sells",
    "label long": "behind the word for long",
    "label short": "behind the word for short",
    "label now": "behind a word for the market",
    "label name": "behind the coin's name",
    "label close": "behind a word that closes",
}
FIELDS: Final[Mapping[str, str]] = {
    "symbol": "coin",
    "take_profits": "target",
    "stop_loss": "stop",
    "margin_mode": "margin",
    "against": "against it",
}


def reason_words(code: str, detail: str = "") -> str:
    """A sentence for people; *detail* is what the parser itself has to say, and wins."""
    return detail or REASONS.get(code, code.replace("_", " "))


def rule_words(rule: str) -> str:
    """`label entry` in words; what a foreign parser calls its rules stands for itself."""
    kind, _, what = rule.partition(" ")
    if kind == "word":
        return f"the word {what.replace(chr(39), chr(34))}"
    if kind == "group":
        return f"slot or group {what} of the expression"
    return _RULES.get(rule, rule)


def field_words(field: str) -> str:
    return FIELDS.get(field, field.replace("_", " "))
