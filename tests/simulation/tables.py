"""What many runs came to, as a table."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.run import Report


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def summary(reports: Sequence["Report"], *, took: float) -> str:
    drawn, met, counts = Counter[str](), Counter[str](), Counter[str]()
    for report in reports:
        drawn.update(report.drawn)
        met.update(report.met)
        counts.update(report.counts)
    rows = [("fault", "drawn", "met"), *((n, str(drawn[n]), str(met[n])) for n in sorted(drawn))]
    seeds = [report.seed for report in reports]
    simulated = sum(report.simulated_seconds for report in reports)
    figures = [
        ("seeds", f"{len(seeds)} ({min(seeds)} to {max(seeds)})"),
        ("broken", str(sum(report.broken is not None for report in reports))),
        ("simulated", f"{simulated / 3600:.1f} h in {took:.0f} s"),
        ("steps", f"{sum(report.steps for report in reports):,}"),
        ("faults", f"{drawn.total()} drawn, {met.total()} met"),
        ("fewest faults met", str(min(report.met.total() for report in reports))),
        *((name.replace("_", " "), f"{counts[name]:,}") for name in counts),
        ("longest bare", f"{max(report.bare_seconds_max for report in reports):.1f} s"),
    ]
    return f"{table(rows)}\n\n{table(figures)}"
