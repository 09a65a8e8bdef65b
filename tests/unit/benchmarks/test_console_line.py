"""What other programs read of the console's bench."""

from benchmarks.console.run import last_line
from benchmarks.console.weights import Load


def test_the_last_line_has_the_worst_of_each() -> None:
    """KB with one decimal, the rest whole, in a fixed order."""
    loads = [
        Load("/queue", octets=15_360, paint_ms=1400.4),
        Load("/find", octets=1_024, paint_ms=1500.6),
    ]
    line = last_line(loads, {"p95_ms": 641.7}, {"per_s": 41.2})
    assert line == "console worst_kb=15.0 worst_paint_ms=1501 live_p95_ms=642 pages_per_s=41"
