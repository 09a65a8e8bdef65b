"""What other programs read of audit's bench."""

from benchmarks.audit.run import last_line


def test_the_last_line_has_the_slowest_report() -> None:
    """Whole events, microseconds and milliseconds; seconds with one decimal."""
    line = last_line(1234.5, 98.7, {"a year": 400.2, "by place": 612.6}, 2.34)
    assert line == "audit append_per_s=1234 proof_us=99 report_p99_ms=613 verify_10k_s=2.3"
