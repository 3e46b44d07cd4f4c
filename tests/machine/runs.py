"""How many lives a run has, and how much is made of one that breaks a promise."""

from hypothesis import HealthCheck, Phase, settings


def ways(examples: int, steps: int, *, shrinks: bool) -> settings:
    """Drawn anew in each run: what is found becomes a test of its own, no entry of a database."""
    phases = (Phase.generate, Phase.target, *((Phase.shrink,) if shrinks else ()))
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=phases,
    )
