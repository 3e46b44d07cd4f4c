"""At which price a trade's stop should stand now: what was asked, the rules, the liquidation; never looser. Pure."""

from tgbitget.model.intent import AtTarget
from tgbitget.model.money import Price
from tgbitget.positions.ledger import Ledger
from tgbitget.positions.rules import breakeven, stop_now, tighter
from tgbitget.positions.stops_seen import is_beyond_liquidation, within_liquidation
from tgbitget.profile import ExitsSection


def wanted(
    ledger: Ledger, *, asked: Price | None, liquidation: Price | None, exits: ExitsSection
) -> Price:
    """*asked* is what the channel, the owner or an edit wants; one that is looser changes nothing."""
    plan = ledger.plan
    price = stop_now(
        market=plan.market,
        side=plan.side,
        entry=ledger.entry or plan.stop,
        current=tighter(plan.side, asked or ledger.stop, ledger.stop),
        targets=ledger.targets,
        reached=ledger.reached_place,
        best=ledger.best,
        exits=exits,
    )
    if liquidation is not None and is_beyond_liquidation(plan.side, price, liquidation):
        price = within_liquidation(plan.market, plan.side, liquidation)
    assert tighter(plan.side, price, ledger.stop) == price, f"{price} is looser than {ledger.stop}"
    return price


def price_of(to: Price | AtTarget, ledger: Ledger) -> Price | None:
    """Where a follow-up wants the stop; None while there is no such level."""
    plan = ledger.plan
    if not isinstance(to, AtTarget):
        return plan.market.stop_price(to, plan.side)
    if to.number == 0:
        return None if ledger.entry is None else breakeven(plan.market, plan.side, ledger.entry)
    if to.number > len(ledger.targets):
        return None
    return plan.market.stop_price(ledger.targets[to.number - 1].price, plan.side)
