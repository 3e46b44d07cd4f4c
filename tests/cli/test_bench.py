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


@pytest.mark.parametrize("wrong", ["P14", "reading", "P1;P2"])
def test_a_metric_that_there_is_not_is_named(tgbitget: Tgbitget, wrong: str) -> None:
    ran = tgbitget("bench", "--only", wrong)
    assert ran.code == 2
    assert f"there is no {wrong.upper()}" in ran.err
