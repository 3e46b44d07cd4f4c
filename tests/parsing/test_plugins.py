"""A parser of another package, found through its entry point: written into a folder, and built and installed as a wheel."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from parsing.posts import brief, post, profile
from tgbitget.errors import ConfigError
from tgbitget.parsing import registry

SAMPLE = Path(__file__).parent / "sample_plugin"

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


RAISING = """
class Raising:
    def read(self, post, /):
        return post.text[4096]


def make(profile):
    return Raising()
"""


@pytest.mark.usefixtures("_clean_table")
def test_a_plugin_that_raises_makes_the_post_unclear_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raising_parser.py").write_text(RAISING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry.load([entry_point("raising", "raising_parser:make")])
    chain = registry.make_chain(profile(parsers=["raising", "freeform"]))
    reading = chain.read(post("close ETH"))
    assert brief(reading) == "unclear parser_failed"
    assert getattr(reading, "detail", "") == (
        "parser 'raising' raised IndexError: string index out of range"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sample package is installed, as a user would: built into a wheel, beside tgbitget, without a network."""
    source = tmp_path_factory.mktemp("source") / "arrows"
    shutil.copytree(SAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    flags = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
    subprocess.run(  # noqa: S603 - pip of this environment, on our own files
        [*pip, *flags, "--target", str(target), str(source)], check=True
    )
    return target


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(site)
    yield
    sys.modules.pop("arrows", None)


@pytest.mark.usefixtures("_clean_table", "installed")
def test_an_installed_package_is_found_by_its_entry_point_and_reads() -> None:
    registry.load()
    row = next(row for row in registry.known() if row.name == "arrows")
    assert (row.origin, row.version) == ("arrows:make", "0.1.0")
    chain = registry.make_chain(profile(parsers=["arrows", "freeform"]))
    read = {
        "▲ SOL 150 > 160 x 145": "open SOL long limit 150, tp 160, sl 145",
        "▼ ETH 3100 > 2950 x 3180": "open ETH short limit 3100, tp 2950, sl 3180",
        "■ SOL": "close SOL",
        "▲ SOL 150 > 160 x 155": "unclear sl_wrong_side",
        "▲ XAU 2650 > 2700 x 2600": "unclear not_crypto",
        "close ETH": "close ETH",
    }
    assert {text: brief(chain.read(post(text))) for text in read} == read


@pytest.mark.usefixtures("_clean_table", "installed")
def test_two_packages_that_claim_one_name_are_refused_by_both_origins() -> None:
    registry.load()
    with pytest.raises(
        ConfigError, match=r"two parsers are called 'arrows': arrows:make and other_package:make"
    ):
        registry.load([entry_point("arrows", "other_package:make")])


def test_the_command_line_reads_with_an_installed_package(site: Path, tmp_path: Path) -> None:
    written = tmp_path / "shorthand.toml"
    written.write_text(
        '[telegram]\nchannels = ["@some_channel"]\n[parsing]\nparsers = ["arrows"]\n',
        encoding="utf-8",
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tgbitget", "parse", "▲ SOL 150 > 160 x 145", "-p", str(written), "--json"],
        env={**os.environ, "PYTHONPATH": str(site), "TGBITGET_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    reading = json.loads(done.stdout.splitlines()[0])
    reading = reading.get("reading", reading)
    assert (reading["parser"], reading["symbol"], reading["stop_loss"]) == ("arrows", "SOL", "145")


def test_the_page_shows_the_sample_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "write-a-parser.md").read_text(encoding="utf-8")
    assert (SAMPLE / "arrows.py").read_text(encoding="utf-8") in page
    written = (SAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    shown = page.partition("[build-system]")[2].partition("```")[0]
    assert all(line in written for line in shown.splitlines())
