"""What the owner steers by, put together: the control socket's commands, the chat in Saved Messages, the dead man's switch."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from tgbitget.app.hub import Hub
from tgbitget.app.modes import DRY_RUN
from tgbitget.app.supervision import Supervisor
from tgbitget.clock import Clock
from tgbitget.control.answers import Answers
from tgbitget.control.chat import Chat
from tgbitget.control.command_log import CommandLog
from tgbitget.control.notices import Notices
from tgbitget.control.pausing import Pausing
from tgbitget.control.presence import Presence
from tgbitget.control.replies import Replies
from tgbitget.control.socket import Command
from tgbitget.control.steering import Steering
from tgbitget.control.text import one_line
from tgbitget.errors import BadInput
from tgbitget.journal.journal import Journal
from tgbitget.model.command import Source
from tgbitget.model.plan import Refused
from tgbitget.model.trade import Trade
from tgbitget.positions.halting import Halting
from tgbitget.positions.keeper import PositionKeeper
from tgbitget.settings import Settings
from tgbitget.telegram.saved_messages import SavedMessages

_OF_TRADES = ("trades", "close", "progress")


class Owner:
    """Heard from the first moment on; of trades from `trades_of` on, in Saved Messages from `chat` on."""

    def __init__(
        self,
        *,
        settings: Settings,
        mode: str,
        journal: Journal,
        clock: Clock,
        hub: Hub,
        supervise: Supervisor,
    ) -> None:
        self._settings = settings
        self._mode = mode
        self._journal = journal
        self._clock = clock
        self._hub = hub
        self._supervise = supervise
        self._log = CommandLog(journal, clock, hub.publish)
        self._pausing = Pausing(journal, self._log, hub.publish)
        self._presence = Presence(
            journal, clock, hub.publish, hours_max=settings.owner_silence_hours_max
        )
        hub.add(self._presence.handle)
        self._keeper: PositionKeeper | None = None
        self._steering: Steering | None = None
        self._halting: Halting | None = None
        self.is_stopping = False

    def trades_of(self, keeper: PositionKeeper) -> None:
        """From now on the trades that *keeper* leads can be seen and closed."""
        self._keeper = keeper
        self._steering = Steering(keeper, self._journal, self._log)
        self._hub.add(self._steering.handle)

    def halts_of(self, halting: Halting) -> None:
        """From now on `status` tells what losses hold back."""
        self._halting = halting

    def may_enter(self) -> Refused | None:
        return self._presence.refusal()

    def watch(self, tasks: asyncio.TaskGroup) -> None:
        tasks.create_task(self._supervise("owner", self._presence.run))

    def chat(
        self, saved: SavedMessages, notices: Notices, tasks: asyncio.TaskGroup
    ) -> Callable[[], None]:
        """Take commands from Saved Messages; whom to tell that there is something new to read."""
        assert self._keeper is not None, "who trades nothing has no chat"
        assert self._steering is not None, "made with the keeper"
        replies = Replies(
            self._steering,
            self._pausing,
            journal=self._journal,
            log=self._log,
            clock=self._clock,
            status=self._status_words,
            halts=self._halts,
        )
        answers = Answers(self._keeper, self._journal, self._log, minutes=notices.answer_minutes)
        chat = Chat(
            saved, replies, answers, journal=self._journal, log=self._log, clock=self._clock
        )
        tasks.create_task(self._supervise("chat", chat.run))
        return chat.hint

    # the control socket

    def commands(self) -> Mapping[str, Command]:
        return {
            "pause": partial(self._pause, True),
            "resume": partial(self._pause, False),
            "status": self._status,
            **{name: partial(self._steer, name) for name in _OF_TRADES},
        }

    async def _pause(self, is_paused: bool, _: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._pausing.set(is_paused=is_paused, source=Source.CLI)
        return {**answer, "halts": list(self._halts())}

    async def _status(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "mode": self._mode,
            "paused": self._pausing.is_paused,
            "open_trades": len(self._standing()),
            "halts": list(self._halts()),
            "task_failures": dict(self._supervise.failures),
        }

    async def _steer(self, command: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.is_stopping:
            raise BadInput("the listener is stopping; ask again when it has")
        if self._steering is not None:
            return await self._steering.commands()[command](args)
        if self._mode == DRY_RUN:
            raise BadInput("the listener is a dry run; it has no trades")
        raise BadInput("the listener is still reaching Bitget; its stops there guard what is open")

    def _halts(self) -> Sequence[str]:
        return () if self._halting is None else self._halting.holding()

    def _entries(self) -> str:
        """Whether entries are taken, in a word or three."""
        if self._pausing.is_paused:
            return "paused"
        silence = self._presence.refusal()
        if silence is not None:
            return silence.rule
        if self._halting is None or not self._halting.holding():
            return "taken"
        return "held back" if self._halting.holds_all() else "taken but for what is held"

    def _standing(self) -> Sequence[Trade]:
        return () if self._keeper is None else self._keeper.standing()

    def _status_words(self) -> str:
        states = Counter(str(trade.state) for trade in self._standing())
        counted = ", ".join(f"{count} {state}" for state, count in states.items()) or "none"
        realised = sum((trade.realised for trade in self._standing()), Decimal(0))
        lines = [
            f"{self._mode} mode",
            f"Entries: {self._entries()}",
            *(f"Held: {one_line(halt)}" for halt in self._halts()),
            f"Trades: {counted}",
            f"Realised in them so far: {realised:+.2f}",
        ]
        return "\n".join(lines)
