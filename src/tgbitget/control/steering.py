"""What the owner may ask of open trades, by whatever way it comes: to see them, to close them, to say which was meant.

Closing acts first: it is a message in the trade's mailbox. Neither the journal nor Telegram is waited for longer than a moment.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from loguru import logger

from tgbitget.control.command_log import CommandLog
from tgbitget.control.naming import OpenTrade, named
from tgbitget.control.socket import Command as SocketCommand
from tgbitget.errors import BadInput, JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.command import Command, CommandName, Source
from tgbitget.model.event import Event, SendEnded, TradeChanged, Warned
from tgbitget.model.ids import SignalId
from tgbitget.model.money import NOTHING, exact
from tgbitget.model.order import Rejected
from tgbitget.model.plan import OrderPlan
from tgbitget.model.trade import Situation, Trade
from tgbitget.positions.changes import Change, Close

_HAND = "hand-"


class Keeper(Protocol):
    """What is needed of the position keeper."""

    def standing(self) -> tuple[Trade, ...]: ...

    def situation(self, symbol: str, channels: tuple[()]) -> Situation: ...

    def plan_of(self, signal: SignalId) -> OrderPlan: ...

    def change(self, signal: SignalId, change: Change) -> bool: ...


@dataclass(slots=True, kw_only=True)
class _Asked:
    """A trade that is to be closed: what should be left of it, and what was last heard of it."""

    trade: Trade
    left: Decimal
    reason: str | None = None

    @property
    def is_done(self) -> bool:
        return self.trade.state.is_final or (self.left > 0 and self.trade.amount <= self.left)


class Steering:
    """`handle` takes the events of all trades, to know how a close ends."""

    def __init__(self, keeper: Keeper, journal: Journal, log: CommandLog) -> None:
        self._keeper = keeper
        self._journal = journal
        self._log = log
        self._asked: dict[SignalId, _Asked] = {}
        self._hands: dict[SignalId, int] = {}

    def handle(self, event: Event) -> None:
        match event:
            case TradeChanged(trade=trade) if trade.signal in self._asked:
                self._asked[trade.signal].trade = trade
            case SendEnded(signal=signal, placement=Rejected(reason=reason)):
                self._note(signal, reason)
            case Warned(signal=signal, text=text, is_urgent=True) if signal is not None:
                self._note(signal, text)
            case _:
                pass

    def _note(self, signal: SignalId, reason: str) -> None:
        if signal in self._asked:
            self._asked[signal].reason = reason

    # looking

    def trades(self) -> tuple[OpenTrade, ...]:
        """With the profit that is open at the last price, oldest first."""
        return tuple(self._open(trade) for trade in self._keeper.standing())

    def foreign(self) -> tuple[str, ...]:
        """Symbols that hold a position or stop which is not ours."""
        return tuple(sorted(self._keeper.situation("", ()).foreign))

    def _open(self, trade: Trade) -> OpenTrade:
        quote = self._keeper.situation(trade.symbol, ()).quote
        return OpenTrade(trade=trade, price=None if quote is None else quote.price)

    # closing

    async def close(
        self, signals: Sequence[SignalId], *, source: Source, fraction: Decimal | None = None
    ) -> None:
        """Close all or a part of each, entries that rest included when it is all. BadInput: nothing was asked of any."""
        trades = {trade.signal: trade for trade in self._keeper.standing()}
        wanted = [self._wanted(trades.get(signal), signal, fraction) for signal in signals]
        keys = {asked.trade.signal: self._next_key(asked.trade.signal) for asked in wanted}
        share = "all of it" if fraction is None else f"{exact(fraction * 100)} %"
        async with asyncio.TaskGroup() as tasks:
            for asked in wanted:
                self._asked[asked.trade.signal] = asked
                noted = self._log.note(
                    source,
                    CommandName.CLOSE,
                    f"close {share}",
                    signal=asked.trade.signal,
                    key=keys[asked.trade.signal],
                    fraction=fraction,
                )
                tasks.create_task(self._close_when(noted))

    async def _close_when(self, noted: Awaitable[Command]) -> None:
        command = await noted
        assert command.signal is not None, "a close is of one trade"
        assert command.key is not None, "a close has its key"
        cause = f"the owner asked for it ({command.source})"
        close = Close(key=command.key, cause=cause, fraction=command.fraction)
        if not self._keeper.change(command.signal, close):
            logger.info("{} is over; nothing to close", command.signal)

    def _wanted(self, trade: Trade | None, signal: SignalId, fraction: Decimal | None) -> _Asked:
        if trade is None:
            raise BadInput(f"{signal} is no open trade")
        if fraction is None:
            return _Asked(trade=trade, left=NOTHING)
        if not trade.amount:
            raise BadInput(
                f"nothing of {signal} is open yet; close all of it to cancel its entries"
            )
        part = self._keeper.plan_of(signal).market.quantity_down(trade.amount * fraction)
        if not part:
            raise BadInput(
                f"{exact(fraction * 100)} % of {exact(trade.amount)} {trade.symbol} is less than the smallest order"
            )
        return _Asked(trade=trade, left=trade.amount - part)

    def _next_key(self, signal: SignalId) -> str:
        """One more than any before: the same key would be the same order."""
        try:
            recorded = [command.key or "" for command in self._journal.commands(signal)]
        except JournalError as e:
            logger.warning("Earlier commands are not known: {}", e)
            recorded = []
        numbers = [int(key.removeprefix(_HAND)) for key in recorded if key.startswith(_HAND)]
        number = max([*numbers, self._hands.get(signal, 0)]) + 1
        self._hands[signal] = number
        return f"{_HAND}{number}"

    def progress(self, signals: Iterable[SignalId]) -> list[dict[str, Any]]:
        """How far each close is that was asked for here."""
        return [self._told(self._asked[signal]) for signal in signals if signal in self._asked]

    def _told(self, asked: _Asked) -> dict[str, Any]:
        """A reason is why it is not done; of one that is, nothing stands against it any more."""
        reason = None if asked.is_done else asked.reason
        return {**self._open(asked.trade).json(), "done": asked.is_done, "reason": reason}

    # the control socket's commands

    def commands(self) -> Mapping[str, SocketCommand]:
        return {
            "trades": self.command_trades,
            "close": self.command_close,
            "progress": self.command_progress,
        }

    async def command_trades(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "trades": [one.json() for one in self.trades()],
            "foreign": list(self.foreign()),
        }

    async def command_close(self, args: Mapping[str, Any]) -> Mapping[str, Any]:
        """`signals`: ids of open trades, or names that fit one each; `fraction`: text, null for all."""
        signals = _texts(args, "signals")
        chosen = [self._one(what) for what in signals]
        await self.close(chosen, source=Source.CLI, fraction=_fraction(args))
        return {"trades": self.progress(chosen)}

    async def command_progress(self, args: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"trades": self.progress(SignalId(text) for text in _texts(args, "signals"))}

    def _one(self, what: str) -> SignalId:
        found = named(what, self.trades())
        if len(found) == 1:
            return found[0].trade.signal
        if not found:
            raise BadInput(f"{what} is no open trade")
        raise BadInput(f"{what} fits {len(found)} open trades; name one by its signal")


def _texts(args: Mapping[str, Any], name: str) -> list[str]:
    found = args.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadInput(f"{name} must be a list of texts, was {found!r}")
    return found


def _fraction(args: Mapping[str, Any]) -> Decimal | None:
    found = args.get("fraction")
    if found is None:
        return None
    try:
        fraction = Decimal(found)
    except (ArithmeticError, TypeError, ValueError):
        raise BadInput(f"fraction must be a number as text, was {found!r}") from None
    if not fraction.is_finite() or not 0 < fraction <= 1:
        raise BadInput(f"fraction must be above 0 and at most 1, was {found}")
    return None if fraction == 1 else fraction
