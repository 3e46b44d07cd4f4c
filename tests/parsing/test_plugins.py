"""A parser of another package, found through its entry point."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from parsing.posts import brief, post, profile
from tgbitget.errors import ConfigError
from tgbitget.parsing import registry

PACKAGE = """
from decimal import Decimal

from tgbitget.model.intent import ClosePosition
from tgbitget.model.reading import NotASignal, Read


class Shouts:
    def __init__(self, profile):
        self.name = profile.name

    def read(self, post, /):
        if post.text != "SHOUT!":
            return NotASignal(parser="shouts")
        return Read(intent=ClosePosition(symbol="BTC", fraction=Decimal("0.5")), parser=f"shouts for {self.name}")


def make(profile):
    return Shouts(profile)
"""


@pytest.fixture
def _clean_table(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.load(())
    monkeypatch.setattr(registry, "_table", dict(registry._table))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "shouting.py").write_text(PACKAGE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "shouting"
    sys.modules.pop("shouting", None)


def entry_point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=registry.GROUP)


@pytest.mark.usefixtures("_clean_table")
def test_a_plugin_reads_in_its_place_of_the_chain(package: str) -> None:
    registry.load([entry_point("shouts", f"{package}:make")])
    chain = registry.make_chain(profile(parsers=["structured", "shouts", "freeform"]))
    reading = chain.read(post("SHOUT!"))
    assert brief(reading) == "close BTC 0.5"
    assert getattr(reading, "parser", None) == "shouts for vip"
    assert brief(chain.read(post("close ETH"))) == "close ETH"


@pytest.mark.usefixtures("_clean_table")
def test_a_plugin_is_listed_without_being_imported(package: str) -> None:
    registry.load([entry_point("shouts", f"{package}:make")])
    row = next(row for row in registry.known() if row.name == "shouts")
    assert (row.origin, row.version) == ("shouting:make", "unknown")
    assert package not in sys.modules


@pytest.mark.usefixtures("_clean_table")
def test_a_plugin_of_a_name_that_is_taken_is_refused(package: str) -> None:
    with pytest.raises(ConfigError, match="two parsers are called 'freeform'"):
        registry.load([entry_point("freeform", f"{package}:make")])


@pytest.mark.usefixtures("_clean_table")
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("no_such_package:make", id="no package"),
        pytest.param("shouting:no_such_maker", id="no maker"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_named_when_a_profile_wants_it(
    value: str, package: str
) -> None:
    registry.load([entry_point("broken", value)])
    with pytest.raises(ConfigError, match=f"parser 'broken' cannot be loaded from {value}"):
        registry.make_chain(profile(parsers=["broken"]))
