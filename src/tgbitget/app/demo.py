"""`tgbitget demo`: a channel, an exchange and one evening of signals on this machine, through the real listener."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from tgbitget.app.hub import Printer
from tgbitget.app.runs import listen
from tgbitget.app.stopping import Stop
from tgbitget.errors import TgbitgetError
from tgbitget.model.event import Decided, Event, Filled, Ready, TradeChanged
from tgbitget.model.ids import SignalId
from tgbitget.model.money import exact
from tgbitget.model.plan import Decision, Outcome, Role
from tgbitget.model.trade import Trade, TradeState
from tgbitget.profile import Profile
from tgbitget.settings import Settings
from tgbitget.simulators.bitget import BitgetSimulator, Keys
from tgbitget.simulators.telegram import Channel, TelegramSimulator

# A step that takes longer than this has failed; the demo then says which.
STEP_SECONDS = 15.0
LOOK_SECONDS = 0.02
ZONE_ORDERS = 4
# Time to read what just happened.
BREATH_SECONDS = 1.2

PROFILE = {
    "mode": "demo",  # the listener cannot tell: keys, sockets and signatures are real, the other side is simulated
    "telegram": {"channels": ["@evening_signals"], "fast_poll_seconds": "1"},
    "size": {"kind": "fixed_quote", "value": "120"},
    "exits": {"stop_moves": "breakeven"},
}

GREETING = "Good evening traders ☀️ BTC looks strong today, more setups are coming. Stay tuned!"
MARKET_SIGNAL = """\
🔥 #SOL/USDT LONG 🔥
Leverage: Isolated 5x

Entry: market
Targets:
1) {0}
2) {1}
Stop Loss: {2}
"""
ZONE_SIGNAL = """\
#ETH/USDT SHORT 📉
Leverage: Isolated 10x

Entry zone: {0} - {1}
TP1: {2}
TP2: {3}
SL: {4}
"""
SLIPPED_SIGNAL = """\
#BTC/USDT LONG
Entry: {0}
Target: {1}
Stop: {2}
"""
BACKWARDS_SIGNAL = """\
#XRP/USDT LONG
Entry: {0}
Target: {1}
Stop: {2}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the evening came to, by the exchange's own log.

    `order_ms`: from each traded post to its first signed order at the exchange. `unguarded_seconds`: time that any
    position stood without a covering stop. `notice`: what the owner last read in Saved Messages.
    """

    ends: tuple[tuple[str, str, str], ...]  # post, what came of it, profit
    order_ms: tuple[int, ...]
    unguarded_seconds: float
    notice: str


async def demo(printer: Printer) -> Report:
    """Ends by itself in well under a minute. TgbitgetError names the step that did not happen."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramSimulator())
        bitget = await stack.enter_async_context(
            BitgetSimulator(equity="1000", keys=Keys(demo=True))
        )
        home = Path(stack.enter_context(TemporaryDirectory(prefix="tgbitget-demo-")))
        owner = telegram.add_account(phone="+15550001", first_name="You")
        channel = telegram.add_channel(
            "Evening Signals", username="evening_signals", members=[owner]
        )
        settings = _settings(home, telegram, bitget, telegram.authorised_session(owner))
        profile = Profile.model_validate({**PROFILE, "name": "demo"})
        seen, stop = Seen(printer), Stop()
        story = Story(channel=channel, bitget=bitget, seen=seen)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(
                listen(settings, [profile], dry_run=False, live=False, printer=seen, stop=stop)
            )
            await story.told(over=listening.done)
            stop.set("end")
        return story.report(owner.saved_messages()[-1].text)


def _settings(
    home: Path, telegram: TelegramSimulator, bitget: BitgetSimulator, session: str
) -> Settings:
    key = home / "telegram.pem"
    key.write_text(telegram.public_key_pem, encoding="ascii")
    return Settings.model_validate(
        {
            "home": home,
            "telegram": {
                "api_id": 1,
                "api_hash": SecretStr("demo"),
                "session": SecretStr(session),
                "server": telegram.address,
                "server_key": key,
                "dc_id": telegram.dc_id,
            },
            "bitget": {
                "api_key": SecretStr(bitget.api_key),
                "api_secret": SecretStr(bitget.api_secret),
                "passphrase": SecretStr(bitget.passphrase),
                "rest_url": bitget.rest_url,
                "ws_url": bitget.ws_url,
            },
        }
    )


class Seen:
    """Passes events on to the printer, and remembers what the story waits for."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self.is_ready = False
        self.decisions: dict[SignalId, Decision] = {}
        self.trades: dict[SignalId, Trade] = {}
        self.fills: list[Filled] = []

    def handle(self, event: Event, /) -> None:
        match event:
            case Ready():
                self.is_ready = True
            case Decided(decision=decision):
                self.decisions[decision.signal] = decision
            case TradeChanged(trade=trade):
                self.trades[trade.signal] = trade
            case Filled():
                self.fills.append(event)
            case _:
                pass
        self._printer.handle(event)

    def filled(self, signal: SignalId, role: Role) -> int:
        return sum(fill.signal == signal and fill.role == str(role) for fill in self.fills)


@dataclass(slots=True, kw_only=True)
class Story:
    """What the channel posts and where the market goes, each step once the one before has had its effect."""

    channel: Channel
    bitget: BitgetSimulator
    seen: Seen
    _over: Callable[[], bool] = field(default=lambda: False)
    _posts: dict[SignalId, tuple[str, int]] = field(default_factory=dict)  # first line, when in ms

    async def told(self, *, over: Callable[[], bool]) -> None:
        self._over = over
        await self._until("the listener to be ready", lambda: self.seen.is_ready)
        await self._noise()
        await self._market_entry_to_its_last_target()
        await self._refusals()
        await self._zone_to_its_stop()

    async def _noise(self) -> None:
        await self._post(GREETING, Outcome.IGNORED)

    async def _market_entry_to_its_last_target(self) -> None:
        now = self._price("SOLUSDT")
        first, second, stop = (self._at("SOLUSDT", now, p) for p in ("1.02", "1.04", "0.97"))
        signal = await self._post(MARKET_SIGNAL.format(first, second, stop), Outcome.PLANNED)
        await self._until("the market entry to fill", lambda: self._is(signal, TradeState.OPEN))
        await self._breathe()
        self._move("SOLUSDT", now, "1.021")
        await self._until("target 1", lambda: self.seen.filled(signal, Role.TAKE_PROFIT) == 1)
        await self._until("the stop at breakeven", lambda: self._stop_of(signal) > now)
        await self._breathe()
        self._move("SOLUSDT", now, "1.041")
        await self._until("the last target", lambda: self._is(signal, TradeState.CLOSED))
        await self._breathe()

    async def _refusals(self) -> None:
        """A digit that slipped, and a stop on the wrong side: the first is refused, the second unclear."""
        now = self._price("BTCUSDT")
        slipped = [self._at("BTCUSDT", now, p) for p in ("0.1", "0.11", "0.095")]
        await self._post(SLIPPED_SIGNAL.format(*slipped), Outcome.REFUSED)
        await self._breathe()
        now = self._price("XRPUSDT")
        backwards = [self._at("XRPUSDT", now, p) for p in ("1", "1.05", "1.02")]
        await self._post(BACKWARDS_SIGNAL.format(*backwards), Outcome.UNCLEAR)
        await self._breathe()

    async def _zone_to_its_stop(self) -> None:
        now = self._price("ETHUSDT")
        levels = [self._at("ETHUSDT", now, p) for p in ("1.004", "1.012", "0.98", "0.96", "1.03")]
        signal = await self._post(ZONE_SIGNAL.format(*levels), Outcome.PLANNED)
        await self._until("the zone to rest", lambda: self._is(signal, TradeState.RESTING))
        await self._breathe()
        self._move("ETHUSDT", now, "1.013")
        await self._until(
            "the zone to fill", lambda: self.seen.filled(signal, Role.ENTRY) >= ZONE_ORDERS
        )
        await self._until("its guard", lambda: self._is(signal, TradeState.OPEN))
        await self._breathe()
        self._move("ETHUSDT", now, "1.031")
        await self._until("the stop", lambda: self._is(signal, TradeState.CLOSED))
        await self._breathe()

    # what it came to

    def report(self, notice: str) -> Report:
        symbols = {trade.symbol.split("/")[0] + "USDT" for trade in self.seen.trades.values()}
        return Report(
            ends=tuple((line, *self._end_of(signal)) for signal, (line, _) in self._posts.items()),
            order_ms=tuple(self._order_ms()),
            unguarded_seconds=sum(self.bitget.unguarded_seconds(symbol) for symbol in symbols),
            notice=notice,
        )

    def _end_of(self, signal: SignalId) -> tuple[str, str]:
        trade = self.seen.trades.get(signal)
        if trade is None:
            decision = self.seen.decisions[signal]
            why = decision.rule or decision.reason
            return f"{decision.outcome}" + (f": {why}" if why else ""), ""
        entries = self.seen.filled(signal, Role.ENTRY)
        targets = self.seen.filled(signal, Role.TAKE_PROFIT)
        stops = self.seen.filled(signal, Role.STOP)
        steps = [
            f"{entries} filled",
            f"{targets} targets" if targets else "",
            "stop" if stops else "",
        ]
        return " → ".join(step for step in steps if step), f"{trade.realised:+.2f} USDT"

    def _order_ms(self) -> Iterator[int]:
        sent = {
            request.params["clientOid"]: request.at
            for request in reversed(self.bitget.requests)
            if request.endpoint == "place-order"
        }
        for signal, (_, posted_at) in self._posts.items():
            legs = self.seen.decisions[signal].legs
            times = [sent[leg.client_oid] for leg in legs if leg.client_oid in sent]
            if times:
                yield min(times) - posted_at

    # one step

    async def _post(self, text: str, expected: Outcome) -> SignalId:
        posted_at = self.bitget.now()
        message = self.channel.post(text)
        signal = SignalId(f"{self.channel.marked_id}/{message.id}")
        self._posts[signal] = (text.splitlines()[0], posted_at)
        await self._until(
            f"message {message.id} to be {expected}", lambda: signal in self.seen.decisions
        )
        outcome = self.seen.decisions[signal].outcome
        if outcome is not expected:
            raise TgbitgetError(
                f"the demo expected message {message.id} to be {expected}, was {outcome}"
            )
        return signal

    async def _until(self, what: str, has_happened: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                while not has_happened():
                    if self._over():
                        raise TgbitgetError(f"the demo waited for {what}, and the listener ended")
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise TgbitgetError(f"the demo waited {STEP_SECONDS:g} s for {what}") from None

    async def _breathe(self) -> None:
        await asyncio.sleep(BREATH_SECONDS)

    def _is(self, signal: SignalId, state: TradeState) -> bool:
        trade = self.seen.trades.get(signal)
        return trade is not None and trade.state is state

    def _stop_of(self, signal: SignalId) -> Decimal:
        return self.seen.trades[signal].stop or Decimal(0)

    # the market

    def _price(self, contract: str) -> Decimal:
        return self.bitget.exchange.desk.tapes[contract].last

    def _at(self, contract: str, price: Decimal, times: str) -> str:
        tick = self.bitget.exchange.desk.contracts[contract].tick
        return exact((price * Decimal(times)).quantize(tick))

    def _move(self, contract: str, price: Decimal, times: str) -> None:
        self.bitget.exchange.set_price(contract, Decimal(self._at(contract, price, times)))
