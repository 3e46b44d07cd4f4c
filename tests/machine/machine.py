"""Random sequences of what channels, the market, the lines and the owner's hand do; once it is quiet, the truths hold."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from hypothesis import event, target
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from journeys.lines import Posted
from machine import faults
from machine.faults import Fault
from machine.ground import COINS, Ground
from machine.signals import Form, Signal
from machine.truths import Hand, Place, Told, Truths
from machine.ways import Ways, every_way
from tgbitget.model.money import exact
from tgbitget.positions.keeper import WATCH_SECONDS
from tgbitget.simulators.bitget.entry import OrderRequest
from tgbitget.simulators.bitget.orders import Order, Plan, PlanKind, Side
from tgbitget.simulators.bitget.refusals import Refusal

QUIET_SECONDS = 1.6
"""So long nothing is sent and all is true: the trade's own clock has ticked."""
LOOKS_SECONDS = 12.0
"""Until a price that was set is seen here, and two looks have shown what somebody did."""
ABSENT_SECONDS = 25.0
"""After a start, until an order that an earlier life may have sent is known not to exist: then it goes out."""
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.4
DOWN_STEPS = 3
TRIP_SECONDS = 0.3
TRIPS_SECONDS = 2.5
STORM_SECONDS = 45.0
"""What a fault may hold up: requests of 5 s, their repetition, a send that nobody knows of for 20 s."""

D = Decimal

# None: wait until it is quiet, and look. A number: so many seconds later the next thing happens already.
after = st.sampled_from((None, None, None, None, 0.0, 0.003, 0.02, 0.3))
which = st.integers(0, 5)
moves = st.sampled_from([D(m) for m in ("-5", "-2.2", "-1.1", "-0.5", "0.5", "1.1", "2.2", "5")])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signal before it knows the price."""

    channel: int
    coin: str
    is_long: bool
    form: Form
    stop: Decimal
    targets: tuple[Decimal, ...]


TARGETS = ((D("1"), D("2")), (D("1.5"),), (D("1"), D("2"), D("3"), D("4.5")))
signals = st.builds(
    Wanted,
    channel=st.sampled_from((0, 0, 0, 1, 1, 2)),
    coin=st.sampled_from(COINS),
    is_long=st.booleans(),
    form=st.sampled_from((Form.MARKET, *Form)),
    stop=st.sampled_from((D("3"), D("2"), D("4.5"))),
    targets=st.sampled_from(TARGETS),
)


class Trading(RuleBasedStateMachine):
    """Time stands still between the rules; `_step` lets it go on. `failures` are the stories of those that broke."""

    failures: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.ground: Ground
        self.hand = Hand()
        self._is_stormy = False
        self._has_failed = False
        self._was_funded = False
        self._risen_at = float("-inf")
        self._down_for = 0
        self._may_loosen: set[str] = set()
        self._is_expected: dict[str, Callable[[Told], str | None]] = {}

    @initialize(ways=every_way(), first=st.lists(signals, min_size=1, max_size=3), after=after)
    def begin(self, ways: Ways, first: list[Wanted], after: float | None) -> None:
        self.ground = Ground(ways)
        self.truths = Truths(self.ground, self.hand)
        self.ground.tell(f"ways: {ways}")
        self._step("begin", None, self.ground.up)
        for wanted in first:
            self.post_signal(wanted=wanted, after=after)

    # what channels do

    @rule(wanted=signals, after=after)
    def post_signal(self, wanted: Wanted, after: float | None) -> None:
        ground = self.ground
        where = ground.channels[wanted.channel % len(ground.channels)]
        symbol = f"{wanted.coin}USDT"
        signal = Signal(
            coin=wanted.coin,
            base=ground.price(symbol),
            tick=self._tick(symbol),
            is_long=wanted.is_long or where.title == "Coins",
            form=wanted.form,
            stop=wanted.stop,
            targets=wanted.targets,
        )

        def post() -> None:
            posted = self._say(where, signal.text)
            ground.signals.append((posted, signal))

        self._step(f"{where.title} posts {signal}", after, post)

    @rule(
        nth=which,
        words=st.sampled_from(
            (
                "Close this trade now",
                "Close half",
                "Close 25%",
                "Move stop loss to entry",
                "Cancel this order",
                "Move SL to {nearer}",
                "Move SL to {farther}",
                "TP1 hit",
                "Targets: {tp1} - {tp2}",
            )
        ),
        after=after,
    )
    def follow_up(self, nth: int, words: str, after: float | None) -> None:
        posted, signal = self._signal(nth)
        text = words.format(
            nearer=exact(signal.at(-signal.stop / 2)),
            farther=exact(signal.at(-signal.stop - 1)),
            tp1=exact(signal.at(D("1.2"))),
            tp2=exact(signal.at(D("2.6"))),
        )

        def reply() -> None:
            self._say(posted.channel, text, reply_to=posted.id)

        self._step(f"a reply to {posted.signal}: {text}", after, reply)

    @rule(
        nth=which,
        how=st.sampled_from(
            (
                "nearer stop",
                "farther stop",
                "other targets",
                "other side",
                "at market",
                "as it was",
                "gone",
            )
        ),
        after=after,
    )
    def edit(self, nth: int, how: str, after: float | None) -> None:
        posted, signal = self._signal(nth)
        match how:
            case "gone":
                self._delete(posted, after)
                return
            case "nearer stop":
                changed = replace(signal, stop=signal.stop - D("0.5"))
            case "farther stop":
                changed = replace(signal, stop=signal.stop + D("0.5"))
            case "other targets":
                changed = replace(signal, targets=(D("1.3"), D("2.4"), D("3.7")))
            case "other side":
                changed = replace(signal, is_long=not signal.is_long)
            case "at market":
                changed = replace(signal, form=Form.MARKET)
            case _:
                changed = signal
        standing = {m.id: m.text for m in posted.channel.messages}
        if standing.get(posted.id) in (None, changed.text):
            return

        if self._applies_edits(posted):
            self._may_loosen.add(posted.signal)

        def change() -> None:
            posted.channel.edit(posted.id, changed.text)

        self._step(f"{posted.signal} is edited: {how}, {changed}", after, change)

    def _delete(self, posted: Posted, after: float | None) -> None:
        if any(m.id == posted.id for m in posted.channel.messages):
            self._step(
                f"{posted.signal} is deleted", after, lambda: posted.channel.delete(posted.id)
            )

    # what the market does

    @rule(coin=st.sampled_from(COINS), percent=moves, gap=st.booleans(), after=after)
    def price_moves(self, coin: str, percent: Decimal, gap: bool, after: float | None) -> None:
        price = self.ground.price(f"{coin}USDT") * (1 + percent / 100)
        self._price_to(f"{coin}USDT", price, after, gap=gap)

    @rule(
        nth=which,
        to=st.sampled_from(
            ("entry", "deepest entry", "TP1", "TP2", "last target", "stop", "beyond the stop")
        ),
        gap=st.booleans(),
        after=after,
    )
    def price_reaches(self, nth: int, to: str, gap: bool, after: float | None) -> None:
        _, signal = self._signal(nth)
        percent = {
            "entry": D("-0.5") if signal.form is not Form.TRIGGER else D("0.65"),
            "deepest entry": D("-1.7"),
            "TP1": signal.targets[0] + D("0.05"),
            "TP2": signal.targets[min(1, len(signal.targets) - 1)] + D("0.05"),
            "last target": signal.targets[-1] + D("0.05"),
            "stop": -signal.stop - D("0.05"),
            "beyond the stop": -signal.stop - D("3"),
        }[to]
        self._price_to(signal.symbol, signal.at(percent), after, gap=gap, why=f"{to} of {signal}")

    @rule(
        coin=st.sampled_from(COINS),
        how=st.sampled_from(("nothing", "little", "much", "anything", "long pay", "shorts pay")),
        after=after,
    )
    def market_is_odd(self, coin: str, how: str, after: float | None) -> None:
        """So much is traded, then orders wait, filled in part; or funding is due."""
        symbol, exchange = f"{coin}USDT", self.ground.bitget.exchange
        match how:
            case "anything":
                self._step("anything can be traded again", after, self._flow)
            case "long pay" | "shorts pay":
                self._was_funded = True
                rate = D("0.0005") if how == "long pay" else D("-0.0003")
                self._step(
                    f"funding of {coin} at {rate}", after, lambda: exchange.fund(symbol, rate)
                )
            case _:
                part = {"nothing": D("0"), "little": D("0.3"), "much": D("0.7")}[how]
                step = exchange.desk.contracts[symbol].step
                size = (D(120) / self.ground.price(symbol) * part // step) * step
                text = f"{size} {coin} more can be traded"
                self._step(text, after, lambda: exchange.set_liquidity(symbol, size))

    # what goes wrong

    @rule(
        fault=st.sampled_from(faults.VENUE) | st.sampled_from(faults.LINES),
        after=after,
    )
    def something_fails(self, fault: Fault, after: float | None) -> None:
        self._is_stormy = True
        self.ground.watch.excuse(float("inf"))
        self._step(f"fault: {fault.name}", after, lambda: fault.strike(self.ground))

    @precondition(lambda self: self._is_stormy)
    @rule(after=after)
    def calm(self, after: float | None) -> None:
        self._step("what was wrong is over", after, self._clear)

    # the owner

    @rule(
        nth=which,
        act=st.sampled_from(
            (
                *("closes all", "closes half", "closes a lot", "adds a lot"),
                *("cancels a stop", "moves a stop nearer", "moves a stop farther"),
                *("cancels a target", "cancels an entry"),
            )
        ),
        after=after,
    )
    def owner(self, nth: int, act: str, after: float | None) -> None:
        match act.split():
            case ["closes", *_, part]:
                self._hand_closes(nth, part, after)
            case ["adds", *_]:
                self._hand_adds(nth, after)
            case ["moves" | "cancels" as how, _, "stop", *where]:
                self._hand_on_a_stop(nth, where[0] if where else how, after)
            case [*_, "target"]:
                self._hand_cancels_a_target(nth, after)
            case _:
                self._hand_cancels_an_entry(nth, after)

    def _hand_closes(self, nth: int, part: str, after: float | None) -> None:
        if not self._held():
            return
        symbol, is_long = place = self._place(nth)
        position = self.truths.positions()[place]
        contract = self.ground.bitget.exchange.desk.contracts[symbol]
        half = max(contract.size_min, position.size / 2 // contract.step * contract.step)
        size = {"all": position.size, "half": half, "lot": contract.size_min}[part]
        request = OrderRequest(
            symbol=symbol,
            side=Side.SELL if is_long else Side.BUY,
            size=min(size, position.size),
            hold=position.hold,
            closing=True,
        )
        self._by_hand(
            f"closes {request.size} of {symbol}", after, lambda: self._place_by_hand(request)
        )

    def _hand_adds(self, nth: int, after: float | None) -> None:
        if not self._held():
            return
        symbol, is_long = place = self._place(nth)
        position = self.truths.positions()[place]
        size = self.ground.bitget.exchange.desk.contracts[symbol].size_min
        request = OrderRequest(
            symbol=symbol, side=Side.BUY if is_long else Side.SELL, size=size, hold=position.hold
        )
        self.hand.mixed.add(place)
        self.hand.is_unaccounted = True
        self._by_hand(f"adds {size} to {symbol}", after, lambda: self._place_by_hand(request))

    def _hand_on_a_stop(self, nth: int, how: str, after: float | None) -> None:
        if not (stops := self._stops()):
            return
        stop = stops[nth % len(stops)]
        self.ground.watch.excuse(WATCH_SECONDS + TRIPS_SECONDS, symbol=stop.symbol)
        if how == "cancels":
            act: Callable[[], object] = lambda: self.ground.bitget.by_hand.cancel(stop.id)  # noqa: E731 -- one of two
        else:
            last = self.ground.price(stop.symbol)
            away = (last - stop.trigger) * (D("0.3") if how == "nearer" else D("-0.3"))
            at = (stop.trigger + away).quantize(self._tick(stop.symbol))
            act = lambda: self.ground.bitget.by_hand.move(stop.id, at)  # noqa: E731 -- the other
            if stop.parent_order_id:
                self.hand.moved.add(stop.id)
        self._by_hand(f"{how} the stop of {stop.symbol} at {stop.trigger}", after, act)

    def _hand_cancels_a_target(self, nth: int, after: float | None) -> None:
        if not (aims := self._aims()):
            return
        aim = aims[nth % len(aims)]
        signal = self.truths._legs().get(aim.client_id, ("", ""))[0]
        self.hand.aimed.add(signal)
        self._by_hand(
            f"cancels the target {aim.client_id} of {aim.symbol}",
            after,
            lambda: self.ground.bitget.by_hand.cancel(aim.id),
        )

    def _hand_cancels_an_entry(self, nth: int, after: float | None) -> None:
        if not (entries := self._entries()):
            return
        entry = entries[nth % len(entries)]
        self._by_hand(
            f"cancels the entry {entry.client_id} of {entry.symbol}",
            after,
            lambda: self.ground.bitget.by_hand.cancel(entry.id),
        )

    # the listener and time

    @rule(after=after)
    def listener(self, after: float | None) -> None:
        """It stops, or starts again; when it is down for long, it starts by itself."""
        if self.ground.is_up:
            self.hand.is_unaccounted |= self._was_funded
            self._step("the listener is stopped", 0.0, self.ground.down)
        else:
            self._step("the listener is started", after, self._rise)

    @precondition(lambda self: self.ground.is_up)
    @rule(seconds=st.sampled_from((7.0, 21.0, 70.0)))
    def time_passes(self, seconds: float) -> None:
        """Where nothing happens, nothing is sent."""
        self._step("all is quiet", None, lambda: None)
        self._step("twice the watch looks", LOOKS_SECONDS, lambda: None)
        if (left := self._risen_at + ABSENT_SECONDS - self.ground.loop.time()) > 0:
            self._step("what an earlier life may have sent goes out", left, lambda: None)
        before = self.ground.sends()
        self._step(f"{seconds:g} s pass", seconds, lambda: None)
        self._look()
        if not self._is_stormy and not self.truths.leaving():
            sent = [r for r in self.ground.bitget.requests if r.method == "POST"][before:]
            self._want(not sent, f"sent while nothing happened: {sent}")

    # the end

    def teardown(self) -> None:
        if not hasattr(self, "ground"):
            return
        try:
            if not self._has_failed:
                self._end_well()
        finally:
            self._has_failed = True
            self.ground.end()

    def _end_well(self) -> None:
        """Fair weather; every trade is closed, nothing is left, the sums are right."""
        ground = self.ground
        self._step("what was wrong is over", 0.0, self._clear)
        self._step("anything can be traded again", 0.0, self._flow)
        if not ground.is_up:
            self._step("the listener is started", 0.0, self._rise)
        self._step("all is quiet", None, lambda: None)
        event(f"trades: {len(self.truths.trades())}")
        target(len(self.truths.trades()), label="trades")
        for posted, _ in ground.signals:
            if any(m.id == posted.id for m in posted.channel.messages):
                self._say(posted.channel, "Close this trade now", reply_to=posted.id)
        deleted = {p.signal for p, _ in ground.signals} - {
            p.signal for p, _ in ground.signals if any(m.id == p.id for m in p.channel.messages)
        }
        self._step("every trade is closed", None, lambda: None)
        left = [
            trade
            for trade in self.truths.trades()
            if trade.state not in ("closed", "cancelled", "failed")
        ]
        left = [trade for trade in left if trade.signal not in deleted]
        self._want(not left, f"trades that were closed stand: {left}")

    # steps

    def _step(self, what: str, after: float | None, act: Callable[[], object]) -> None:
        self.ground.tell(what)
        try:
            self.ground.run(self._do(after, act))
            if self._stays_down():
                self.ground.run(self._do(after, self._rise))
        except Exception as error:
            self._has_failed = True
            if isinstance(error, AssertionError):
                self._fail(str(error))
            raise
        if after is None and self.ground.is_up:
            self._look()

    def _stays_down(self) -> bool:
        """Too long for an example that has more to tell."""
        self._down_for = 0 if self.ground.is_up else self._down_for + 1
        return self._down_for > DOWN_STEPS

    def _rise(self) -> object:
        self.ground.watch.excuse(STORM_SECONDS)
        self._risen_at = self.ground.loop.time()
        return self.ground.up()

    async def _do(self, after: float | None, act: Callable[[], object]) -> None:
        done = act()
        if asyncio.iscoroutine(done):
            await done
        if after is not None:
            await asyncio.sleep(after)
        elif self.ground.is_up:
            await self._quiet()
        else:
            await asyncio.sleep(QUIET_SECONDS)

    async def _quiet(self) -> None:
        """Until for a while nothing was sent and nothing was untrue."""
        ground = self.ground
        end = ground.loop.time() + PATIENCE_SECONDS
        since, sends = ground.loop.time(), ground.sends()
        while ground.loop.time() < since + QUIET_SECONDS:
            await asyncio.sleep(LOOK_SECONDS)
            wrong = self.truths.first_wrong()
            if wrong is not None or ground.sends() != sends:
                since, sends = ground.loop.time(), ground.sends()
                assert since < end, (
                    f"in {PATIENCE_SECONDS:g} s it does not come right: {wrong or 'it sends on'}"
                )

    def _look(self) -> None:
        truths, watch = self.truths, self.ground.watch
        if (wrong := next(truths.once(), None)) is not None:
            self._fail(wrong)
        trades = truths.trades()
        if (wrong := truths.loosened(trades, may=self._may_loosen)) is not None:
            self._fail(wrong)
        for symbol, seconds in watch.bare().items():
            is_mixed = any(symbol == of for of, _ in self.hand.mixed)
            if not is_mixed:
                self._want(
                    seconds <= TRIP_SECONDS, f"{symbol} stood {seconds:.2f} s without a stop"
                )

    def _want(self, is_true: object, otherwise: str) -> None:
        if not is_true:
            self._fail(otherwise)

    def _fail(self, what: str) -> None:
        self._has_failed = True
        legs = self.ground.ask(
            "SELECT signal, name, client_oid, amount, price, stop_loss, "
            "(SELECT result FROM placements AS p WHERE p.client_oid = l.client_oid ORDER BY id DESC) "
            "FROM legs AS l ORDER BY signal, rowid"
        )
        story = "\n".join((*self.ground.story, *(f"leg {leg}" for leg in legs)))
        self.failures.append(f"{what}\n{story}\n=> {what}")
        raise AssertionError(self.failures[-1]) from None

    # what the rules share

    def _say(self, channel: object, text: str, reply_to: int | None = None) -> Posted:
        posted = self.ground.world.post(text, channel=channel, reply_to=reply_to)  # type: ignore[arg-type]
        self.ground.said.append(posted)
        return posted

    def _signal(self, nth: int) -> tuple[Posted, Signal]:
        """The newest is the first."""
        return self.ground.signals[-1 - nth % len(self.ground.signals)]

    def _applies_edits(self, posted: Posted) -> bool:
        number = self.ground.channels.index(posted.channel)
        profile = (self.ground.ways.first, self.ground.ways.second, self.ground.ways.coins)[number]
        return profile is not None and profile["follow_ups"]["edits"] == "apply"

    def _tick(self, symbol: str) -> Decimal:
        return self.ground.bitget.exchange.desk.contracts[symbol].tick

    def _price_to(
        self, symbol: str, price: Decimal, after: float | None, *, gap: bool, why: str = ""
    ) -> None:
        on_tick = price.quantize(self._tick(symbol))
        how = "jumps" if gap else "goes"
        self._step(
            f"{symbol} {how} from {self.ground.price(symbol)} to {on_tick} {why}",
            after,
            lambda: self.ground.bitget.exchange.set_price(symbol, on_tick, gap=gap),
        )

    def _flow(self) -> None:
        for symbol in list(self.ground.bitget.exchange.desk.liquidity):
            self.ground.bitget.exchange.set_liquidity(symbol, None)

    def _clear(self) -> None:
        faults.clear(self.ground)
        self._is_stormy = False

    def _by_hand(self, what: str, after: float | None, act: Callable[[], object]) -> None:
        def do() -> None:
            try:
                act()
            except Refusal as refused:
                self.ground.tell(f"  which is refused: {refused}")

        self._step(f"by hand: {what}", after, do)

    def _place_by_hand(self, request: OrderRequest) -> None:
        exchange = self.ground.bitget.exchange
        with exchange.still():
            exchange.futures.place(request)

    def _held(self) -> list[Place]:
        return sorted(self.truths.positions())

    def _place(self, nth: int) -> Place:
        held = self._held()
        return held[nth % len(held)]

    def _stops(self) -> list[Plan]:
        return [p for p in self.truths._plans() if p.kind.stops_loss]

    def _aims(self) -> list[Plan | Order]:
        legs = self.truths._legs()
        plans: list[Plan | Order] = [
            p for p in self.truths._plans() if legs.get(p.client_id, ("", ""))[1] == "take_profit"
        ]
        return plans + [o for o in self.truths._orders() if o.closing and not o.market]

    def _entries(self) -> list[Plan | Order]:
        orders: list[Plan | Order] = [o for o in self.truths._orders() if not o.closing]
        plans = [p for p in self.truths._plans() if p.kind is PlanKind.NORMAL and not p.closing]
        return orders + plans
