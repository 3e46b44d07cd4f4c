"""Every threat on the page has a guard and a test; `tests/test_docs.py` knows whether those tests are there."""

import re
from pathlib import Path

from tgbitget.profile import LimitsSection, Profile

PAGE = (Path(__file__).parents[2] / "docs" / "safety.md").read_text()


def rows_of(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n", maxsplit=1)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[1:]]


def test_every_threat_has_a_guard_and_a_test() -> None:
    rows = rows_of("Threats, guards, tests")
    assert len(rows) >= 15
    for threat, guard, shown in rows:
        assert guard
        assert re.findall(r"`tests/\S+\.py` \(`test_\w+`", shown), threat


def test_the_keys_that_are_recommended_are_keys() -> None:
    named = set(re.findall(r"`(?:limits|market|size)\.(\w+)", PAGE))
    known = set(LimitsSection.model_fields) | {"allow", "kind"}
    assert named <= known
    assert {"market", "size"} <= set(Profile.model_fields)


def test_the_page_says_how_many_limits_are_on_by_default() -> None:
    on = [name for name, field in LimitsSection.model_fields.items() if field.default is not None]
    assert len(on) == 6
    assert "Six limits are on by default" in PAGE
