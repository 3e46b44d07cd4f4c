"""One trade led by the real keeper over real sockets, on a simulated Bitget; no Telegram, no channel in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from journeys.coin import Coin
from journeys.impatient import impatient_executor
from tgbitget.app.supervision import Supervisor
from tgbitget.clock import SystemClock
from tgbitget.execution.locks import SymbolLocks
from tgbitget.journal.sqlite import SqliteJournal
from tgbitget.model.event import Event, TradeChanged, Warned
from tgbitget.model.ids import ChannelId, SignalId, client_order_id, signal_id
from tgbitget.model.intent import Entry, EntryKind, MarginMode, OpenPosition, Side
from tgbitget.model.market import Market, Product
from tgbitget.model.money import Notional, Price, Quantity
from tgbitget.model.plan import (
    Decision,
    Leg,
    OrderPlan,
    OrderSide,
    OrderType,
    Outcome,
    Role,
    Target,
)
from tgbitget.model.post import Post, Via
from tgbitget.model.reading import Read
from tgbitget.model.trade import Quote, Trade, TradeState
from tgbitget.positions.desk import Desk, SendLog
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.positions.late_bills import ENDED_WITHIN
from tgbitget.positions.record import Record
from tgbitget.positions.recovery import recover
from tgbitget.profile import Profile
from tgbitget.simulators.bitget import BitgetSimulator
from tgbitget.venues.bitget import BitgetVenue
from tgbitget.venues.ccxt_line import Addresses, Credentials
from tgbitget.venues.pacing import Pacing
from waiting import eventually

D = Decimal
CHANNEL = ChannelId("-1001")
SOL = Market(
    id="SOLUSDT",
    symbol="SOL/USDT:USDT",
    base="SOL",
    quote="USDT",
    product=Product.USDT_FUTURES,
    tick=D("0.001"),
    step=D("0.1"),
    min_quantity=Quantity(D("0.1")),
    min_notional=Notional(D(5)),
    taker_fee=D("0.0006"),
)
BEGAN = D(100)  # where the market is when a test begins: prices read as percents


def profile(**sections: dict[str, Any]) -> Profile:
    return Profile.model_validate({"telegram": {"channels": [-1001]}, **sections})


def plan(
    *entries: str,
    amount: str = "0.8",
    side: Side = Side.LONG,
    stop: str = "95",
    aims: tuple[str, ...] = ("105", "110"),
    message_id: int = 7,
    user_id: str,
    **more: Any,
) -> OrderPlan:
    """Market without *entries*, otherwise limits at these prices; each of *amount*."""
    signal = signal_id(CHANNEL, message_id)
    names = [(f"entry-{n}", price) for n, price in enumerate(entries or ("",), start=1)]
    return OrderPlan(
        signal=signal,
        market=SOL,
        side=side,
        entries=tuple(
            _entry(signal, name, price, amount, side, stop, user_id) for name, price in names
        ),
        targets=tuple(
            Target(number=n, price=Price(D(price)), share_percent=D(100) / len(aims))
            for n, price in enumerate(aims, start=1)
        ),
        stop=Price(D(stop)),
        leverage=D(5),
        margin_mode=MarginMode.ISOLATED,
        **more,
    )


def _entry(
    signal: SignalId, name: str, price: str, amount: str, side: Side, stop: str, user_id: str
) -> Leg:
    return Leg(
        signal=signal,
        name=name,
        client_oid=client_order_id(user_id=user_id, signal=signal, leg=name),
        role=Role.ENTRY,
        symbol=SOL.symbol,
        side=OrderSide.opening(side),
        position_side=side,
        type=OrderType.LIMIT if price else OrderType.MARKET,
        amount=Quantity(D(amount)),
        price=Price(D(price)) if price else None,
        stop_loss=Price(D(stop)),
    )


@dataclass(slots=True)
class Led:
    """The keeper, its exchange, and what was told. `sol` is the exchange's side of it."""

    bitget: BitgetSimulator
    keeper: PositionKeeper
    desk: Desk
    events: list[Event] = field(default_factory=list)

    @property
    def sol(self) -> Coin:
        return Coin(self.bitget, "SOL", BEGAN)

    @property
    def user_id(self) -> str:
        return self.desk.user_id

    async def opens(
        self, plan: OrderPlan, profile_: Profile | None = None, *, age_seconds: float = 0
    ) -> SignalId:
        """As the pipeline does: into the journal, then to the keeper."""
        number = int(plan.signal.rpartition("/")[2])
        post = Post(
            channel=CHANNEL,
            message_id=number,
            date=self.desk.clock.now(),
            text="a signal",
            via=Via.PUSH,
        )
        intent = OpenPosition(symbol="SOL", side=plan.side, entry=Entry(kind=EntryKind.MARKET))
        decision = Decision(
            post=post,
            reading=Read(intent=intent, parser="freeform"),
            outcome=Outcome.PLANNED,
            decided_at=self.desk.clock.now(),
            account=self.user_id,
            plan=plan,
            legs=plan.entries,
        )
        trade = Trade(
            signal=plan.signal,
            channel=CHANNEL,
            symbol=SOL.symbol,
            side=plan.side,
            state=TradeState.PENDING,
            notional=Notional(D(80)),
        )
        await self.desk.journal.decide(decision, trade=trade)
        self.keeper.open(
            plan,
            post,
            profile_ or profile(),
            notional=Notional(D(80)),
            age_seconds=age_seconds,
        )
        return plan.signal

    def told(self, signal: SignalId) -> Trade | None:
        """The trade as it was last told."""
        trades = [e.trade for e in self.events if isinstance(e, TradeChanged)]
        return next((t for t in reversed(trades) if t.signal == signal), None)

    def is_over(self, signal: SignalId) -> bool:
        trade = self.told(signal)
        return trade is not None and trade.state.is_final

    def stop_told(self, signal: SignalId) -> Price | None:
        trade = self.told(signal)
        return None if trade is None else trade.stop

    @property
    def warnings(self) -> list[Warned]:
        return [event for event in self.events if isinstance(event, Warned)]

    async def until(self, is_true: Callable[[], object], *, within: float = 8.0) -> None:
        await eventually(is_true, within=within)

    def moves(self, price: str) -> None:
        """The market trades through everything on its way there."""
        self.bitget.exchange.set_price("SOLUSDT", D(price))

    def gaps(self, price: str) -> None:
        self.bitget.exchange.set_price("SOLUSDT", D(price), gap=True)


@asynccontextmanager
async def led(
    bitget: BitgetSimulator,
    folder: Path,
    *,
    profile_: Profile | None = None,
    quote: Callable[[str], Quote] | None = None,
) -> AsyncIterator[Led]:
    """One life of a keeper; a second one on the same *folder* leads on what the first left open.

    *quote* is the price as polled; without it, the exchange's own of this moment.
    """
    clock = SystemClock()
    journal = SqliteJournal(folder / "journal.db", clock=clock)
    await journal.open()
    pacing = Pacing(clock)
    venue = BitgetVenue(
        credentials=Credentials(
            api_key=bitget.api_key, api_secret=bitget.api_secret, passphrase=bitget.passphrase
        ),
        markets=(SOL,),
        clock=clock,
        pacing=pacing,
        addresses=Addresses(rest_url=bitget.rest_url, ws_url=bitget.ws_url),
    )
    await venue.open()
    account = await venue.account()
    events: list[Event] = []
    record = Record(journal, events.append)
    desk = Desk(
        venue=venue,
        executor=impatient_executor(
            venue=venue,
            journal=record,
            clock=clock,
            publish=events.append,
            pacing=pacing,
            locks=SymbolLocks(),
        ),
        journal=journal,
        clock=clock,
        publish=events.append,
        quote=quote
        or (
            lambda _: Quote(
                price=Price(bitget.exchange.desk.tapes["SOLUSDT"].last), age_seconds=0.0
            )
        ),
        user_id=account.user_id,
        sends=SendLog(clock),
        record=record,
    )
    keeper = PositionKeeper(desk, Supervisor(clock, events.append))
    running = asyncio.create_task(keeper.run())
    await keeper.started()
    try:
        recover(
            desk,
            keeper,
            journal.open_trades(),
            profile_named=lambda _: profile_ or profile(),
            changes_of=lambda _: (),
            ended=journal.ended_in_full(clock.now() - ENDED_WITHIN, account=account.user_id),
        )
        yield Led(bitget=bitget, keeper=keeper, desk=desk, events=events)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await venue.close()
        await journal.close()
