"""Imports run one way, and the pure stages do no I/O."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tgbitget

ROOT = Path(tgbitget.__file__).parent

# Each row may import the rows above it; names in one row do not import each other.
LAYERS = (
    {"errors", "clock"},
    {"model"},
    {"settings", "profile"},
    {"logs", "telegram", "venues", "journal", "bus", "parsing", "planning"},
    {"intake", "markets", "execution"},
    {"positions"},
    {"deciding"},
    {"pipeline"},
    {"control", "audit", "spreads"},
    {"app"},
    {"cli"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
SIMULATORS_USED_BY = {"app", "cli", "bench", "simulators"}
ENTRY_PAGES = {"__main__": "cli"}

PURE = (
    "model",
    "parsing",
    "planning",
    "positions/rules.py",
    "positions/finder.py",
    "positions/ledger.py",
    "positions/exposure.py",
    "positions/orders.py",
    "positions/amendments.py",
    "positions/level.py",
    "positions/stop_form.py",
    "positions/stops_seen.py",
    "positions/targets.py",
    "markets/directory.py",
    "simulators/bitget/exchange.py",
    "simulators/bitget/matching.py",
)
IMPURE_MODULES = {
    "asyncio",
    "time",
    "socket",
    "aiohttp",
    "ccxt",
    "telethon",
    "loguru",
    "logging",
    "random",
    "sqlite3",
}
# Reads its own words from the package at construction; no text decides what is read.
READS_FILES = {"parsing/vocabulary.py", "parsing/registry.py"}


def modules() -> Iterator[Path]:
    yield from sorted(ROOT.rglob("*.py"))


def package_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0].removesuffix(".py")
    return ENTRY_PAGES.get(first, first)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:  # within its own package
                assert node.level == 1, f"{path}: climbs out of its package"
                continue
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(imported: str) -> str | None:
    parts = imported.split(".")
    if parts[0] != "tgbitget" or len(parts) == 1:
        return None
    return ENTRY_PAGES.get(parts[1], parts[1])


def wrong_way(package: str, target: str) -> bool:
    if target == package:
        return False
    if target == "simulators":
        return package not in SIMULATORS_USED_BY
    if package == "simulators":
        return True
    if package == "bench" or target not in LEVEL:
        return False
    return LEVEL[target] >= LEVEL[package]


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    package = package_of(path)
    if package == "__init__":
        return
    targets = {target for name in imports_of(path) if (target := ours(name)) is not None}
    wrong = sorted(target for target in targets if wrong_way(package, target))
    assert not wrong, f"{package} imports {', '.join(wrong)}"


def test_every_package_has_its_layer() -> None:
    packages = {package_of(path) for path in modules()} - {"__init__"}
    assert packages <= set(LEVEL) | {"simulators", "bench"}


def pure_modules() -> Iterator[Path]:
    for name in PURE:
        found = ROOT / name
        assert found.exists(), f"{name} is gone: take it off the list"
        yield from sorted(found.rglob("*.py")) if found.is_dir() else (found,)


@pytest.mark.parametrize("path", list(pure_modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_pure_stages_do_no_io(path: Path) -> None:
    tree = ast.parse(path.read_text())
    waits = [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.Await)]
    assert not waits, "a pure stage awaits"
    imported = {name.split(".")[0] for name in imports_of(path)}
    assert not imported & IMPURE_MODULES, f"imports {imported & IMPURE_MODULES}"
    if str(path.relative_to(ROOT)) not in READS_FILES:
        calls = {
            n.func.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not calls & {"open", "print", "input"}


@pytest.mark.parametrize(
    ("package", "target"),
    [
        ("model", "planning"),
        ("planning", "venues"),
        ("parsing", "markets"),
        ("venues", "simulators"),
        ("simulators", "model"),
    ],
)
def test_a_wrong_import_would_be_caught(package: str, target: str) -> None:
    assert wrong_way(package, target)


def test_a_lazy_import_counts_too(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text("def f():\n    from tgbitget.app.runs import listen\n")
    assert [ours(name) for name in imports_of(page)] == ["app"]
