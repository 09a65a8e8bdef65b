"""What every test may use, and the rule that nothing is skipped where nothing may be."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ("tests.stack",)

# no speed is asserted: a busy machine is not what a property is about
settings.register_profile("tirek", deadline=None)
settings.load_profile("tirek")

TOGETHER = ("tests/console", "tests/e2e")
"""Folders whose tests share one running Tirek: one worker has all of each."""
NO_SKIPS = os.environ.get("TIREK_NO_SKIPS") == "1"
# one of several workers is given a width, and the command's screen would keep it from its import on
os.environ.pop("COLUMNS", None)
# by itself it draws tracebacks with all variables, which takes a loop longer than what it waits for
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What promises a time runs beside unit tests: no other worker starts a stack then.

    A name with a set in it is another one in each process: workers would collect other tests.
    """
    if unsteady := [item.nodeid for item in items if "frozenset({" in item.nodeid]:
        raise pytest.UsageError(f"ids that change from run to run: {unsteady}")
    timed = {item.path for item in items if item.get_closest_marker("timed")}
    units = Path(__file__).parent / "unit"
    items.sort(key=lambda item: 2 if item.path.is_relative_to(units) else item.path in timed)


class LoadRooms(LoadFileScheduling):  # type: ignore[misc]  # it ships no types
    """``--dist loadfile``, with all of a folder where its tests share what is dear."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder in TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadRooms | None:
    """Who has which tests, where there are several workers."""
    return LoadRooms(config, log) if config.getoption("dist") == "loadfile" else None


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
