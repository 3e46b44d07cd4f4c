"""What each typed command does, and what is said to it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tgbitget.clock import Clock
from tgbitget.control import text
from tgbitget.control.command_log import CommandLog
from tgbitget.control.naming import OpenTrade, named
from tgbitget.control.pausing import Pausing
from tgbitget.control.steering import Steering
from tgbitget.control.typed import Typed, Word
from tgbitget.errors import BadInput
from tgbitget.journal.journal import Journal
from tgbitget.model.command import CommandName, Source
from tgbitget.model.ids import SignalId
from tgbitget.model.money import exact

CONFIRMED_WITHIN_SECONDS = 60.0
_HUNDRED = Decimal(100)
HELP = """Commands, typed here by you:
 /pause  no new entries; positions stay guarded
 /resume  entries again
 /status  how it stands
 /positions  what is open
 /close BTC  close that trade at market; /close BTC 50% a part of it
 /close all  close all of them, after /yes
 /why  as a reply to a notice: what led to it
 /help  this
To a question about a post, reply with a number, several, all or none."""


class Replies:
    """*status* gives a line or two on how the whole listener stands, *halts* why losses refuse entries now."""

    def __init__(
        self,
        steering: Steering,
        pausing: Pausing,
        *,
        journal: Journal,
        log: CommandLog,
        clock: Clock,
        status: Callable[[], str],
        halts: Callable[[], Sequence[str]],
    ) -> None:
        self._steering = steering
        self._pausing = pausing
        self._journal = journal
        self._log = log
        self._clock = clock
        self._status = status
        self._halts = halts
        self._to_confirm: tuple[tuple[SignalId, ...], datetime] | None = None

    async def to(self, asked: Typed, *, reply_to: int | None = None) -> str:
        """BadInput: nothing was done, and why. Only `/yes` right after `/close all` confirms it."""
        waiting, self._to_confirm = self._to_confirm, None
        match asked.word:
            case Word.PAUSE | Word.RESUME:
                return await self._pause(is_paused=asked.word is Word.PAUSE)
            case Word.CLOSE if asked.what is None:
                return await self._ask_whether_all()
            case Word.CLOSE:
                return await self._close(asked.what or "", asked.fraction)
            case Word.YES:
                return await self._close_all(waiting)
            case Word.NO:
                return await self._looked("no", "Nothing is closed.")
            case Word.STATUS:
                return await self._looked("status", self._status())
            case Word.POSITIONS:
                return await self._looked("positions", self._positions())
            case Word.WHY:
                return await self._looked("why", self._why(reply_to))
            case Word.HELP:
                return await self._looked("help", HELP)

    async def _looked(self, name: str, answer: str) -> str:
        await self._log.note(Source.CHAT, CommandName.LOOK, name)
        return answer

    async def _pause(self, *, is_paused: bool) -> str:
        await self._pausing.set(is_paused=is_paused, source=Source.CHAT)
        if is_paused:
            return "No new entries; positions stay guarded."
        held = [f"Held: {text.one_line(halt)}" for halt in self._halts()]
        if not held:
            return "Entries are taken again."
        return "\n".join(["The pause has ended; losses still hold entries back.", *held])

    async def _close(self, what: str, fraction: Decimal | None) -> str:
        found = named(what, self._steering.trades())
        if not found:
            raise BadInput(f"{text.one_line(what, 40)} is no open trade; /positions lists them")
        if len(found) > 1:
            listed = ", ".join(one.trade.signal for one in found)
            raise BadInput(f"{text.one_line(what, 40)} fits several trades; name one: {listed}")
        trade = found[0].trade
        await self._steering.close([trade.signal], source=Source.CHAT, fraction=fraction)
        share = "" if fraction is None else f"{exact(fraction * _HUNDRED)} % of "
        return f"Closing {share}{text.trade_name(trade)}; its notice tells how it ends."

    async def _ask_whether_all(self) -> str:
        trades = self._steering.trades()
        if not trades:
            return await self._looked("close all", "No trade is open.")
        until = self._clock.now() + timedelta(seconds=CONFIRMED_WITHIN_SECONDS)
        self._to_confirm = (tuple(one.trade.signal for one in trades), until)
        listed = "\n".join(f" {text.trade_name(one.trade)}" for one in trades)
        words = f"Close all of these at market?\n{listed}\nType /yes within {CONFIRMED_WITHIN_SECONDS:.0f} s."
        return await self._looked("close all, to be confirmed", words)

    async def _close_all(self, waiting: tuple[tuple[SignalId, ...], datetime] | None) -> str:
        """All that is open by then: a trade that opened meanwhile was not shown, but is meant."""
        if waiting is None:
            raise BadInput("there is nothing to confirm; /close all asks for it")
        if self._clock.now() > waiting[1]:
            raise BadInput(
                f"/yes counts for {CONFIRMED_WITHIN_SECONDS:.0f} s; type /close all again"
            )
        signals = [one.trade.signal for one in self._steering.trades()]
        await self._steering.close(signals, source=Source.CHAT)
        return f"Closing {len(signals)} {'trade' if len(signals) == 1 else 'trades'}; their notices tell how they end."

    def _positions(self) -> str:
        lines = [_line(one) for one in self._steering.trades()]
        lines += [
            f"{text.short(symbol)}: not ours, left alone" for symbol in self._steering.foreign()
        ]
        return "\n".join(lines) or "No trade is open."

    def _why(self, reply_to: int | None) -> str:
        if reply_to is None:
            raise BadInput("/why is a reply to a notice of mine")
        signal = self._journal.signal_of_notice(reply_to)
        decisions = () if signal is None else self._journal.revisions(signal)
        if signal is None or not decisions:
            raise BadInput("that message tells of no post")
        asked = [*decisions, *(d for d in self._journal.follow_ups(signal) if d.signal != signal)]
        lines = [line for decision in asked for line in text.why(decision)]
        lines += [
            f"{text.stamp(command.at)} you ({command.source}): {text.one_line(command.outcome)}"
            for command in self._journal.commands(signal)
        ]
        lines += [_line(one) for one in self._steering.trades() if one.trade.signal == signal]
        return "\n".join(lines)


def _line(one: OpenTrade) -> str:
    trade = one.trade
    parts = [text.trade_name(trade), str(trade.state)]
    if trade.entry is not None:
        parts.append(f"entry {text.amount(trade.entry)}")
    if trade.stop is not None:
        parts.append(f"stop {text.amount(trade.stop)}")
    parts.append(text.profit_so_far(trade, one.unrealised))
    return text.one_line(", ".join(part for part in parts if part))
