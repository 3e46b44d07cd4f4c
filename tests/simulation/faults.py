"""The table of faults: Telegram, Bitget, both wires, the process, the disk."""

import random
from typing import TYPE_CHECKING

from telethon.tl import functions

from simulation.course import SIGNALS
from simulation.disk import DiskFault, Fails
from simulation.network import Direction, Harm, How
from simulation.weather import Met, fault
from tgbitget.simulators.bitget import Then
from tgbitget.simulators.bitget.faults import Fault as Cue
from tgbitget.simulators.bitget.faults import Pushes

if TYPE_CHECKING:
    from simulation.run import Run

TELEGRAM_PORT, BITGET_PORT = 443, 80

SENDS = (
    *("place-order",) * 3,
    *("place-pos-tpsl", "place-tpsl-order", "cancel-order", "cancel-plan-order", "set-leverage"),
)
QUERIES = (
    *("order/detail", "fills", "all-position", "orders-pending"),
    *("orders-plan-pending", "accounts", "tickers"),
)
LOST = (
    *(Then.DROP, Then.CUT, Then.HANG, Then.BAD_GATEWAY),
    *(Then.HTML, Then.EMPTY, Then.NO_DATA, Then.NO_ID),
)
DOUBTFUL = ("40010", "40015", "40725", "45001", "25001", "40786", "40708", "12345")
QUESTIONS = (
    functions.updates.GetChannelDifferenceRequest,
    functions.messages.GetHistoryRequest,
    functions.updates.GetStateRequest,
    None,
)

Struck = tuple[str, Met] | None


def _cue(cue: Cue) -> Met:
    times = cue.times
    return lambda: cue.times != times


def _always() -> bool:
    return True


# Telegram


@fault("telegram: pushes lost", weight=5)
def _pushes_lost(run: "Run", dice: random.Random) -> Struck:
    channel, seconds = dice.choice(run.channels), dice.uniform(1, 20)
    channel.silent = True

    def speak() -> None:
        channel.silent = False

    run.loop.call_later(seconds, speak)
    return f"{channel.title} for {seconds:.1f} s", _always


@fault("telegram: pushes late")
def _pushes_late(run: "Run", dice: random.Random) -> Struck:
    channel = dice.choice(run.channels)
    channel.push_delay_seconds = dice.uniform(0.05, 3)
    return f"{channel.title} by {channel.push_delay_seconds:.2f} s", _always


@fault("telegram: difference too long")
def _too_long(run: "Run", dice: random.Random) -> Struck:
    channel = dice.choice(run.channels)
    for _ in range(dice.randint(0, 3)):
        run.course.post(channel, "a post of which no push comes", lost=True)
    channel.too_long_difference()
    return channel.title, _always


@fault("telegram: push doubled")
def _pushed_again(run: "Run", dice: random.Random) -> Struck:
    standing = [(c, m.id) for c in run.channels for m in c.messages]
    if not standing:
        return None
    channel, number = dice.choice(standing[-6:])
    channel.push_again(number)
    return f"{channel.title} {number}", _always


@fault("telegram: flood wait")
def _flood(run: "Run", dice: random.Random) -> Struck:
    request, seconds = dice.choice(QUESTIONS), dice.choice((1, 3, 15, 40))
    cue = run.telegram.flood_wait(request, seconds, times=dice.randint(1, 2))
    return f"{_name(request)} {seconds} s", lambda: cue.hits > 0


@fault("telegram: server error")
def _server_error(run: "Run", dice: random.Random) -> Struck:
    request = dice.choice(QUESTIONS)
    code, name = dice.choice(((500, "HISTORY_GET_FAILED"), (-503, "Timeout"), (500, "INTERNAL")))
    cue = run.telegram.fail(request, code, name, times=dice.randint(1, 4))
    return f"{_name(request)} {code} {name}", lambda: cue.hits > 0


@fault("telegram: answer lost")
def _answer_lost(run: "Run", dice: random.Random) -> Struck:
    request = dice.choice(QUESTIONS)
    if dice.random() < 0.5:
        cue = run.telegram.hang(request, times=dice.randint(1, 3))
    else:
        cue = run.telegram.drop_answer(request, times=1)
    return _name(request), lambda: cue.hits > 0


@fault("telegram: answer late")
def _answer_late(run: "Run", dice: random.Random) -> Struck:
    request, seconds = dice.choice(QUESTIONS), dice.uniform(0.5, 12)
    cue = run.telegram.delay(request, seconds, times=dice.randint(1, 3))
    return f"{_name(request)} by {seconds:.1f} s", lambda: cue.hits > 0


@fault("telegram: connection reset")
def _reset(run: "Run", dice: random.Random) -> Struck:
    if not run.telegram.connections:
        return None
    run.telegram.drop(reset=dice.random() < 0.5)
    return "", _always


@fault("telegram: black hole")
def _black_hole(run: "Run", dice: random.Random) -> Struck:
    seconds = dice.uniform(2, 40)
    run.telegram.silence()
    run.loop.call_later(seconds, run.telegram.speak)
    return f"{seconds:.1f} s", _always


@fault("telegram: unreachable", weight=3)
def _unreachable(run: "Run", dice: random.Random) -> Struck:
    seconds = dice.uniform(1, 30)
    run.telegram.line_refuses(True)
    run.telegram.drop()
    run.loop.call_later(seconds, run.telegram.line_refuses, False)
    return f"{seconds:.1f} s", _always


# Bitget


@fault("bitget: answer lost after accepting", weight=14)
def _lost_after(run: "Run", dice: random.Random) -> Struck:
    endpoint, then = dice.choice(SENDS), dice.choice(LOST)
    cue = run.bitget.faults.next(endpoint, accept=True, then=then, times=dice.choice((1, 1, 2)))
    return f"{endpoint} {then}", _cue(cue)


@fault("bitget: request lost", weight=10)
def _lost_before(run: "Run", dice: random.Random) -> Struck:
    endpoint, then = dice.choice(SENDS), dice.choice(LOST[:4])
    cue = run.bitget.faults.next(endpoint, accept=False, then=then, times=dice.choice((1, 1, 2)))
    return f"{endpoint} {then}", _cue(cue)


@fault("bitget: entry lost, its coin named again", weight=8)
def _named_again(run: "Run", dice: random.Random) -> Struck:
    """A second signal of a symbol while nobody knows what became of the first one's order."""
    coin, channel = dice.choice(run.coins), dice.choice(run.adding or run.channels)
    taken, then = dice.random() < 0.3, dice.choice(LOST[:4])
    make = dice.choice(SIGNALS)
    cue = run.bitget.faults.next("place-order", accept=taken, then=then)
    first = run.course.signal(make, coin, channel)

    def again() -> None:
        if run.is_calm:
            return
        run.tell(f"named again: {run.course.signal(make, coin, channel)}")

    for _ in range(2):
        run.loop.call_later(dice.uniform(0.3, 12), again)
    return f"{first}, {then}, {'taken' if taken else 'not taken'}", _cue(cue)


@fault("bitget: accepted late", weight=8)
def _accepted_late(run: "Run", dice: random.Random) -> Struck:
    """Within what the client waits for, or after it has given up."""
    endpoint = dice.choice(("place-order", *SENDS))
    seconds = dice.choice((dice.uniform(0.2, 4), dice.uniform(5.2, 9.5)))
    cue = run.bitget.faults.next(endpoint, delay=seconds)
    return f"{endpoint} by {seconds:.1f} s", _cue(cue)


@fault("bitget: doubtful code", weight=8)
def _doubtful(run: "Run", dice: random.Random) -> Struck:
    endpoint, code, taken = dice.choice(SENDS), dice.choice(DOUBTFUL), dice.random() < 0.5
    cue = run.bitget.faults.next(endpoint, accept=taken, code=code)
    return f"{endpoint} {code} {'taken' if taken else 'not taken'}", _cue(cue)


@fault("bitget: question unanswered", weight=8)
def _question(run: "Run", dice: random.Random) -> Struck:
    endpoint, then = dice.choice(QUERIES), dice.choice(LOST[:7])
    cue = run.bitget.faults.next(endpoint, then=then, times=dice.randint(1, 4))
    return f"{endpoint} {then}", _cue(cue)


@fault("bitget: 429")
def _throttled(run: "Run", dice: random.Random) -> Struck:
    endpoint = dice.choice((*SENDS, *QUERIES))
    cue = run.bitget.faults.next(endpoint, status=429, times=dice.randint(1, 3))
    return endpoint, _cue(cue)


@fault("bitget: stop refused", weight=5)
def _stop_refused(run: "Run", dice: random.Random) -> Struck:
    code = dice.choice(("25586", "43011", "45122"))
    met = [
        _cue(run.bitget.faults.next(f"place-{kind}", code=code))
        for kind in ("pos-tpsl", "tpsl-order")
    ]
    return code, lambda: any(was_met() for was_met in met)


@fault("bitget: preset lost", weight=5)
def _preset_lost(run: "Run", dice: random.Random) -> Struck:
    rules = run.bitget.exchange.rules
    rules.presets_lost += dice.randint(1, 2)
    return str(rules.presets_lost), _always


@fault("bitget: pushes", weight=10)
def _pushes(run: "Run", dice: random.Random) -> Struck:
    run.bitget.faults.pushes = pushes = Pushes(
        duplicate=dice.random() < 0.4,
        delay=dice.choice((0.0, 0.0, 0.3, 4.0)),
        reorder=dice.choice((0, 0, 2, 5)),
        lose=dice.choice((0, 0, 3, 20)),
        silent=dice.random() < 0.25,
    )
    return str(pushes), _always


@fault("bitget: order invisible at first", weight=5)
def _invisible(run: "Run", dice: random.Random) -> Struck:
    run.bitget.faults.invisible_seconds = dice.uniform(0.5, 6)
    return f"{run.bitget.faults.invisible_seconds:.1f} s", _always


@fault("bitget: position left out")
def _left_out(run: "Run", dice: random.Random) -> Struck:
    coin, seconds = dice.choice(run.coins), dice.uniform(1, 12)
    missing = run.bitget.faults.missing_positions
    missing.add(coin.symbol)
    run.loop.call_later(seconds, missing.discard, coin.symbol)
    return f"{coin.base} for {seconds:.1f} s", _always


@fault("bitget: clock skew", weight=3)
def _skew(run: "Run", dice: random.Random) -> Struck:
    """It lags behind Telegram's by less than a post's way to its fill: fills are asked for from the post's date on."""
    run.bitget.clock_offset_ms = offset = dice.randint(-900, 25_000)
    return f"{offset} ms", _always


@fault("bitget: maintenance", weight=3)
def _maintenance(run: "Run", dice: random.Random) -> Struck:
    seconds = dice.uniform(1, 10)
    run.bitget.faults.maintenance = True

    def over() -> None:
        run.bitget.faults.maintenance = False

    run.loop.call_later(seconds, over)
    return f"{seconds:.1f} s", _always


@fault("bitget: connections reset")
def _connections(run: "Run", _: random.Random) -> Struck:
    run.bitget.drop_connections()
    return "", _always


# the wires, at any byte


@fault("wire: cut", weight=12)
def _cut(run: "Run", dice: random.Random) -> Struck:
    return _harm(run, dice, How.CUT)


@fault("wire: half open", weight=6)
def _half_open(run: "Run", dice: random.Random) -> Struck:
    return _harm(run, dice, How.SILENT)


def _harm(run: "Run", dice: random.Random, how: How) -> Struck:
    port = dice.choice((TELEGRAM_PORT, BITGET_PORT, BITGET_PORT))
    direction = dice.choice(tuple(Direction))
    harm = Harm(port, direction, int(dice.expovariate(1 / 2500)), how)
    network = run.loop.network
    network.harms.append(harm)
    name = "Telegram's" if port == TELEGRAM_PORT else "Bitget's"
    return f"{name}, {harm.after} bytes {direction}", lambda: harm in network.met


# the machine


@fault("process: killed", weight=45)
def _killed(run: "Run", dice: random.Random) -> Struck:
    """Mostly while something goes on: a few hundred steps are a post's way to its order."""
    life = run.listener.life
    if not run.listener.is_up or life is None:
        return None
    steps = int(dice.expovariate(1 / dice.choice((20, 150, 600))))
    seconds = dice.choice((0.05, 1.0, 4.0, 25.0)) * dice.uniform(0.5, 1.5)
    if dice.random() < 0.7:
        run.course.act()
    run.listener.kill(after_steps=steps, down_seconds=seconds)
    return f"after {steps} steps, down for {seconds:.1f} s", lambda: life.is_dead


@fault("process: stopped", weight=2)
def _stopped(run: "Run", _: random.Random) -> Struck:
    if not run.listener.is_up:
        return None
    run.listener.ask_to_stop()
    return "", _always


@fault("machine: clock set", weight=3)
def _clock_set(run: "Run", dice: random.Random) -> Struck:
    seconds = dice.choice((-3600, -40, -3, 3, 40, 3600))
    run.set_clock(seconds)
    return f"{seconds} s", _always


@fault("disk: write fails", weight=8)
def _disk(run: "Run", dice: random.Random) -> Struck:
    how = dice.choice(tuple(Fails))
    error = dice.choice(("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_FULL"))
    if error == "SQLITE_FULL" and how is Fails.AFTER:
        how = Fails.WITHIN  # a full disk is told before
    after, times = dice.randint(0, 6), dice.choice((1, 1, 3, 12))
    run.disk.fail(DiskFault(how, error, times), after=after)
    hits = run.disk.hits
    return f"{error} {how}, {times} times after {after}", lambda: run.disk.hits > hits


def _name(request: object) -> str:
    return getattr(request, "__name__", "any request")
