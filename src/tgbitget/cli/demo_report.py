"""What the demo came to, under its last screen."""

from tgbitget.app.demo import Report
from tgbitget.cli.tables import print_pairs, print_rows

_HEADINGS = {"post": "Post", "came": "What came of it", "profit": "Profit"}


def print_report(report: Report) -> None:
    print()
    rows = [{"post": post, "came": came, "profit": profit} for post, came, profit in report.ends]
    print_rows(rows, _HEADINGS, as_json=False)
    print()
    print_pairs(
        (
            (
                "Post to signed order, stop attached",
                ", ".join(f"{ms} ms" for ms in report.order_ms),
            ),
            ("Any position without a stop", f"{report.unguarded_seconds:g} s"),
            ("Last notice in Saved Messages", report.notice.splitlines()[0]),
        )
    )
