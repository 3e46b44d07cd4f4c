"""What a REST handler is: the exchange, the request's parameters, who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tgbitget.simulators.bitget.exchange import Exchange
from tgbitget.simulators.bitget.params import Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The account behind the key."""

    user_id: str
    ips: str
    authorities: tuple[str, ...]
    unified: bool


Handler = Callable[[Exchange, Params, Visitor], Any]
