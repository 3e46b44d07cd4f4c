"""A chapter of a post's story in one sentence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Any

from tgbitget.cli.story_names import OrderNames
from tgbitget.cli.words import clock_time, harmless, outcome_text
from tgbitget.journal.story import Chapter

Facts = dict[str, Any]


INDENT = 21  # behind the date and the time
_OF_NO_ORDER = (
    "exit"  # an entry's own stop, a hand at the exchange: the change of the trade says which
)


def story_lines(chapters: Sequence[Chapter]) -> Iterator[str]:
    """A sentence for each; an order that was sent is named by its leg from then on."""
    names = OrderNames()
    for chapter in chapters:
        name = names.name(chapter)
        if name is None and chapter.kind == "fill" and names.closes(chapter.facts):
            name = _OF_NO_ORDER
        yield told(chapter if name is None else _named(chapter, name))


def told(chapter: Chapter) -> str:
    """`12:00:01  order entry-1: buy limit 0.001 BTC/USDT:USDT at 57000, stop 55800`."""
    tell = _TELLERS.get(chapter.kind, _other)
    date = f"{chapter.at:%Y-%m-%d} {clock_time(chapter.at)}"
    return f"{date}  {tell(chapter.facts)}"


def wrapped(line: str, width: int) -> str:
    """On a terminal: what is longer than a line goes on behind the time, not below it."""
    return "\n".join(wrap(line, max(width, 2 * INDENT), subsequent_indent=" " * INDENT))


def _named(chapter: Chapter, name: str) -> Chapter:
    return replace(chapter, facts={**chapter.facts, "name": name})


def _post(facts: Facts) -> str:
    revision = facts.get("revision")
    head = f"edit {revision}" if revision else "post"
    via = f" ({facts['via']})" if facts.get("via") else ""
    return f"{head}{via}: “{harmless(str(facts.get('text') or ''))}”"


def _decision(facts: Facts) -> str:
    reading = facts.get("reading") or {}
    asked = " ".join(str(reading[key]) for key in ("kind", "side", "symbol") if reading.get(key))
    asked = ", ".join(part for part in (asked, *_wishes(reading)) if part)
    by = f", read by {reading['parser']}" if reading.get("parser") else ""
    outcome = outcome_text(str(facts.get("outcome")), facts.get("rule"))
    reason = f": {harmless(str(facts['reason']))}" if facts.get("reason") else ""
    changed = f"; changed: {harmless(', '.join(facts['changed']))}" if facts.get("changed") else ""
    return f"{asked or 'nothing'}{by}{changed} → {outcome}{reason}"


def _wishes(reading: Facts) -> Iterator[str]:
    """What a follow-up asks beyond its kind."""
    if reading.get("fraction"):
        yield f"fraction {reading['fraction']}"
    update = reading.get("update") or {}
    if update.get("stop_loss"):
        yield f"stop to {update['stop_loss']}"
    if update.get("take_profits"):
        yield f"targets {', '.join(update['take_profits'])}"


def _follow_up(facts: Facts) -> str:
    return f"post {facts.get('signal')} asked of this trade: {_decision(facts)}"


def _leg(facts: Facts) -> str:
    price = _with("at", facts.get("price")) + _with("once at", facts.get("trigger_price"))
    stop = f", stop {facts['stop_loss']}" if facts.get("stop_loss") else ""
    amount = facts.get("amount") or "all of"
    return (
        f"order {facts.get('name')}: {facts.get('side')} {facts.get('type')} {amount} "
        f"{facts.get('symbol')}{price}{stop}"
    )


def _placement(facts: Facts) -> str:
    id_ = _with("as", facts.get("venue_order_id"))
    reason = f": {harmless(str(facts['reason']))}" if facts.get("reason") else ""
    name = facts.get("name") or f"order {facts.get('client_oid')}"
    return f"{name} {facts.get('result')}{id_}{reason}"


def _fill(facts: Facts) -> str:
    fee = f", fee {facts['fee']} {facts.get('fee_coin') or ''}" if facts.get("fee") else ""
    name = f"{facts['name']} " if facts.get("name") else ""
    return f"{name}filled {facts.get('amount')} at {facts.get('price')}{fee}".rstrip()


def _trade(facts: Facts) -> str:
    parts = [f"trade {facts.get('state')}"]
    parts += [f"{facts['amount']} open"] if facts.get("amount") not in (None, "0") else []
    parts += [f"stop {facts['stop']}"] if facts.get("stop") else []
    parts += [f"realised {facts['realised']}"] if facts.get("realised") not in (None, "0") else []
    cause = f" ({harmless(str(facts['cause']))})" if facts.get("cause") else ""
    return ", ".join(parts) + cause


def _deletion(facts: Facts) -> str:
    return f"deleted by the channel: {harmless(str(facts.get('change') or ''))}".rstrip(": ")


def _command(facts: Facts) -> str:
    outcome = harmless(str(facts.get("outcome") or ""))
    about = f" about post {facts['post']}" if facts.get("post") else ""
    return f"the owner asked{about} ({facts.get('source')}): {outcome or facts.get('name')}"


def _notice(facts: Facts) -> str:
    """Its headline: the rest of the message is what stands above."""
    headline, _, rest = str(facts.get("text") or "").partition("\n")
    return f"told to the owner: “{harmless(headline)}{' …' if rest else ''}”"


def _start(facts: Facts) -> str:
    """A story tells of starts only between its own first and last word."""
    ended = facts.get("ending")
    before = f"the one before ended ({ended})" if ended else "the one before was killed"
    return f"the listener was started again ({facts.get('mode')}); {before}"


def _other(facts: Facts) -> str:
    return ", ".join(f"{name} {harmless(str(value))}" for name, value in facts.items() if value)


def _with(word: str, value: Any) -> str:
    return f" {word} {value}" if value else ""


_TELLERS: dict[str, Callable[[Facts], str]] = {
    "post": _post,
    "start": _start,
    "decision": _decision,
    "follow_up": _follow_up,
    "leg": _leg,
    "placement": _placement,
    "fill": _fill,
    "trade": _trade,
    "command": _command,
    "deletion": _deletion,
    "notice": _notice,
}
