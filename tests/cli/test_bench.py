import json

from .conftest import Tgbitget


def test_bench_shows_a_table_and_bars(tgbitget: Tgbitget) -> None:
    ran = tgbitget("bench", "--posts", "100", "--blocks", "1")
    assert ran.code == 0
    assert "times the floor" in ran.out
    assert "posts a second" in ran.out
    assert "█" in ran.out
    for kind in ("talk", "boast", "follow-up", "set-up"):
        assert kind in ran.out


def test_bench_for_programs_is_one_object(tgbitget: Tgbitget) -> None:
    (line,) = tgbitget("bench", "--posts", "100", "--blocks", "2", "--json").out.splitlines()
    told = json.loads(line)
    assert told["metric"] == "reading"
    assert told["blocks"] == 2
    assert told["ratio"]["low"] <= told["ratio"]["median"] <= told["ratio"]["high"]
    assert {kind["kind"] for kind in told["kinds"]} == {"talk", "boast", "follow-up", "set-up"}


def test_help_says_which_measurements_there_are(tgbitget: Tgbitget) -> None:
    assert "one measurement so far: reading" in " ".join(tgbitget("bench", "--help").out.split())
