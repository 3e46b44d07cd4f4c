"""Each dependency is declared, explained, used and pinned; nothing else is."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from telethon.crypto import aes
from telethon.network.connection import connection

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
DECISIONS = (ROOT / "docs" / "decisions.md").read_text()

# Runtime dependencies that no line of ours imports, because Telethon does.
USED_BY_TELETHON = {"cryptg", "python-socks"}
# Imported, but brought by a dependency that cannot be without them.
BROUGHT_BY = {
    "certifi": "ccxt",
    "cryptography": "ccxt",
    "pyasn1": "telethon",
    "pydantic-core": "pydantic",
    "rsa": "telethon",
}


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~;\s]", requirement, maxsplit=1)[0]


RUNTIME = sorted(name_of(r) for r in PROJECT["project"]["dependencies"])
DEV = sorted(name_of(r) for r in PROJECT["dependency-groups"]["dev"])
EXACT = [requirement for requirement in PROJECT["project"]["dependencies"] if "==" in requirement]


def paragraphs() -> dict[str, str]:
    """The section “Dependencies” of the decisions: what is named in bold, with what is said of it."""
    section = DECISIONS.split("\n## Dependencies\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\*\*([\w-]+)\*\*(.*?)(?=\n\n|\Z)", section, re.MULTILINE | re.DOTALL))


def pinned() -> dict[str, tuple[str, list[str]]]:
    """Of the lock file: name to version and hashes."""
    found = {}
    for block in re.split(r"^(?=[a-zA-Z0-9])", LOCK, flags=re.MULTILINE):
        if start := re.match(r"([\w.-]+)(?:\[[^]]*\])?==(\S+)", block):
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block)
            found[start[1]] = (start[2], hashes)
    return found


def imported() -> set[str]:
    """The distributions whose modules `src` imports, wherever in a file."""
    modules: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(str(node.module).split(".")[0])
    outside = modules - set(sys.stdlib_module_names) - {"tgbitget"}
    known = packages_distributions()
    return {known[module][0].lower().replace("_", "-") for module in outside}


IMPORTED = imported()


@pytest.mark.parametrize("name", [*RUNTIME, *DEV])
def test_every_dependency_has_its_paragraph_of_why(name: str) -> None:
    assert len(paragraphs().get(name, "").split()) >= 10, f"docs/decisions.md says no why of {name}"


def test_no_paragraph_is_about_what_is_gone() -> None:
    assert sorted(paragraphs()) == sorted([*RUNTIME, *DEV])


@pytest.mark.parametrize("name", RUNTIME)
def test_every_runtime_dependency_is_used(name: str) -> None:
    assert name in IMPORTED | USED_BY_TELETHON


def test_telethon_uses_what_is_here_for_it() -> None:
    assert aes.cryptg is not None
    assert "import python_socks" in Path(str(connection.__file__)).read_text()


def test_every_import_is_declared_or_cannot_be_missing() -> None:
    assert IMPORTED - set(RUNTIME) == set(BROUGHT_BY)
    assert set(BROUGHT_BY.values()) <= set(RUNTIME)


@pytest.mark.parametrize(
    "name", [*RUNTIME, *DEV, *PROJECT["build-system"]["requires"]], ids=name_of
)
def test_every_dependency_is_pinned(name: str) -> None:
    assert name_of(name) in pinned()


def test_every_pin_has_hashes() -> None:
    assert [name for name, (_, hashes) in pinned().items() if not hashes] == []


@pytest.mark.parametrize("requirement", EXACT, ids=name_of)
def test_an_exact_version_is_the_one_that_is_locked(requirement: str) -> None:
    name, _, version = requirement.partition("==")
    assert pinned()[name][0] == version


def test_the_lock_names_no_host() -> None:
    options = [line for line in LOCK.splitlines() if line.lstrip().startswith("-")]
    assert [line for line in options if not line.lstrip().startswith("--hash=")] == []
    assert "://" not in LOCK
