"""Long-lived tasks are started again when they fail; whoever runs them hears of it."""

from collections.abc import Awaitable, Callable

from loguru import logger

from tgbitget.clock import Clock
from tgbitget.errors import NotAuthorised, VenueLocked
from tgbitget.model.event import Publish, Warned

# The first failure may be a hiccup; one that repeats must neither fill the log nor hammer a venue.
FIRST_PAUSE_SECONDS = 0.5
PAUSE_SECONDS_MAX = 30.0
# Whatever ran this long was well; its next failure is a first one.
HEALTHY_AFTER_SECONDS = 60.0


class Supervisor:
    """Runs tasks to their end. A failure is logged with its traceback, told to the owner once, and the task restarted.

    An error that *ends_all* is let through: the whole process has to stop.
    """

    def __init__(
        self,
        clock: Clock,
        publish: Publish,
        *,
        ends_all: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        self._clock = clock
        self._publish = publish
        self._ends_all = ends_all
        self.failures: dict[str, int] = {}

    async def __call__(self, name: str, task: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = self._clock.monotonic()
            try:
                await task()
            except Exception as e:
                if self._ends_all(e):
                    raise
                if self._clock.monotonic() - began > HEALTHY_AFTER_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                self._tell(name, e)
            else:
                return
            await self._clock.sleep(pause)
            pause = min(PAUSE_SECONDS_MAX, pause * 2)

    def _tell(self, name: str, error: Exception) -> None:
        self.failures[name] = self.failures.get(name, 0) + 1
        logger.opt(exception=error).error("The task {!r} failed and is started again", name)
        if self.failures[name] == 1:
            self._publish(_warning(name, error))


def _warning(name: str, error: Exception) -> Warned:
    match error:
        case NotAuthorised() | VenueLocked():
            text = f"{error}; no new trades, open ones are guarded, it is tried again"
            return Warned(text=text, is_urgent=True)
        case _:
            reason = f"{type(error).__name__}: {error}"
            return Warned(text=f"{name} failed and was started again ({reason})")
