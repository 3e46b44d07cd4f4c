"""Figures, ratios and bars; and which measurements there are."""

import pytest

from tgbitget.bench import metric
from tgbitget.bench.course import IDS, STAGES, chosen
from tgbitget.bench.errors import BenchFailed
from tgbitget.bench.metric import Bar, Effort, Result
from tgbitget.cli.bench_text import plotted

AT_BAR = 20


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        pytest.param([3.0], 0.99, 3.0, id="one is every percentile"),
        pytest.param([1.0, 2.0, 3.0, 4.0], 0.5, 3.0, id="a value that was measured"),
        pytest.param(list(map(float, range(100))), 0.99, 99.0, id="p99 of a hundred"),
        pytest.param(list(map(float, range(1000))), 0.99, 990.0, id="p99 of a thousand"),
    ],
)
def test_percentiles(values: list[float], share: float, found: float) -> None:
    assert metric.percentile(values, share) == found


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="there were none"):
        metric.percentile([], 0.5)


def test_a_ratio_is_taken_block_by_block() -> None:
    # A machine that is twice as slow in the second block is so for both.
    ratio = metric.ratio("÷", [[2.0, 4.0, 3.0], [6.0]], [[1.0], [2.0]])
    assert (ratio.value.median, ratio.value.low, ratio.value.high) == (3, 3, 3)


def test_a_figure_has_its_worst_over_all_blocks() -> None:
    figure = metric.figure("x", "ms", [[1.0, 9.0, 2.0], [4.0]])
    assert (figure.value.low, figure.value.high, figure.max, figure.samples) == (2, 4, 9, 4)


@pytest.mark.parametrize(
    ("bar", "is_met"),
    [
        (Bar(name="x", value=1.3, most=1.3), True),
        (Bar(name="x", value=1.31, most=1.3), False),
        (Bar(name="x", value=95, least=95), True),
        (Bar(name="x", value=94, least=95), False),
        (Bar(name="x", value=0, most=0), True),
        (Bar(name="x", value=1, most=0), False),
        (Bar(name="x", value=float("inf"), most=200), False),
    ],
)
def test_a_bar_is_met_or_not_and_drawn_so(bar: Bar, is_met: bool) -> None:
    assert bar.is_met is is_met
    drawn = plotted(bar).plain
    assert drawn[AT_BAR] == "│"
    if bar.least is None:
        assert (drawn[AT_BAR + 1 :].strip() != "") is (bar.value > bar.limit * 1.1)
    result = Result(id="P0", title="", bars=(bar,), figures=())
    assert result.json()["met"] is is_met


def test_thirteen_measurements_each_in_one_stage() -> None:
    assert [f"P{n}" for n in range(1, 14)] == IDS
    assert sum(len(stage.ids) for stage in STAGES) == 13


def test_stages_are_chosen_by_their_metrics() -> None:
    assert [stage.ids for stage in chosen(["p13", " P7"])] == [("P5", "P13"), ("P7",)]
    assert chosen([]) == list(STAGES)


def test_an_effort_has_three_sizes() -> None:
    assert Effort().pick(1, 2, 3) == 2
    assert Effort(is_quick=True).pick(1, 2, 3) == 1
    assert Effort(is_full=True).pick(1, 2, 3) == 3


def test_a_failure_is_no_error_of_the_trade() -> None:
    assert str(BenchFailed("no order came")) == "no order came"
