"""The documentation says what the code does: commands, options, keys, settings, files, links."""

import re
import shlex
from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from cli.test_frame import ALL, command_of
from tgbitget.cli.profile_text import toml
from tgbitget.planning.splits import weights
from tgbitget.profile import Profile, load_profile
from tgbitget.profile.words import SPLITS
from tgbitget.settings import Settings, setting_names

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
PROFILES = (ROOT / "docs" / "profiles.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

# What every command takes; the head of the page says what these do.
COMMON_OPTIONS = {"--json", "--debug", "--help"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# commands


def section_of(words: tuple[str, ...]) -> str:
    start = COMMANDS.index(f"\n### `{' '.join(words)}`\n")
    return re.split(r"\n##+ ", COMMANDS[start + 1 :], maxsplit=1)[0]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_is_in_the_docs_with_its_options(words: tuple[str, ...]) -> None:
    section = section_of(words)
    options = [p.opts for p in command_of(words).params if p.opts[-1].startswith("--")]
    own = [names for names in options if not COMMON_OPTIONS & set(names)]
    assert [names for names in own if not any(name in section for name in names)] == []


def test_no_command_in_the_docs_is_gone() -> None:
    described = re.findall(r"^### `([a-z -]+)`$", COMMANDS, re.MULTILINE)
    assert sorted(described) == sorted(" ".join(words) for words in ALL)


def shown_commands() -> Iterator[tuple[str, str]]:
    """What a page shows to be typed: lines of its examples, and `tgbitget …` within its text."""
    for page in PAGES:
        text = page.read_text()
        fenced = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        typed = re.findall(
            r"^(?:\$ |ExecStart=\S+/)?(tgbitget (?!lissten).+)$", fenced, re.MULTILINE
        )
        for line in [*typed, *re.findall(r"`(tgbitget [a-z][^`]*)`", text)]:
            yield name_of(page), line


def words_of(line: str) -> tuple[tuple[str, ...], list[str]]:
    """The command that a line calls, and the rest of it."""
    parts = shlex.split(line.replace("[", "").replace("]", "").replace("…", ""))[1:]
    for length in (2, 1):
        if tuple(parts[:length]) in ALL:
            return tuple(parts[:length]), parts[length:]
    raise AssertionError(f"there is no such command: {line}")


@pytest.mark.parametrize(("page", "line"), list(dict.fromkeys(shown_commands())))
def test_every_command_that_is_shown_can_be_typed(page: str, line: str) -> None:
    if line in ("tgbitget COMMAND --help", "tgbitget --install-completion") or "|" in line:
        return
    words, rest = words_of(line)
    known = {opt for parameter in command_of(words).params for opt in parameter.opts}
    options = takewhile(lambda part: part != "--", rest)
    given = {part for part in options if re.fullmatch(r"-[a-z]|--[a-z-]+", part)}
    assert given <= known | COMMON_OPTIONS, f"{page} shows {line}"


# keys of a profile

SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Profile.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
KEYS = [(section, key) for section, model in SECTIONS.items() for key in model.model_fields]
# Values that need another one beside them.
BESIDE = {"size.value": 'size.kind = "risk_percent"', "market.quote": 'market.product = "spot"'}


def rows_of(section: str) -> dict[str, list[str]]:
    """The table under a section's heading: key to its other cells."""
    start = PROFILES.index(f"\n### `[{section}]`\n")
    end = PROFILES.find("\n### ", start + 1)
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PROFILES[start:end], re.MULTILINE)
    return {key: re.split(r" (?<!\\)\| ", cells) for key, cells in rows}


@pytest.mark.parametrize(("section", "key"), KEYS, ids=lambda part: part)
def test_every_key_stands_in_the_docs_with_default_meaning_and_a_good_example(
    section: str, key: str, tmp_path: Path
) -> None:
    field: Any = SECTIONS[section].model_fields[key]
    default, meaning, example = rows_of(section)[key]
    expected = "required" if field.is_required() else f"`{toml(field.default)}`"
    assert (default, meaning) == (expected, (field.description or "").replace("|", "\\|"))
    written = example.strip("`").replace("\\|", "|")
    lines = [f"{section}.{key} = {written}", BESIDE.get(f"{section}.{key}", "")]
    if (section, key) != ("telegram", "channels"):
        lines.insert(0, "telegram.channels = ['@vip']")
    file = tmp_path / "x.toml"
    file.write_text("\n".join(lines))
    load_profile(file, Settings(profiles=tmp_path))


@pytest.mark.parametrize("name", SPLITS)
def test_the_docs_share_as_the_planner_does(name: str) -> None:
    found = re.search(rf"^\| `{name}` \| ([\d., ]+) \|$", PROFILES, re.MULTILINE)
    assert found is not None
    written = [Decimal(part) for part in found[1].split(", ")]
    exact = [Decimal(w.numerator) * 100 / w.denominator for w in weights(name, 4)]
    assert written == [share.quantize(Decimal("0.01")).normalize() for share in exact]


def test_no_key_in_the_docs_is_gone() -> None:
    for section, model in SECTIONS.items():
        assert list(rows_of(section)) == list(model.model_fields)


# settings


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_is_in_the_docs_and_in_the_example(name: str) -> None:
    assert f"| `{name}` |" in SETTINGS
    assert re.search(rf"^# {name}=", ENV_EXAMPLE, re.MULTILINE)


def test_no_setting_in_the_docs_is_gone() -> None:
    assert set(re.findall(r"^\| `(TGBITGET_\w+)`", SETTINGS, re.MULTILINE)) == set(setting_names())
    assert set(re.findall(r"^# (TGBITGET_\w+)=", ENV_EXAMPLE, re.MULTILINE)) == set(setting_names())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_setting_that_a_page_names_is_one(page: Path) -> None:
    named = set(re.findall(r"TGBITGET_\w*[A-Z]", page.read_text()))
    groups = {name.rpartition("__")[0] for name in setting_names()}
    assert named <= set(setting_names()) | groups | {"TGBITGET_TELEGRAM__APIID"}


# files, links, targets


def test_the_readme_begins_with_what_can_be_run() -> None:
    first_screen = README.split("\n## ")[0]
    assert "make run" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_in_the_docs_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)) <= targets


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        linked = page.parent / file if file else page
        assert linked.exists(), f"{target} of {name_of(page)}"
        assert not anchor or anchor in anchors_of(linked), f"{target} of {name_of(page)}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_and_test_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    for name in re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.py)?)`", text):
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "src" / "tgbitget")), name
    for file, cases in re.findall(r"`(tests/[\w/]+\.py)` \(([^)]*)\)", text):
        source = (ROOT / file).read_text()
        for case in re.findall(r"`(test_\w+)`", cases):
            assert f"def {case}(" in source, f"{case} is not in {file}"


@pytest.mark.parametrize("file", sorted((ROOT / "src").rglob("*.py")), ids=name_of)
def test_a_page_that_the_code_sends_its_reader_to_is_there(file: Path) -> None:
    for page in re.findall(r"\bdocs/[\w-]+\.md", file.read_text()):
        assert (ROOT / page).exists(), page


# what belongs into no file

LEFT_OUT = {"requirements.lock", Path(__file__).name}
MADE_BY_TOOLS = {"__pycache__", ".hypothesis"}
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.<*/])/(?:root|work|tmp|Users)/\w",
    "the address of a package index": r"--(?:extra-)?index[-]url|--find[-]links|py[p]i\.|/simpl[e]\b",
    "a folder outside": r"(?<![\w./])\.\./\.\./|\.\./shared",
    "a page that is not here": r"\b(?:design|contract|style|anchors|vocabulary)\.md\b",
    "a number of some tracker": r"(?i)\bissues? #?\d+\b",
}


def texts() -> Iterator[Path]:
    for top in ("src", "tests", "docs", "profiles", ".ci"):
        yield from (file for file in sorted((ROOT / top).rglob("*")) if file.is_file())
    yield from (file for file in sorted(ROOT.glob("[!.]*")) if file.is_file())
    yield from (ROOT / ".env.example", ROOT / ".gitignore")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    expression = re.compile(FORBIDDEN[what])
    found = []
    for file in texts():
        if file.name in LEFT_OUT or not MADE_BY_TOOLS.isdisjoint(file.parts):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{name_of(file)}: {hit[0]}" for hit in expression.finditer(text)]
    assert not found
