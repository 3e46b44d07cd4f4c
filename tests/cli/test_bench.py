import json

import pytest

from .conftest import Tgbitget


def test_bench_shows_bars_and_figures(tgbitget: Tgbitget) -> None:
    ran = tgbitget("bench", "--only", "P7", "--posts", "100", "--blocks", "1")
    assert ran.code == 0
    assert "÷ six expressions" in ran.out
    assert "posts a second" in ran.out
    assert "█" in ran.out
    for kind in ("talk", "boast", "follow-up", "set-up"):
        assert kind in ran.out


def test_bench_for_programs_is_one_object_for_each_metric(tgbitget: Tgbitget) -> None:
    ran = tgbitget("bench", "--only", "p12,P7", "--posts", "100", "--quick", "--json")
    reading, durability = map(json.loads, ran.out.splitlines())
    assert (reading["id"], reading["metric"], reading["blocks"]) == ("P7", "reading", 2)
    assert reading["ratio"]["low"] <= reading["ratio"]["median"] <= reading["ratio"]["high"]
    assert {kind["kind"] for kind in reading["kinds"]} == {"talk", "boast", "follow-up", "set-up"}
    assert durability["id"] == "P12"
    for told in (reading, durability):
        assert told["met"] == all(bar["met"] for bar in told["bars"])
        assert told["notes"]


def test_ways_that_are_not_there_are_told_each_for_itself(
    tgbitget: Tgbitget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TGBITGET_BITGET__REST_URL", "http://127.0.0.1:1")
    ran = tgbitget("bench", "--live", "--json")
    telegram, public, signed = map(json.loads, ran.out.splitlines())
    assert ran.code == 1
    assert "tgbitget login" in telegram["fault"]
    assert public["fault"]
    assert signed["fault"] == "no API key is set"
    assert public["p50_ms"] is None


@pytest.mark.parametrize("wrong", ["P14", "reading", "P1;P2"])
def test_a_metric_that_there_is_not_is_named(tgbitget: Tgbitget, wrong: str) -> None:
    ran = tgbitget("bench", "--only", wrong)
    assert ran.code == 2
    assert f"there is no {wrong.upper()}" in ran.err
