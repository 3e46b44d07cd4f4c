"""How many lives a run has, and how much is made of one that breaks a promise."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from machine.machine import Trading


def live(kind: type[Trading], ways: settings) -> None:
    """What breaks only once is no less broken: real sockets are as fast as they are."""
    kind.failures.clear()
    try:
        run_state_machine_as_test(kind, settings=ways)
    except Flaky:
        if not kind.failures:
            raise
        raise AssertionError(kind.failures[0]) from None


def ways(examples: int, steps: int, *, shrinks: bool, is_fixed: bool = False) -> settings:
    """Drawn anew in each run unless fixed: what is found becomes a test of its own, no entry of a database."""
    phases = (Phase.generate, Phase.target, *((Phase.shrink,) if shrinks else ()))
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=is_fixed,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=phases,
    )
