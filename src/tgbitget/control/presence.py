"""The dead man's switch: where the owner has set one, no new entries once nothing was heard of them for so long."""

from datetime import datetime, timedelta
from decimal import Decimal

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.control.command_log import written
from tgbitget.control.text import stamp
from tgbitget.errors import JournalError
from tgbitget.journal.journal import Journal
from tgbitget.model.event import Commanded, Event, Publish, Warned
from tgbitget.model.plan import Refused

RULE = "owner_silence_hours_max"
LOOK_SECONDS = 20.0
_ASKED_AT = Decimal("0.75")  # of the time
_FLAG = "owner_heard"


class Presence:
    """`handle` hears every command; `refusal` is asked before each entry; `run` asks the owner in time."""

    def __init__(
        self, journal: Journal, clock: Clock, publish: Publish, *, hours_max: Decimal | None
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._publish = publish
        self._most = None if hours_max is None else timedelta(hours=float(hours_max))
        self._heard = _last_heard(journal) or clock.now()
        self._is_asked = False
        self._is_new = False

    def handle(self, event: Event) -> None:
        if isinstance(event, Commanded) and event.command.at > self._heard:
            self._heard, self._is_new, self._is_asked = event.command.at, True, False

    def refusal(self) -> Refused | None:
        """Why no entry may be made now."""
        if self._most is None or self._clock.now() <= self._heard + self._most:
            return None
        return Refused(
            rule=RULE,
            reason=f"no command of the owner since {stamp(self._heard)} UTC, {_hours(self._most)} h allowed",
        )

    async def run(self) -> None:
        """What was heard is kept for the next start."""
        if self._most is None:
            return
        self._is_new = True
        while True:
            if self._is_new:
                self._is_new = not await written(
                    self._journal.set_flag(_FLAG, self._heard.isoformat())
                )
            self._ask_in_time(self._most)
            await self._clock.sleep(LOOK_SECONDS)

    def _ask_in_time(self, most: timedelta) -> None:
        if self._is_asked or self._clock.now() < self._heard + most * float(_ASKED_AT):
            return
        self._is_asked = True
        end = self._heard + most
        text = f"are you there? Type /status here: without any command of yours there are no new entries after {stamp(end)} UTC; what is open stays guarded"
        self._publish(Warned(text=text, is_urgent=True))


def _last_heard(journal: Journal) -> datetime | None:
    try:
        kept = journal.flag(_FLAG)
    except JournalError as e:
        logger.warning("When the owner was last heard is not known: {}", e)
        return None
    return None if kept is None else datetime.fromisoformat(kept)


def _hours(most: timedelta) -> str:
    return f"{most.total_seconds() / 3600:g}"
