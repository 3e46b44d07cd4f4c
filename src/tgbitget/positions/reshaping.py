"""An edit moves or adds entries of a trade that stands: which stay, which go, what the others may buy. Pure.

The size stays what it was: an entry that moved takes the amount of the one in whose place it stands, one that was added
shares what has not filled. What did not change is not touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tgbitget.model.ids import ClientOrderId, client_order_id
from tgbitget.model.market import Market, Product
from tgbitget.model.money import NOTHING, Price, Quantity, exact
from tgbitget.model.plan import LEGS_MAX, Leg, OrderPlan, OrderSide, OrderType, Refused, Role
from tgbitget.model.trade import Trade
from tgbitget.planning.entries import Rung
from tgbitget.positions.amendments import is_behind, shape
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.wishes import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNow:
    """One entry of a plan. `left` may still be bought elsewhere; `is_fixed`: it has filled, or somebody moved it by hand."""

    leg: Leg
    left: Quantity
    is_fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What an edit finds of a trade. `plan` is as it was recorded last, `stop` where it is now; `replacements` are the
    numbers that the next orders have, by name. `trade` None: a rehearsal's.
    """

    plan: OrderPlan
    stop: Price
    now: tuple[EntryNow, ...]
    has_position: bool
    may_be_more: bool
    replacements: Mapping[str, int]
    trade: Trade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshaped:
    """The entries of the trade from now on, and those among them that are new orders."""

    entries: tuple[Leg, ...]
    new: tuple[Leg, ...]


def entry_now(ledger: Ledger, wishes: Wishes, leg: Leg) -> EntryNow:
    """An order that the venue put in its place, with another stop, is this one still."""
    own = [
        one
        for one in ledger.named(leg.name)
        if shape(one) == shape(leg) and one.replacement >= leg.replacement
    ]
    standing = [one for one in ledger.standing(Role.ENTRY) if one in own]
    filled = ledger.taken_by(*own)
    assert leg.amount is not None, "an entry has an amount"
    is_by_hand = any(one.client_oid in ledger.by_hand.moved for one in own)
    if not standing or is_by_hand or all(wishes.forbid(one) for one in standing):
        return EntryNow(leg=leg, left=NOTHING, is_fixed=bool(filled) or is_by_hand)
    return EntryNow(leg=leg, left=Quantity(leg.amount - filled), is_fixed=filled >= leg.amount)


def renumbered(plan: OrderPlan, replacements: Mapping[str, int], *, user_id: str) -> OrderPlan:
    """The plan with ids of its own, where orders of these names were planned before and never sent."""
    entries = tuple(
        _with_number(leg, replacements.get(leg.name, 0), user_id) for leg in plan.entries
    )
    return replace(plan, entries=entries)


def reshape(
    found: Entries, rungs: Sequence[Rung], *, stop: Price, post_only: bool, user_id: str
) -> Reshaped | Refused:
    """From the entries as they are to *rungs*, the entries of the new text, in its order."""
    slots = _Slots(found, rungs)
    if (fault := slots.fault) is not None:
        return Refused(rule="edits", reason=f"other entries: {fault}")
    amounts = _shared_out(slots, found.plan.market)
    if isinstance(amounts, Refused):
        return amounts
    names = _names(slots, amounts, found)
    new = {
        number: _leg(
            found.plan, rungs[number], names[number], amount, stop=stop, post_only=post_only
        )
        for number, amount in amounts.items()
    }
    if (behind := next((leg for leg in new.values() if is_behind(leg, stop)), None)) is not None:
        level = behind.price or behind.trigger_price
        assert level is not None, "only what has a level can be behind another"
        reason = f"an entry at {exact(level)} is behind the stop {exact(stop)}"
        return Refused(rule="edits", reason=reason)
    numbered = {
        number: _with_number(leg, found.replacements.get(leg.name, 0), user_id)
        for number, leg in new.items()
    }
    kept = {number: one.leg for number, one in slots.kept.items()}
    present = {**kept, **numbered}
    entries = (*(one.leg for one in slots.stuck), *(present[number] for number in sorted(present)))
    if len(entries) > LEGS_MAX:
        return Refused(rule="edits", reason=f"{len(entries)} entries, {LEGS_MAX} allowed")
    return Reshaped(entries=entries, new=tuple(numbered.values()))


class _Slots:
    """Which entries of the new text are old ones, and what the others may take the place of."""

    def __init__(self, found: Entries, rungs: Sequence[Rung]) -> None:
        self.rungs = rungs
        self.may_be_more = found.may_be_more
        self.kept: dict[int, EntryNow] = {}
        standing = [one for one in found.now if one.left or one.is_fixed]
        for number, rung in enumerate(rungs):
            same = next((one for one in standing if shape(one.leg) == _shape(rung)), None)
            if same is not None:
                self.kept[number] = same
                standing.remove(same)
        self.stuck = [one for one in standing if not one.left]
        self.loose = [one for one in standing if one.left]
        wanted = [number for number in range(len(rungs)) if number not in self.kept]
        # What has filled was an entry of the text too, at market perhaps, or at a price that it has no more.
        filled = min(len(self.stuck), max(0, len(wanted) - len(self.loose)))
        self.wanted = wanted[filled:]

    @property
    def fault(self) -> str | None:
        if not self.may_be_more:
            return "what had not filled of them is cancelled"
        is_left = bool(self.loose) or any(one.left for one in self.kept.values())
        if not is_left or not (self.loose or self.wanted):
            return "all of them have filled, or were moved by hand"
        return None


def _shared_out(slots: _Slots, market: Market) -> dict[int, Quantity] | Refused:
    """By number, what each new entry buys; an old one is among them where it has to make room for one more."""
    numbers = slots.wanted
    if not numbers:
        return {}
    free: Decimal = sum((one.left for one in slots.loose), NOTHING)
    if not slots.loose:
        giving = [number for number, one in slots.kept.items() if one.left]
        numbers = sorted([*numbers, *giving])
        free = sum((slots.kept[number].left for number in giving), NOTHING)
    parts = _parts(free, [slots.rungs[number].weight for number in numbers], market)
    amounts = dict(zip(numbers, parts, strict=True))
    for number, amount in amounts.items():
        rung = slots.rungs[number]
        level = rung.price or rung.expected or rung.dearest
        if amount <= 0 or not market.is_tradable(amount, level):
            reason = (
                f"other entries: {exact(amount)} {market.base} at {exact(level)} is below the minimum of {market.id}; "
                "the size stays what it was"
            )
            return Refused(rule="minimum", reason=reason)
    return amounts


def _parts(free: Decimal, weights: Sequence[Fraction], market: Market) -> list[Quantity]:
    """All of it: what steps leave over goes to the first."""
    total = sum(weights, Fraction(0))
    shares = [weight / total for weight in weights]
    parts = [market.quantity_down(free * share.numerator / share.denominator) for share in shares]
    over = market.quantity_down(free) - sum(parts, NOTHING)
    return [Quantity(parts[0] + over), *parts[1:]]


def _names(slots: _Slots, amounts: Mapping[int, Quantity], found: Entries) -> dict[int, str]:
    """The name of the entry in whose place each stands; one that was added has a name of its own."""
    places = [one.leg.name for one in slots.loose]
    known = [name for name in found.replacements if name.startswith("entry-")]
    last = max(int(name.removeprefix("entry-")) for name in known)
    names: dict[int, str] = {}
    for number in amounts:
        if number in slots.kept:
            names[number] = slots.kept[number].leg.name
        elif places:
            names[number] = places.pop(0)
        else:
            last += 1
            names[number] = f"entry-{last}"
    return names


def _leg(
    plan: OrderPlan, rung: Rung, name: str, amount: Quantity, *, stop: Price, post_only: bool
) -> Leg:
    return Leg(
        signal=plan.signal,
        name=name,
        client_oid=ClientOrderId(""),
        role=Role.ENTRY,
        symbol=plan.market.symbol,
        side=OrderSide.opening(plan.side),
        position_side=plan.side,
        type=rung.type,
        amount=amount,
        price=rung.price,
        trigger_price=rung.trigger_price,
        stop_loss=None if plan.market.product is Product.SPOT else stop,
        post_only=post_only and rung.type is OrderType.LIMIT,
        trigger_by=plan.trigger_by,
    )


def _with_number(leg: Leg, number: int, user_id: str) -> Leg:
    oid = client_order_id(user_id=user_id, signal=leg.signal, leg=leg.name, replacement=number)
    return replace(leg, client_oid=oid, replacement=number)


def _shape(rung: Rung) -> tuple[OrderType, Price | None, Price | None]:
    return rung.type, rung.price, rung.trigger_price
