"""What each limit changes in the planner's answer; the same for a profile and for the account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from planning.bounds import BEYOND, OFF, ended
from planning.samples import NOON, asked, entry, intent, profile, quote, situation
from tgbitget.planning import halts
from tgbitget.planning.scope import Limits, scopes

Answer = Callable[[Limits, bool], object]
"""*is_account*: whether these are the account's, beside a profile whose limits are off."""


@dataclass(frozen=True, slots=True)
class LimitProof:
    one: Any
    other: Any
    answer: Answer
    beside: Mapping[str, Any]


def planned(**inputs: Any) -> Answer:
    def answer(limits: Limits, is_account: bool) -> object:
        free = profile(limits=OFF)
        if is_account:
            return asked(profile=free, account_limits=limits, **inputs)
        return asked(profile=free.model_copy(update={"limits": limits}), **inputs)

    return answer


def halted(limits: Limits, is_account: bool) -> object:
    lost = situation(realised_today=Decimal(-100))
    free = profile(limits=OFF).limits
    own = scopes(limits, None, lost) if not is_account else scopes(free, limits, lost)
    return [halts.due(scope, coin="USDT", now=NOON) for scope in own]


_BOUNDS = {
    key: LimitProof(beyond, enough, planned(**inputs), {})
    for key, (inputs, beyond, enough, _) in BEYOND.items()
}
_LOST = situation(ended=(replace(ended(1, "-1"), closed_at=NOON - timedelta(hours=3)),))

PROOFS: dict[str, LimitProof] = {
    **_BOUNDS,
    "daily_loss_halt": LimitProof("midnight", "resume", halted, {"daily_loss_quote_max": 100}),
    "losing_streak_pause_hours": LimitProof(
        2, 4, planned(situation=_LOST), {"losing_streak_max": 1}
    ),
    "price_age_seconds_max": LimitProof(
        5,
        20,
        planned(
            intent_=intent(entry("market")),
            situation=situation(quote=quote("57000", age_seconds=10)),
        ),
        {},
    ),
}
