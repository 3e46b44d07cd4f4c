"""What the reference pages say, checked against the code."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from tgbitget.cli.profile_text import toml
from tgbitget.planning.splits import weights
from tgbitget.profile import Profile, load_profile
from tgbitget.profile.words import SPLITS
from tgbitget.settings import Settings, load_settings, setting_names

from .conftest import Tgbitget
from .test_frame import ALL

ROOT = Path(__file__).parents[2]
PROFILES = (ROOT / "docs" / "profiles.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()


def rows_of(section: str) -> dict[str, list[str]]:
    """The table under a section's heading: key to its other cells."""
    start = PROFILES.index(f"\n### `[{section}]`\n")
    end = PROFILES.find("\n### ", start + 1)
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PROFILES[start:end], re.MULTILINE)
    return {key: re.split(r" (?<!\\)\| ", cells) for key, cells in rows}


SECTIONS = {
    name: field.annotation
    for name, field in Profile.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
KEYS = [(section, key) for section, model in SECTIONS.items() for key in model.model_fields]


@pytest.mark.parametrize(("section", "key"), KEYS, ids=lambda part: part)
def test_every_key_stands_in_the_docs_with_default_meaning_and_a_good_example(
    section: str, key: str, tmp_path: Path
) -> None:
    field = SECTIONS[section].model_fields[key]
    default, meaning, example = rows_of(section)[key]
    expected = "required" if field.is_required() else f"`{toml(field.default)}`"
    assert (default, meaning) == (expected, (field.description or "").replace("|", "\\|"))
    written = example.strip("`").replace("\\|", "|")
    # Values that need another one beside them.
    beside = {"size.value": '\nkind = "risk_percent"', "market.quote": '\nproduct = "spot"'}
    file = tmp_path / "x.toml"
    file.write_text(
        ("" if section == "telegram" and key == "channels" else "telegram.channels = ['@vip']\n")
        + f"{section}.{key} = {written}\n"
        + beside.get(f"{section}.{key}", "").replace("\n", f"{section}.")
    )
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


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_is_in_the_docs_and_in_the_example(name: str) -> None:
    assert f"| `{name}` |" in SETTINGS
    assert re.search(rf"^# {name}=", ENV_EXAMPLE, re.MULTILINE)


def test_no_setting_in_the_docs_is_gone() -> None:
    assert set(re.findall(r"^\| `(TGBITGET_\w+)`", SETTINGS, re.MULTILINE)) == set(setting_names())
    assert set(re.findall(r"^# (TGBITGET_\w+)=", ENV_EXAMPLE, re.MULTILINE)) == set(setting_names())


def test_the_example_as_it_is_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tgbitget: Tgbitget
) -> None:
    (tmp_path / ".env").write_text(ENV_EXAMPLE)
    with_example = load_settings()
    (tmp_path / ".env").unlink()
    assert with_example == load_settings()


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_is_in_the_docs(words: tuple[str, ...]) -> None:
    assert f"\n### `{' '.join(words)}`\n" in COMMANDS


def test_no_command_in_the_docs_is_gone() -> None:
    described = re.findall(r"^### `([a-z -]+)`$", COMMANDS, re.MULTILINE)
    assert sorted(described) == sorted(" ".join(words) for words in ALL)


def test_the_example_of_parse_is_what_it_prints(tgbitget: Tgbitget) -> None:
    shown = COMMANDS.split('$ tgbitget parse "')[1].split("\n```")[0]
    text, _, expected = shown.partition('"\n')
    assert tgbitget("parse", text).out == f"{expected}\n"


def test_the_example_of_explain_can_be_typed(tgbitget: Tgbitget) -> None:
    tgbitget("pause")  # makes the journal
    ran = tgbitget("explain", "-1001234567890", "7")
    assert ran.err == "tgbitget: nothing is known of post 7 in channel -1001234567890\n"


EXAMPLES = {
    "vip-channel": "open",
    "cornix": "open",
    "template": "open",
    "pattern": "open",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_post_in_an_examples_head_is_read_by_it(name: str, tgbitget: Tgbitget) -> None:
    file = ROOT / "profiles" / f"{name}.toml"
    head = file.read_text().split("\n\n")[0]
    post = "\n".join(line[6:] for line in head.splitlines() if line.startswith("#     "))
    ran = tgbitget("parse", "-", "--profile", str(file), stdin=post)
    assert ran.out.split()[0] == EXAMPLES[name], ran.out
