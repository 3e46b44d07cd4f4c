"""What goes wrong at the exchange and on the lines, each drawn as one value with its name."""

from collections.abc import Callable
from dataclasses import dataclass

from machine.ground import Ground
from tgbitget.simulators.bitget import Then
from tgbitget.simulators.bitget.faults import Pushes

Strike = Callable[[Ground], None]


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    strike: Strike

    def __repr__(self) -> str:
        return f"fault({self.name!r})"


SENDS = (
    *("place-order", "place-pos-tpsl", "place-tpsl-order", "modify-tpsl-order"),
    *("cancel-order", "cancel-plan-order", "place-plan-order", "set-leverage"),
)
QUERIES = ("detail", "fills", "all-position", "orders-pending", "orders-plan-pending", "accounts")


def _cue(endpoint: str, what: str, **cue: object) -> Fault:
    def strike(ground: Ground) -> None:
        ground.bitget.faults.next(endpoint, **cue)  # type: ignore[arg-type] # as the table says

    return Fault(f"the next {endpoint} {what}", strike)


def _pushes(what: str, **ways: object) -> Fault:
    def strike(ground: Ground) -> None:
        ground.bitget.faults.pushes = Pushes(**ways)  # type: ignore[arg-type] # as the table says

    return Fault(f"pushes are {what}", strike)


def _lost_presets(ground: Ground) -> None:
    ground.bitget.exchange.rules.presets_lost += 1


def _invisible(ground: Ground) -> None:
    ground.bitget.faults.invisible_seconds = 2.0
    ground.loop.call_later(20.0, setattr, ground.bitget.faults, "invisible_seconds", 0.0)


def _maintenance(ground: Ground) -> None:
    ground.bitget.faults.maintenance = True
    ground.loop.call_later(4.0, setattr, ground.bitget.faults, "maintenance", False)


def _left_out(ground: Ground) -> None:
    symbols = {symbol for symbol, _ in ground.bitget.exchange.desk.positions}
    ground.bitget.faults.missing_positions |= symbols
    ground.loop.call_later(9.0, ground.bitget.faults.missing_positions.clear)


def _unreachable(ground: Ground) -> None:
    ground.telegram.refuse()
    ground.telegram.drop()
    ground.loop.call_later(6.0, setattr, ground.telegram._line, "refuses", False)


def _silent_channels(ground: Ground) -> None:
    for channel in ground.channels:
        channel.silent = True
    ground.loop.call_later(10.0, _speak, ground)


def _speak(ground: Ground) -> None:
    for channel in ground.channels:
        channel.silent = False


VENUE: tuple[Fault, ...] = (
    *(
        _cue(e, f"is done, its answer lost ({t})", accept=True, then=t)
        for e in SENDS
        for t in (Then.DROP, Then.NO_ID)
    ),
    *(
        _cue(e, f"is lost ({t})", accept=False, then=t)
        for e in SENDS
        for t in (Then.DROP, Then.HANG)
    ),
    *(
        _cue(e, f"is done and answered {c}", accept=True, code=c)
        for e in SENDS
        for c in ("40725", "45001")
    ),
    *(_cue(e, "is answered 40010, not done", accept=False, code="40010") for e in SENDS),
    *(_cue(e, "is done late", delay=s) for e in SENDS for s in (0.3, 6.0)),
    *(_cue(e, "is too many", status=429) for e in (*SENDS, *QUERIES)),
    *(_cue(e, "is not answered", then=Then.DROP, times=2) for e in QUERIES),
    *(
        _cue(e, f"is refused by {c}", code=c)
        for e in ("place-pos-tpsl", "place-tpsl-order")
        for c in ("43011", "45122")
    ),
    Fault("the next order loses its stop", _lost_presets),
    Fault("orders are invisible at first", _invisible),
    Fault("the exchange is closed for 4 s", _maintenance),
    Fault("positions are left out of lists for 9 s", _left_out),
)
LINES: tuple[Fault, ...] = (
    _pushes("doubled", duplicate=True),
    _pushes("late", delay=2.0),
    _pushes("in another order", reorder=3),
    _pushes("lost, the next five", lose=5),
    _pushes("silent", silent=True),
    Fault("the exchange drops every connection", lambda ground: ground.bitget.drop_connections()),
    Fault("Telegram drops every connection", lambda ground: ground.telegram.drop()),
    Fault("Telegram cannot be reached for 6 s", _unreachable),
    Fault("the channels' posts are not pushed for 10 s", _silent_channels),
)


def clear(ground: Ground) -> None:
    ground.bitget.faults.clear()
    ground.bitget.exchange.rules.presets_lost = 0
    ground.telegram.clear_faults()
    ground.telegram._line.refuses = False
    _speak(ground)
