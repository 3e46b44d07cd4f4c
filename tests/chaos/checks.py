"""What must be true after the chaos, by the exchange's own log, by the journal, and beside an undisturbed run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chaos.course import Course
from journeys.world import World
from tgbitget.positions.keeper import WATCH_SECONDS
from tgbitget.simulators.bitget.orders import Order

BOUND_SECONDS = WATCH_SECONDS + 2.5
"""Of a stop that is missing while a listener runs: the watch's period, its questions and the send on a busy machine."""


@dataclass(slots=True)
class Findings:
    """`broken` is empty when every promise was kept; the rest is told as it is."""

    broken: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    explained: dict[str, list[str]] = field(default_factory=dict)

    def want(self, is_true: object, otherwise: str) -> None:
        if not is_true:
            self.broken.append(otherwise)


@dataclass(frozen=True, slots=True)
class Ran:
    """A course that is over."""

    world: World
    course: Course

    @property
    def entries(self) -> list[Order]:
        return [
            order
            for order in self.world.bitget.orders
            if order.client_id.startswith("tg") and not order.closing and order.source == "normal"
        ]


def check(ran: Ran, findings: Findings) -> None:
    """What holds of one run by itself."""
    findings.broken += ran.course.unsettled
    _check_outcomes(ran, findings)
    _check_orders(ran, findings)
    _check_guarded(ran, findings)
    findings.want(
        not ran.world.telegram.unknown_requests, "Telegram was asked what it does not know"
    )
    findings.want(not ran.world.bitget.unknown_requests, "Bitget was asked what it does not know")


def compare(chaos: Ran, calm: Ran, findings: Findings) -> None:
    """The entries that the exchange took in both runs; those of one alone need a reason."""
    legs = {**calm.course.book.legs(), **chaos.course.book.legs()}
    took = {o.client_id for o in chaos.entries}
    took_in_peace = {o.client_id for o in calm.entries}
    outcomes, unsent = chaos.course.book.outcomes(), chaos.course.book.unsent()
    replaced = {**calm.course.book.replaced(), **chaos.course.book.replaced()}
    in_both = _named(took, replaced) & _named(took_in_peace, replaced)
    for oid in sorted(took ^ took_in_peace):
        signal = legs[oid][0] if oid in legs else "?"
        why = None
        if signal in chaos.course.at_once:
            why = "deleted at once"
        elif replaced.get(oid) in in_both:
            why = "replaced under another number"
        elif oid in took_in_peace and "late" in outcomes.get(signal, ()):
            why = "late after an outage"
        elif oid in took_in_peace and oid in unsent:
            why = f"not sent any more: {unsent[oid]}"
        if why is None:
            where = "the chaos" if oid in took else "the undisturbed run"
            story = chaos.course.book.story(signal)
            findings.broken.append(f"{oid} of {signal} was taken in {where} alone: {story}")
        else:
            findings.explained.setdefault(why, []).append(signal)
    findings.figures["entries taken"] = f"{len(took)}, undisturbed {len(took_in_peace)}"
    findings.figures["taken in both"] = str(len(took & took_in_peace))
    for why, signals in findings.explained.items():
        findings.figures[f"in one run alone, {why}"] = (
            f"{len(signals)} of {len(set(signals))} posts"
        )


def _named(oids: Iterable[str], replaced: Mapping[str, tuple[str, str]]) -> set[tuple[str, str]]:
    return {replaced[oid] for oid in oids if oid in replaced}


def _check_outcomes(ran: Ran, findings: Findings) -> None:
    course = ran.course
    outcomes = course.book.outcomes()
    lost = [s for s in course.texts if s not in outcomes and s not in course.deleted]
    findings.want(not lost, f"without an outcome: {lost}")
    unread = [s for s in course.texts if s not in outcomes and s in course.deleted]
    seen_before = [s for s in unread if s not in course.at_once]
    findings.want(not seen_before, f"deleted later, and without an outcome: {seen_before}")
    told = Counter(
        (str(line["signal"]), line["post"]["revision"])  # type: ignore[index] # a line's post is a dict
        for line in course.lines
        if line["event"] == "decision"
    )
    twice = [key for key, count in told.items() if count > 1]
    findings.want(not twice, f"decided twice: {twice}")
    invented = [s for s in outcomes if s not in course.texts]
    findings.want(not invented, f"nobody posted {invented}")
    findings.figures["posts"] = str(len(course.posted))
    findings.figures["posts without an outcome"] = str(len(lost))
    findings.figures["deleted before anybody read them"] = str(len(unread))
    findings.figures["outcomes"] = ", ".join(
        f"{count} {name}"
        for name, count in Counter(o for all_ in outcomes.values() for o in all_).most_common()
    )


def _check_orders(ran: Ran, findings: Findings) -> None:
    """Each order has its cause in the journal, no entry was taken twice or filled beyond what was planned."""
    legs, orders = ran.course.book.legs(), ran.world.bitget.orders
    strangers = [
        o.client_id for o in orders if o.client_id.startswith("tg") and o.client_id not in legs
    ]
    findings.want(not strangers, f"no leg of the journal: {strangers}")
    taken = Counter(order.client_id for order in ran.entries)
    doubled = [oid for oid, count in taken.items() if count > 1]
    findings.want(not doubled, f"taken twice: {doubled}")
    # One that took another's place counts with it.
    replaced = ran.course.book.replaced()
    filled: Counter[object] = Counter()
    planned: dict[object, Decimal] = {}
    for order in ran.entries:
        what = replaced.get(order.client_id, order.client_id)
        filled[what] += order.filled  # type: ignore[assignment] # Decimals add up too
        amount = legs[order.client_id][2] if order.client_id in legs else Decimal(0)
        planned[what] = max(amount, planned.get(what, Decimal(0)))
    over = [what for what, amount in filled.items() if amount > planned[what]]
    findings.want(not over, f"filled beyond their plan: {over}")
    sizes = {p.symbol: p.size for p in ran.world.bitget.exchange.desk.positions.values() if p.size}
    believed = {
        s.partition(":")[0].replace("/", ""): Decimal(a)
        for s, a in ran.course.book.ask("SELECT symbol, amount FROM trades WHERE state = 'open'")
    }
    findings.want(sizes == believed, f"open are {sizes}, believed are {believed}")
    findings.figures["orders"] = str(len(orders))
    findings.figures["entries doubled"] = str(len(doubled))
    findings.figures["orders without a cause"] = str(len(strangers))


def _check_guarded(ran: Ran, findings: Findings) -> None:
    """No position bare for longer than the bound, but for the time in which no listener ran."""
    worst, beyond = 0.0, 0.0
    for bare in ran.course.audit.bare:
        until = (bare.until or bare.since) / 1000
        left = _outside((bare.since / 1000, until), ran.course.down)
        worst = max(worst, left)
        beyond += max(0.0, left - BOUND_SECONDS)
    findings.want(
        not beyond, f"{beyond:.1f} s without a stop beyond the bound of {BOUND_SECONDS:g} s"
    )
    findings.figures["longest without a stop"] = f"{worst:.2f} s while a listener ran"
    findings.figures["seconds without a stop beyond the bound"] = f"{beyond:.1f}"


def _outside(stretch: tuple[float, float], excused: list[tuple[float, float]]) -> float:
    """The seconds of *stretch* that lie in none of the others."""
    since, until = stretch
    return (until - since) - sum(max(0.0, min(until, b) - max(since, a)) for a, b in excused)
