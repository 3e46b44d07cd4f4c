"""That a setting is not dead: two values of it, and what comes of each."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from pydantic import BaseModel

T = TypeVar("T")
Outcome = object
"""What can be seen from outside: a plan, a refusal, an order's body, an error's sentence. Compared by its `repr`."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where an outcome may write files and change the environment."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Proof(Generic[T]):
    """*outcome* is asked twice, of something with *one* value and of the same with the *other*."""

    one: Any
    other: Any
    outcome: Callable[[T, Room], Outcome | Awaitable[Outcome]]
    beside: Mapping[str, Any] = field(default_factory=dict)


async def outcomes(
    proof: Proof[T], make: Callable[[Any], T], room: Room
) -> tuple[Outcome, Outcome]:
    return (
        await _outcome(proof, make(proof.one), room),
        await _outcome(proof, make(proof.other), room),
    )


def is_dead(one: Outcome, other: Outcome) -> bool:
    return repr(one) == repr(other)


def paths(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterable[str]:
    """Every setting of a model, sections looked into: `limits.trading_hours`."""
    for name, info in model.model_fields.items():
        part = info.annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield from paths(part, (*above, name))
        elif not info.exclude:
            yield ".".join((*above, name))


def unproven(model: type[BaseModel], proven: Iterable[str]) -> set[str]:
    """Settings that have no proof, and proofs whose setting is gone."""
    return set(paths(model)) ^ set(proven)


def with_value(path: str, value: Any, beside: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of sections, *beside* among them, as a file holds them."""
    keys: dict[str, Any] = {
        name: dict(part) if isinstance(part, Mapping) else part for name, part in beside.items()
    }
    section, _, key = path.rpartition(".")
    if section:
        keys.setdefault(section, {})[key] = value
    else:
        keys[key] = value
    return keys


async def _outcome(proof: Proof[T], of: T, room: Room) -> Outcome:
    found = proof.outcome(of, room)
    return await found if inspect.isawaitable(found) else found
