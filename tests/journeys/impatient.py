"""`tgbitget` before a venue that takes nothing later than a second after it was sent; all else as it is.

Absence is believed 20 s after a send to the real Bitget; one journey waits for that, the others would only be slow.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from tgbitget.app import trading
from tgbitget.clock import Clock
from tgbitget.execution.executor import Executor
from tgbitget.execution.reconcile import Reconciler
from tgbitget.venues.venue import Venue

ABSENT_AFTER_SECONDS = 1.2
WAITS_SECONDS = (0.1, 0.3, 0.5)


def impatient_executor(*, venue: Venue, clock: Clock, **others: Any) -> Executor:
    reconciler = Reconciler(
        venue, clock, absent_after_seconds=ABSENT_AFTER_SECONDS, waits_seconds=WAITS_SECONDS
    )
    return Executor(
        venue=venue,
        clock=clock,
        reconciler=reconciler,
        visibility_seconds=ABSENT_AFTER_SECONDS,
        waits_seconds=WAITS_SECONDS,
        **others,
    )


def make_impatient(put: Callable[[Any, str, Any], None] = setattr) -> None:
    put(trading, "Executor", partial(impatient_executor))


if __name__ == "__main__":
    make_impatient()
    from tgbitget.cli import main

    sys.exit(main())
