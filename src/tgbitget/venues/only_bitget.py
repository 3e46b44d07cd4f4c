"""CCXT without its other exchanges: `from tgbitget.venues.only_bitget import ccxt`, and nowhere `import ccxt`.

CCXT's packages import more than a hundred exchanges each: 55 MB and a quarter of a second for one that is used. Here they run
as they are, so all that they define is there, once; but the modules of the others do not run until somebody names
one (`ccxt.kraken`). Where that does not work out, CCXT is imported as it comes.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from loguru import logger

TRIED: Final = "4.5.90"
"""The version that this was tried with; another one is imported whole."""

_KEPT: Final = "bitget"
_PACKAGES: Final = ("ccxt", "ccxt.async_support", "ccxt.pro")
# What an import may fail of when something that it builds on is not there.
_BROKEN = (ImportError, AttributeError, NameError, TypeError, ValueError, LookupError, OSError)


class _Waiting:
    """Stands in a package for the class of an exchange until all is imported. Nothing can be built on it."""


_WAITING = _Waiting()


class _HoldBack(MetaPathFinder, Loader):
    """Finds the modules of other exchanges before Python does, and runs none of them."""

    def __init__(self) -> None:
        exchanges = _exchanges()
        # The one of `ccxt` itself waits for each answer: nothing of ours calls it.
        self._names = {f"ccxt.{name}" for name in exchanges}
        for package in _PACKAGES[1:]:
            self._names |= {f"{package}.{name}" for name in exchanges - {_KEPT}}
        self.held: list[str] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 -- the import system's signature
        target: ModuleType | None = None,  # noqa: ARG002 -- likewise
        /,
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in self._names else None

    def create_module(self, spec: ModuleSpec) -> None:  # noqa: ARG002 -- likewise
        return None

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, _last(module.__name__), _WAITING)
        self.held.append(module.__name__)


def load(*, tried: str = TRIED) -> Any:
    """The package `ccxt` with `async_support` and `pro`. One that is imported already stays as it is."""
    if "ccxt" not in sys.modules:
        try:
            return _without_others(tried)
        except _BROKEN as error:
            _forget()
            logger.warning("CCXT is imported with all its exchanges, at 55 MB more: {}", error)
    return _whole()


def _without_others(tried: str) -> ModuleType:
    finder = _HoldBack()
    sys.meta_path.insert(0, finder)
    try:
        package = import_module("ccxt")
        if package.__version__ != tried:
            raise ImportError(f"{_KEPT} alone was tried with {tried}, was {package.__version__}")
        _whole()
    finally:
        sys.meta_path.remove(finder)
    for name in _PACKAGES:
        _hand_out_on_demand(name, [held for held in finder.held if held.rpartition(".")[0] == name])
    return package


def _whole() -> ModuleType:
    for package in _PACKAGES:
        import_module(package)
    return sys.modules["ccxt"]


def _hand_out_on_demand(package: str, held: Sequence[str]) -> None:
    """From here on they are modules that nobody has imported yet."""
    names = frozenset(_last(name) for name in held)

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        exchange = getattr(import_module(f"{package}.{name}"), name)
        setattr(sys.modules[package], name, exchange)
        return exchange

    for name in held:
        del sys.modules[name]
        delattr(sys.modules[package], _last(name))
    vars(sys.modules[package])["__getattr__"] = get


def _exchanges() -> frozenset[str]:
    """Each has its list of endpoints among the abstract ones; what has none is no exchange and is never held back."""
    spec = find_spec("ccxt")
    folders = spec.submodule_search_locations if spec is not None else None
    listed = [
        path.stem for folder in folders or () for path in Path(folder, "abstract").glob("*.py")
    ]
    return frozenset(listed) - {"__init__"}


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "ccxt"]:
        del sys.modules[name]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


ccxt: Any = load()
