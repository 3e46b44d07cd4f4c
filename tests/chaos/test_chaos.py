"""A small chaos; `python -m chaos` does it two hundred times over a thousand posts."""

from pathlib import Path

import pytest

from chaos.__main__ import run
from chaos.points import POINTS, Point, charge, place_of


@pytest.mark.timeout(120)  # starts of processes, on whatever machine
async def test_killed_at_its_points_it_tells_and_trades_as_if_it_had_not_been(
    tmp_path: Path,
) -> None:
    findings = await run(tmp_path, seed=5, posts=6, kills=2)
    assert findings.broken == []
    assert int(findings.figures["kills"]) >= 2


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_each_named_point_lies_on_the_path(point: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it names can be watched: a point that is renamed in the product is renamed here."""
    owner, name = place_of(point.where)
    before = getattr(owner, name)
    monkeypatch.setattr(owner, name, before)
    charge(point, 1, lambda: None)
    assert getattr(owner, name) is not before
