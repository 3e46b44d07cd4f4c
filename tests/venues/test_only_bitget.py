"""CCXT without its other exchanges: in processes of their own, for CCXT is imported once in each."""

import ast
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import tgbitget
from tgbitget.venues.only_bitget import TRIED, ccxt

SRC = Path(tgbitget.__file__).parent
# The script that others run imports CCXT as others do.
AS_IT_COMES = {"bench/minimal_client.py"}


def told(script: str, *, path: Path | None = None) -> Any:
    """What a fresh Python prints as JSON; *path* stands in front of where it finds packages."""
    found = subprocess.run(  # noqa: S603 -- our own script
        [
            sys.executable,
            "-c",
            f"import sys; sys.path[:0] = {[str(path)] if path else []}\n{script}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return {**json.loads(found.stdout), "logged": found.stderr}


def test_of_all_exchanges_only_bitget_is_run() -> None:
    script = """
from tgbitget.venues.only_bitget import ccxt
import json
exchanges = sorted(name for name in sys.modules if name.startswith("ccxt.") and ".abstract." not in name
                   and name.rpartition(".")[2] in ccxt.exchanges)
kraken = ccxt.async_support.kraken
print(json.dumps({
    "exchanges": exchanges,
    "listed": len(ccxt.exchanges),
    "kraken": [kraken.__module__, issubclass(kraken, ccxt.async_support.Exchange), kraken is ccxt.async_support.kraken],
    "sync": ccxt.bitget.__module__,
    "push": issubclass(ccxt.pro.bitget, ccxt.async_support.bitget),
    "same": all(getattr(ccxt, name) is getattr(where, name)
                for name in ("BaseError", "ExchangeError", "NetworkError", "AuthenticationError", "RequestTimeout")
                for where in (ccxt.async_support, ccxt.pro, sys.modules["ccxt.base.errors"])),
    "finders": [type(finder).__name__ for finder in sys.meta_path],
    "unknown": hasattr(ccxt, "nobody"),
}))
"""
    found = told(script)
    assert found["exchanges"] == ["ccxt.async_support.bitget", "ccxt.pro.bitget"]
    assert found["listed"] > 100
    assert found["kraken"] == ["ccxt.async_support.kraken", True, True]
    assert found["sync"] == "ccxt.bitget"
    assert found["push"]
    assert found["same"]
    assert "_HoldBack" not in found["finders"]
    assert not found["unknown"]
    assert found["logged"] == ""


def test_it_is_the_version_that_it_was_tried_with() -> None:
    assert version("ccxt") == ccxt.__version__ == TRIED


def test_what_was_imported_whole_before_stays_as_it_is() -> None:
    script = """
import json, ccxt.async_support as before
from tgbitget.venues.only_bitget import ccxt
print(json.dumps({"same": ccxt.async_support is before, "kraken": "ccxt.async_support.kraken" in sys.modules}))
"""
    assert told(script) == {"same": True, "kraken": True, "logged": ""}


def package(folder: Path, *, version: str = TRIED, bitget: str) -> Path:
    """A CCXT of two exchanges, whose Bitget of `async_support` is *bitget*."""
    for place, text in {"": PLAIN, ".async_support": bitget, ".pro": PLAIN}.items():
        here = folder.joinpath("ccxt", *place.split(".")[1:])
        here.mkdir(parents=True)
        names = "\n".join(f"from ccxt{place}.{name} import {name}" for name in ("kraken", "bitget"))
        (here / "__init__.py").write_text(f'__version__ = "{version}"\n{names}\n')
        (here / "kraken.py").write_text("class kraken: ...\n")
        (here / "bitget.py").write_text(text)
    (folder / "ccxt/abstract").mkdir()
    for name in ("kraken", "bitget"):
        (folder / f"ccxt/abstract/{name}.py").write_text("")
    return folder


PLAIN = "class bitget: ..."
BUILT_ON_ANOTHER = "from ccxt.async_support.kraken import kraken\nclass bitget(kraken): ..."
ASKS_AT_ONCE = "from ccxt.async_support.kraken import kraken\nclass bitget: name = kraken.__name__"


@pytest.mark.parametrize(
    ("version", "bitget", "why"),
    [
        pytest.param("9.0", PLAIN, f"was tried with {TRIED}, was 9.0", id="another version"),
        pytest.param(TRIED, BUILT_ON_ANOTHER, "argument", id="a class of another"),
        pytest.param(TRIED, ASKS_AT_ONCE, "no attribute '__name__'", id="another asked at once"),
    ],
)
def test_where_that_does_not_work_out_it_is_imported_as_it_comes(
    tmp_path: Path, version: str, bitget: str, why: str
) -> None:
    folder = package(tmp_path, version=version, bitget=bitget)
    script = """
from tgbitget.venues.only_bitget import ccxt
import json
print(json.dumps({"kraken": "ccxt.async_support.kraken" in sys.modules, "is": ccxt is sys.modules["ccxt"],
                  "class": ccxt.async_support.bitget.__name__}))
"""
    found = told(script, path=folder)
    assert found["kraken"]
    assert found["is"]
    assert found["class"] == "bitget"
    (line,) = found["logged"].splitlines()
    assert "CCXT is imported with all its exchanges" in line
    assert why in line


def test_the_tiny_ccxt_of_these_tests_is_held_back_too(tmp_path: Path) -> None:
    script = """
from tgbitget.venues.only_bitget import ccxt
import json
print(json.dumps({"kraken": "ccxt.async_support.kraken" in sys.modules, "version": ccxt.__version__}))
"""
    found = told(script, path=package(tmp_path, bitget=PLAIN))
    assert found == {"kraken": False, "version": TRIED, "logged": ""}


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda p: str(p.relative_to(SRC)))
def test_nobody_else_imports_ccxt(path: Path) -> None:
    if str(path.relative_to(SRC)) in AS_IT_COMES:
        return
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "ccxt" not in imported
