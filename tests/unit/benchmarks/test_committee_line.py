"""What other programs read of the committees' bench."""

from benchmarks.committee.run import last_line
from benchmarks.console.weights import Load


def test_the_last_line_has_the_slowest_report_and_the_heaviest_page() -> None:
    """Whole milliseconds, KB with one decimal."""
    loads = [Load("/committee", octets=15_360), Load("/committee/plan", octets=1_024)]
    line = last_line({"a year": 400.2, "a quarter": 612.6}, loads)
    assert line == "committee report_ms=613 worst_kb=15.0"
