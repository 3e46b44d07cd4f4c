"""Every trouble on the page has its end and a test; `tests/test_docs.py` knows whether those tests are there."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text()
SECTIONS = {
    "The process and its disk": 12,
    "Telegram": 11,
    "The exchange and the way there": 18,
    "What is posted": 8,
}


def rows_of(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n", maxsplit=1)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[1:]]


@pytest.mark.parametrize(("heading", "most"), SECTIONS.items(), ids=str)
def test_every_trouble_has_its_end_and_a_test(heading: str, most: int) -> None:
    rows = rows_of(heading)
    assert len(rows) >= most, "none was taken off the page"
    for trouble, end, shown in rows:
        assert end, trouble
        assert re.findall(r"`tests/\S+\.py` \(`test_\w+`", shown), trouble
        unnamed = re.sub(r"`tests/\S+\.py` \((?:`test_\w+`(?:, )?)+\)(?:, )?", "", shown)
        assert not unnamed.strip(), f"{trouble}: {unnamed!r} names no test"
