"""A reading for people: label and value."""

from tgbitget.cli.reasons import reason_words
from tgbitget.cli.words import entry_words, harmless, intent_line, levels
from tgbitget.model.intent import OpenPosition, level_text
from tgbitget.model.money import exact
from tgbitget.model.reading import NotASignal, Read, Reading, Unclear

Pairs = list[tuple[str, str]]


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


def _open_pairs(intent: OpenPosition) -> Pairs:
    pair = "/".join(harmless(name) for name in (intent.symbol, intent.quote) if name)
    market = f", {intent.market}" if intent.market else ""
    pairs = [("open", f"{intent.side} {pair}{market}"), ("entry", entry_words(intent.entry))]
    pairs.append(("targets", levels(intent.take_profits) or "none"))
    pairs.append(("stop", level_text(intent.stop_loss) if intent.stop_loss is not None else "none"))
    leverage = f"{exact(intent.leverage)}x" if intent.leverage is not None else ""
    if words := " ".join(word for word in (intent.margin_mode or "", leverage) if word):
        pairs.append(("leverage", words))
    return pairs


def _unclear_pairs(reading: Unclear) -> Pairs:
    pairs = [("unclear", harmless(reading.reason))]
    pairs.append(("because", harmless(reason_words(reading.reason, reading.detail))))
    if reading.symbol:
        pairs.append(("symbol", harmless(reading.symbol)))
    if reading.candidates:
        pairs.append(("either", " or ".join(harmless(one) for one in reading.candidates)))
    return [*pairs, ("read by", reading.parser or "none")]
