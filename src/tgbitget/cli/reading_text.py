"""A reading for people: label and value, and which words said what."""

from tgbitget.cli.words import entry_words, harmless, intent_line, level, levels, shortened
from tgbitget.model.intent import OpenPosition
from tgbitget.model.money import exact
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear

Pairs = list[tuple[str, str]]

_QUOTE_LENGTH_MAX = 50


def reading_pairs(reading: Reading) -> Pairs:
    match reading:
        case Read(intent=OpenPosition() as intent):
            return [*_open_pairs(intent), ("read by", reading.parser)]
        case Read():
            means = intent_line(reading.intent, reading.parent_symbol)
            return [("follow-up", means), ("read by", reading.parser)]
        case NotASignal():
            return [
                ("no signal", harmless(reading.why or "")),
                ("read by", reading.parser or "none"),
            ]
        case Unclear():
            return _unclear_pairs(reading)


def explained(text: str, reading: Reading) -> Pairs:
    """Each field with the words it was read from and the rule that did."""
    if isinstance(reading, NotASignal):
        return []
    return [
        (span.field, f"“{shortened(text[span.start : span.end], _QUOTE_LENGTH_MAX)}”  {span.rule}")
        for span in sorted(reading.spans, key=lambda span: span.start)
    ]


def _open_pairs(intent: OpenPosition) -> Pairs:
    pair = "/".join(harmless(name) for name in (intent.symbol, intent.quote) if name)
    market = f", {intent.market}" if intent.market else ""
    pairs = [("open", f"{intent.side} {pair}{market}"), ("entry", entry_words(intent.entry))]
    pairs.append(("targets", levels(intent.take_profits) or "none"))
    pairs.append(("stop", level(intent.stop_loss) if intent.stop_loss is not None else "none"))
    leverage = f"{exact(intent.leverage)}x" if intent.leverage is not None else ""
    if words := " ".join(word for word in (intent.margin_mode or "", leverage) if word):
        pairs.append(("leverage", words))
    return pairs


def _unclear_pairs(reading: Unclear) -> Pairs:
    pairs = [("unclear", reading.reason)]
    if reading.detail:
        pairs.append(("because", harmless(reading.detail)))
    if reading.symbol:
        pairs.append(("symbol", harmless(reading.symbol)))
    if reading.candidates:
        pairs.append(("either", " or ".join(harmless(one) for one in reading.candidates)))
    return [*pairs, ("read by", reading.parser or "none")]
