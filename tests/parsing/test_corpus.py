"""The posts of `tests/corpus/`, each beside its reading. A new misread starts there, as `tests/corpus/README.md` says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from parsing.posts import brief, chain, post
from tgbitget.model.reading import NotASignal, Read, Unclear
from tgbitget.parsing.lexicon import languages

CORPUS = Path(__file__).parents[1] / "corpus"
LEAST = 3
"""Posts that are read, and posts that are not, in every language and of every format."""


def _posts(pattern: str) -> list[tuple[Path, dict[str, Any]]]:
    return [
        (path, row)
        for path in sorted(CORPUS.glob(pattern))
        for row in tomllib.loads(path.read_text(encoding="utf-8")).get("post", ())
    ]


READ_AS = [
    pytest.param(
        row["text"].strip("\n"),
        row.get("answers", []),
        row["reading"],
        id=f"{path.parent.name}/{path.stem}: {row['name']}",
    )
    for path, row in _posts("*/*.toml")
]
IDLE = [
    pytest.param(text.strip("\n"), id=f"{path.parent.name}/{path.stem}: {at}")
    for path in sorted(CORPUS.glob("*/noise.toml"))
    for at, text in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["idle"], start=1)
]


@pytest.mark.parametrize(("text", "answers", "reading"), READ_AS)
def test_is_read_as(text: str, answers: list[str], reading: str) -> None:
    assert brief(chain().read(post(text, *answers))) == reading


@pytest.mark.parametrize("text", IDLE)
def test_nobody_acts_on(text: str) -> None:
    match chain().read(post(text)):
        case Read() as reading:
            pytest.fail(f"acted: {brief(reading)}")
        case NotASignal() | Unclear():
            pass


@pytest.mark.parametrize("folder", [*languages(), "formats"])
def test_every_language_and_format_shows_what_is_read_and_what_is_not(folder: str) -> None:
    paths = sorted((CORPUS / folder).glob("*.toml"))
    by_file: dict[str, list[str]] = {}
    for path, row in _posts(f"{folder}/*.toml"):
        key = path.stem if folder == "formats" else folder
        by_file.setdefault(key, []).append(row["reading"])
    assert by_file, f"no posts in {folder}, of {paths}"
    for name, readings in by_file.items():
        left = sum(reading == "none" or reading.startswith("unclear") for reading in readings)
        assert left >= LEAST, f"{folder}: {name} shows {left} posts that are not read"
        assert len(readings) - left >= LEAST, f"{folder}: {name} shows too few that are read"


def test_names_of_posts_are_unique_in_their_file() -> None:
    names = [(path, row["name"]) for path, row in _posts("*/*.toml")]
    assert len(names) == len(set(names))
