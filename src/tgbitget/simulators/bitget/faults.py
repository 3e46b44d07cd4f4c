"""Cues: what shall go wrong, at which endpoint or on the stream, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tgbitget.simulators.bitget.orders import Order
from tgbitget.simulators.bitget.spot_orders import SpotOrder

TOO_MANY = 429


class Then(StrEnum):
    """What the answer is instead of the real one."""

    ANSWER = "answer"  # the real one, perhaps later
    DROP = "drop"  # the connection is reset
    CUT = "cut"  # half a body, then the connection is reset
    HANG = "hang"  # nothing, ever
    BAD_GATEWAY = "502"  # HTTP 502 with a page
    HTML = "html"  # HTTP 200 with a page
    EMPTY = "empty"  # HTTP 200 with no body
    NO_DATA = "no_data"  # 00000 with no data
    NO_ID = "no_id"  # the real answer, but for its orderId


@dataclass(slots=True, kw_only=True)
class Fault:
    endpoint: str
    accept: bool
    then: Then
    code: str | None
    status: int
    delay: float
    times: int | None  # nothing: always


@dataclass(slots=True, kw_only=True)
class Pushes:
    """What happens to messages on the WebSocket."""

    silent: bool = False  # nothing is pushed; the connection stays, and stays mute
    mute_pongs: bool = False
    duplicate: bool = False
    delay: float = 0.0
    reorder: int = 0  # so many are held back and then sent in reverse
    lose: int = 0  # so many of the next ones never arrive


@dataclass(slots=True)
class Faults:
    """`next(...)` concerns the next request, `always(...)` all until `clear()`."""

    maintenance: bool = False  # every request is answered 40200
    invisible_asks: int = 0  # an accepted order is "not found" for so many look-ups
    invisible_seconds: float = 0.0  # or for so long
    replace_delay: float = 0.0  # a modified order is replaced so much later
    missing_positions: set[str] = field(default_factory=set)  # symbols left out of every list
    pushes: Pushes = field(default_factory=Pushes)
    endpoints: frozenset[str] = frozenset()  # the paths there are: a cue for another is a mistake
    waiting: list[Fault] = field(default_factory=list)
    _asked: dict[str, int] = field(default_factory=dict)

    def next(
        self,
        endpoint: str,
        *,
        accept: bool | None = None,
        then: Then | str = Then.ANSWER,
        code: str | None = None,
        status: int | None = None,
        delay: float = 0.0,
        times: int | None = 1,
    ) -> Fault:
        """Spoil the next request to an endpoint, named by the end of its path.

        `code` is answered instead of the real answer, as a refusal unless `accept` is true; a
        `status` of 429 alone is the venue's throttling. `delay` seconds pass before the request
        is carried out when it is accepted late, and before the answer in any case.
        """
        known = any(_is(path, endpoint) for path in self.endpoints)
        if self.endpoints and not known:
            raise ValueError(f"no endpoint of the simulated Bitget ends in {endpoint!r}")
        if status == TOO_MANY and code is None:
            code = str(TOO_MANY)
        fault = Fault(
            endpoint=endpoint.strip("/"),
            accept=code is None if accept is None else accept,
            then=Then(then),
            code=code,
            status=status or (TOO_MANY if code == str(TOO_MANY) else 400),
            delay=delay,
            times=times,
        )
        self.waiting.append(fault)
        return fault

    def always(self, endpoint: str, **cue: object) -> Fault:
        fault = self.next(endpoint, **cue)  # type: ignore[arg-type] # the same keywords, passed on
        fault.times = None
        return fault

    def clear(self) -> None:
        self.waiting.clear()
        self._asked.clear()
        self.maintenance = False
        self.invisible_asks, self.invisible_seconds, self.replace_delay = 0, 0.0, 0.0
        self.missing_positions = set()
        self.pushes = Pushes()

    def meet(self, path: str) -> Fault | None:
        """The fault that this request meets, counted as met."""
        for fault in self.waiting:
            if _is(path, fault.endpoint):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                return fault
        return None

    def hides(self, order: Order | SpotOrder, now: int) -> bool:
        """Whether a look-up does not find this order yet."""
        if now - order.created_at < self.invisible_seconds * 1000:
            return True
        asked = self._asked.get(order.id, 0)
        self._asked[order.id] = asked + 1
        return asked < self.invisible_asks


def _is(path: str, endpoint: str) -> bool:
    return path == endpoint or path.endswith("/" + endpoint.strip("/"))
