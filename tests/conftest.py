"""What every test may use, and the rule that nothing is skipped where nothing may be."""

import os
from collections.abc import Generator

import pytest

pytest_plugins = ("tests.stack",)

NO_SKIPS = os.environ.get("TIREK_NO_SKIPS") == "1"
# one of several workers is given a width, and the command's screen would keep it from its import on
os.environ.pop("COLUMNS", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With TIREK_NO_SKIPS=1 a skipped test is a failed one."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and TIREK_NO_SKIPS=1: {report.longrepr}"
    return report
