"""The parsers there are: ours and those of other packages, registered the same way under one name each."""

import importlib
import importlib.metadata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tgbitget.errors import ConfigError
from tgbitget.parsing.chain import Chain
from tgbitget.parsing.parser import Parser
from tgbitget.profile import Profile

GROUP = "tgbitget.parsers"
Make = Callable[[Profile], Parser]

_OURS = ("structured", "template", "pattern", "freeform")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One parser by name. `load` imports and returns its maker; a foreign package is imported on first use only."""

    name: str
    origin: str  # tgbitget.parsing.template:make
    version: str
    load: Callable[[], Make]


_table: dict[str, Registration] = {}


def parser(name: str) -> Callable[[Make], Make]:
    """Registers *make* as the parser *name*; a second one of that name raises, naming both origins."""

    def register(make: Make) -> Make:
        add(
            Registration(
                name=name,
                origin=f"{make.__module__}:{make.__name__}",
                version=_version_of(make.__module__),
                load=lambda: make,
            )
        )
        return make

    return register


def add(registration: Registration) -> None:
    known_one = _table.get(registration.name)
    if known_one is not None and known_one.origin != registration.origin:
        raise ConfigError(
            f"two parsers are called {registration.name!r}: "
            f"{known_one.origin} and {registration.origin}"
        )
    _table[registration.name] = registration


def load(entry_points: Iterable[importlib.metadata.EntryPoint] | None = None) -> None:
    """Registers our own parsers and those of installed packages. Called from `app.py` and commands; twice is once."""
    for module in _OURS:
        importlib.import_module(f"tgbitget.parsing.{module}")
    if entry_points is None:
        entry_points = importlib.metadata.entry_points(group=GROUP)
    for point in entry_points:
        add(_of_package(point))


def known() -> tuple[Registration, ...]:
    """What is registered, by name."""
    return tuple(_table[name] for name in sorted(_table))


def make_chain(profile: Profile, *, seconds: Callable[[], float] | None = None) -> Chain:
    """The profile's parsers, in its order. With *seconds* (a stopwatch) the chain also refuses slow ones."""
    return Chain(
        tuple((name, make_parser(name, profile)) for name in profile.parsing.parsers),
        seconds=seconds,
    )


def make_parser(name: str, profile: Profile) -> Parser:
    registration = _table.get(name)
    if registration is None:
        raise ConfigError(
            f"profile {profile.name}: parsing.parsers names {name!r}, known are {', '.join(sorted(_table)) or 'none'}"
        )
    return registration.load()(profile)


def _of_package(point: importlib.metadata.EntryPoint) -> Registration:
    version = "unknown" if point.dist is None else point.dist.version

    def import_it() -> Make:
        try:
            make: Make = point.load()
        except (ImportError, AttributeError) as e:
            raise ConfigError(
                f"parser {point.name!r} cannot be loaded from {point.value}: {e}"
            ) from e
        return make

    return Registration(name=point.name, origin=point.value, version=version, load=import_it)


def _version_of(module: str) -> str:
    package = module.partition(".")[0]
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
