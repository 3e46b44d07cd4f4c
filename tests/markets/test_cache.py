import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from markets.samples import CONTRACT, PAIR, contract, listed
from tgbitget.markets.cache import CachedMarkets, from_snapshot, load, save
from tgbitget.simulators.bitget import snapshot

RAW = snapshot()
SNAPSHOT = from_snapshot(
    {
        "contracts": {"as_of": RAW.contracts.as_of, "data": RAW.contracts.rows},
        "spot": {"as_of": RAW.spot.as_of, "data": RAW.spot.rows},
    }
)
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


def test_the_snapshot_is_as_old_as_its_older_half() -> None:
    rows = {"contracts": {"as_of": "2026-11-20", "data": [CONTRACT]}}
    cached = from_snapshot({**rows, "spot": {"as_of": "2026-11-18", "data": [PAIR]}})
    assert cached.as_of == datetime(2026, 11, 18, tzinfo=UTC)
    assert cached.origin == "snapshot in the package of 2026-11-18"
    assert len(cached.markets) == 2


def test_what_is_saved_is_what_is_loaded(tmp_path: Path, warnings: list[str]) -> None:
    path = tmp_path / "home" / "markets.json"
    odd = replace(contract("XYZ", maxOrderQty=""), tick=Decimal("1E-10"), active=False)
    save(path, CachedMarkets(markets=(*listed(), odd), as_of=MONDAY, source="venue"))
    cached = load(path, snapshot=SNAPSHOT)
    assert cached.markets == (*listed(), odd)
    assert (cached.as_of, cached.source) == (MONDAY, "cache")
    assert warnings == []


def test_the_cache_is_the_owners_alone_and_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "markets.json"
    path.write_text("something older")
    path.chmod(0o644)
    save(path, SNAPSHOT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["markets.json"]


def test_a_cache_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "markets.json"
    save(path, SNAPSHOT)
    before = path.read_bytes()
    unwritable: Any = replace(listed()[0], tick=Decimal(1))
    object.__setattr__(unwritable, "id", object())
    with pytest.raises(TypeError):
        save(path, replace(SNAPSHOT, markets=(unwritable,)))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["markets.json"]


def test_without_a_cache_the_snapshot_stands_in(tmp_path: Path, warnings: list[str]) -> None:
    assert load(tmp_path / "markets.json", snapshot=SNAPSHOT) is SNAPSHOT
    assert warnings == []


GOOD = {
    "version": 1,
    "as_of": "2026-11-23T12:00:00.000Z",
    "markets": [{"id": "BTCUSDT"}],
}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"\xff\xfe\x00", id="not text"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b"null", id="null"),
        pytest.param(json.dumps({**GOOD, "version": 2}).encode(), id="another version"),
        pytest.param(json.dumps(GOOD).encode(), id="a field missing"),
        pytest.param(json.dumps({**GOOD, "markets": []}).encode(), id="no markets"),
        pytest.param(json.dumps({**GOOD, "markets": 7}).encode(), id="not a list"),
        pytest.param(json.dumps({"version": 1}).encode(), id="no markets at all"),
    ],
)
def test_a_broken_cache_is_one_warning_and_the_snapshot(
    tmp_path: Path, warnings: list[str], content: bytes
) -> None:
    path = tmp_path / "markets.json"
    path.write_bytes(content)
    assert load(path, snapshot=SNAPSHOT) is SNAPSHOT
    (line,) = warnings
    assert str(path) in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("tick", "0"), ("tick", "NaN"), ("step", "x"), ("product", "options"), ("min_quantity", None)],
)
def test_a_cache_with_a_wrong_value_is_not_used(
    tmp_path: Path, warnings: list[str], field: str, value: str | None
) -> None:
    path = tmp_path / "markets.json"
    save(path, SNAPSHOT)
    content = json.loads(path.read_text())
    content["markets"][0][field] = value
    path.write_text(json.dumps(content))
    assert load(path, snapshot=SNAPSHOT) is SNAPSHOT
    assert len(warnings) == 1
