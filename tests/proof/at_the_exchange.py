"""Keys of a profile whose outcome is seen at the exchange and in the channel only: what stands there, for one trade."""

from dataclasses import dataclass

from journeys.coin import Coin
from tgbitget.simulators.bitget.orders import PlanKind

SHOWN_THERE = (
    "telegram.channels",
    "entry.resting_max",
    "exits.orders",
    "exits.trailing_take_profit_percent",
    "exits.trigger_by",
)

LADDER = """#{coin}/USDT LONG
Entries:
1) {first}
2) {second}
3) {third}
Targets: {near} - {far}
Stop Loss: {stop}"""


def ladder(coin: Coin) -> str:
    """Its first step fills at once, the others rest."""
    return LADDER.format(
        coin=coin.base,
        first=coin.at("1.002"),
        second=coin.at("0.985"),
        third=coin.at("0.975"),
        near=coin.at("1.03"),
        far=coin.at("1.05"),
        stop=coin.at("0.95"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    entries: int
    targets: tuple[str, ...]
    stop_by: str


def stands(coin: Coin) -> Stands | None:
    """What the exchange has of the trade; None until the stop and both targets are there."""
    resting = ["limit" for order in coin.orders if order.live and order.closing]
    planned = [
        str(plan.kind)
        for plan in coin.plans
        if plan.kind.takes_profit or plan.kind is PlanKind.MOVING
    ]
    # Attached stops follow the venue; ours is the one that a client id of ours is on.
    stops = [p for p in coin.plans if p.kind.stops_loss and p.client_id.startswith("tg")]
    if not stops or len(resting) + len(planned) < len(("near", "far")):
        return None
    return Stands(
        entries=len(coin.resting),
        targets=tuple(sorted({*resting, *planned})),
        stop_by=str(stops[0].by),
    )
