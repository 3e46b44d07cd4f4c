"""The examples of the reference pages, typed in. What the pages name is in `tests/test_docs.py`."""

from pathlib import Path

import pytest

from tgbitget.settings import load_settings

from .conftest import Tgbitget

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()


def test_the_example_as_it_is_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tgbitget: Tgbitget
) -> None:
    (tmp_path / ".env").write_text(ENV_EXAMPLE)
    with_example = load_settings()
    (tmp_path / ".env").unlink()
    assert with_example == load_settings()


def test_the_example_of_parse_is_what_it_prints(tgbitget: Tgbitget) -> None:
    shown = COMMANDS.split('$ tgbitget parse "')[1].split("\n```")[0]
    text, _, expected = shown.partition('"\n')
    assert tgbitget("parse", text).out == f"{expected}\n"


def test_the_example_of_explain_can_be_typed(tgbitget: Tgbitget) -> None:
    tgbitget("pause")  # makes the journal
    ran = tgbitget("explain", "-1001234567890", "7")
    assert ran.err == (
        "tgbitget: nothing is known of post 7 in channel -1001234567890; "
        "`tgbitget signals list --all` shows which there are\n"
    )


EXAMPLES = {
    "vip-channel": "open",
    "cornix": "open",
    "template": "open",
    "pattern": "open",
    "spot": "open",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_post_in_an_examples_head_is_read_by_it(name: str, tgbitget: Tgbitget) -> None:
    file = ROOT / "profiles" / f"{name}.toml"
    head = file.read_text().split("\n\n")[0]
    post = "\n".join(line[6:] for line in head.splitlines() if line.startswith("#     "))
    ran = tgbitget("parse", "-", "--profile", str(file), stdin=post)
    assert ran.out.split()[0] == EXAMPLES[name], ran.out
