"""``make demo`` as a command: how it ends, and what its switches do."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sized
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from deploy.demo import __main__ as demo
from deploy.demo import smoke
from deploy.demo.story import witnessed
from deploy.demo.story.performance import Performance
from deploy.demo.story.screen import Screen
from deploy.errors import StackError
from deploy.local.stack import ROOT, Stack
from deploy.samples.load import load_people
from deploy.topology import PROCESSES
from shared import cli
from shared.events.words import Urgency
from shared.jurisdiction import load_jurisdiction
from shared.settings import JURISDICTION, Environment

WITHOUT_A_STACK = """
import asyncio, sys
from contextlib import asynccontextmanager, contextmanager
from deploy.demo import __main__ as demo
from deploy.errors import StackError

@asynccontextmanager
async def opened(*_given):
    {instead}
    yield

demo.opened = opened
sys.exit(demo.main(sys.argv[3:]))
"""


def unmade() -> dict[str, str]:
    """The environment without what a make that runs the tests tells a make below it."""
    of_make = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    return {name: value for name, value in os.environ.items() if name not in of_make}


@contextmanager
def make_demo(folder: Path, instead: str) -> Iterator[subprocess.Popen[str]]:
    """``make demo`` in a process group of its own, with something else instead of the stack."""
    program = folder / "demo.py"
    program.write_text(WITHOUT_A_STACK.format(instead=instead))
    # Tests that run in the background of a shell ignore Ctrl-C, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # -o: what is installed is taken for up to date, whatever its time stamp says
        make = subprocess.Popen(
            ["make", "-o", ".tirek/venv/installed", "demo", f"RUN={sys.executable} {program}"],
            cwd=ROOT,
            env={**unmade(), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with make:
        try:
            yield make
        except BaseException:
            os.killpg(make.pid, signal.SIGKILL)
            raise


@pytest.mark.timeout(60)
def test_ctrl_c_ends_it_without_a_complaint_of_make(tmp_path: Path) -> None:
    """As a terminal does it: the signal goes to make and to the demo. One line, of the demo."""
    with make_demo(tmp_path, "print('up', flush=True); await asyncio.Event().wait()") as make:
        assert make.stdout is not None
        assert make.stdout.readline() == "up\n"
        os.killpg(make.pid, signal.SIGINT)
        said = make.communicate()
    assert said == ("", "demo: stopped; nothing is left running\n")


def test_a_start_that_fails_fails_make(tmp_path: Path) -> None:
    """With the reason in one line before make's own."""
    with make_demo(tmp_path, "raise StackError('port 8101 is in use')") as make:
        said = make.communicate()[1].splitlines()
    assert said[0] == "demo: port 8101 is in use"
    assert make.returncode == 2


@pytest.mark.parametrize(
    ("switches", "flags"),
    [
        ((), []),
        (("SLOW=1",), ["--slow"]),
        (("EMPTY=1",), ["--empty"]),
        (("FOUNDING=1",), ["--founding"]),
        (("SLOW=1", "EMPTY=1"), ["--slow", "--empty"]),
        (("SLOW=0", "EMPTY="), []),
    ],
)
def test_make_passes_the_switches_on(switches: tuple[str, ...], flags: list[str]) -> None:
    """And ``make help`` names each."""
    make = ["make", "-n", "-o", ".tirek/venv/installed"]
    said = subprocess.check_output([*make, "demo", *switches], cwd=ROOT, env=unmade(), text=True)
    assert said.split()[3:] == flags
    told = subprocess.check_output(["make", "help"], cwd=ROOT, env=unmade(), text=True)
    assert "SLOW=1: " in told
    assert "EMPTY=1: " in told
    assert "FOUNDING=1: " in told


@pytest.mark.parametrize(
    ("switches", "policies", "played"),
    [
        (demo.Switches(), "demo-policies.yaml", 17),
        (demo.Switches(slow=True), "slow-policies.yaml", 17),
        (demo.Switches(empty=True), "demo-policies.yaml", 0),
    ],
)
async def test_a_switch_changes_what_is_started(
    switches: demo.Switches, policies: str, played: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every process has the timers, and the play has its samples, or none."""

    class Over(Exception):
        pass

    @asynccontextmanager
    async def opened(*given: Any) -> AsyncIterator[None]:
        stack = Stack(tmp, env=Environment.DEMO, variant=given[-1])
        files = {stack.variant.extra[name]["TIREK_POLICIES"] for name in PROCESSES}
        assert [Path(each).name for each in files] == [policies]
        yield

    def of(_voices: None, _zone: ZoneInfo, samples: Sized, _say: object) -> None:
        assert len(samples) == played
        raise Over

    tmp = ROOT / ".tirek" / "none"
    monkeypatch.setattr(demo, "opened", opened)
    monkeypatch.setattr(Performance, "of", of)
    with pytest.raises(Over):
        await demo.demo(switches)


@pytest.mark.parametrize("play", ["demo", "smoke"])
async def test_the_country_is_the_one_that_the_setting_names(
    play: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every process of the demo and of the smoke run, and whoever plays in them."""
    folder = shutil.copytree(ROOT / JURISDICTION, tmp_path / "country")
    monkeypatch.setenv("TIREK_JURISDICTION", str(folder))
    told: list[str] = []

    @asynccontextmanager
    async def opened(*given: Any) -> AsyncIterator[None]:
        told.extend(given[-1].extra[name]["TIREK_JURISDICTION"] for name in PROCESSES)
        raise StackError("enough")
        yield

    for module in (demo, smoke):
        monkeypatch.setattr(module, "opened", opened)
    cli.country.cache_clear()
    try:
        with pytest.raises(StackError, match="enough"):
            await (demo.demo(demo.Switches()) if play == "demo" else smoke.smoke(1))
    finally:
        cli.country.cache_clear()
    assert set(told) == {str(folder)}


def test_slow_is_slow_enough_for_a_person_and_the_same_otherwise() -> None:
    """Minutes to read a text and to answer it; the ladder is climbed as in the usual demo."""
    kg = ROOT / "deploy" / "jurisdictions" / "kg"
    usual, slow = (
        load_jurisdiction(kg, demo.Switches(slow=each).policies).policies for each in (False, True)
    )
    for urgency in Urgency:
        timers = slow.timers_for("", urgency)
        assert min(timers.ack, timers.decide) >= timedelta(minutes=3)
        assert timers.ack + timers.decide <= slow.hold_at_most
        assert timers.contact == usual.timers_for("", urgency).contact
    assert (slow.ladder, slow.working_hours) == (usual.ladder, usual.working_hours)


def test_an_empty_demo_shows_how_to_report_and_no_empty_table() -> None:
    """The commands work as they stand: somebody who may report, and a sample that is there."""
    token, report = (line.split() for line in demo.REPORT_YOURSELF[1:])
    (reporter,) = (each for each in load_people() if each.staff_id == token[-1].rstrip(")"))
    assert "reporter" in reporter.roles
    assert (ROOT / report[-1]).is_file()
    console = Console(file=StringIO(), width=100, height=20, force_terminal=True)
    console.print(Screen(console, list(demo.REPORT_YOURSELF)))
    shown = console.file.getvalue() if isinstance(console.file, StringIO) else ""
    assert report[-1] in shown
    assert "who has it" not in shown


@pytest.mark.parametrize(
    ("timer", "words"),
    [(timedelta(seconds=8), "8 s"), (timedelta(minutes=3), "3 min")],
)
def test_timers_are_shown_in_units_of_a_person(timer: timedelta, words: str) -> None:
    """Not 180 s."""
    assert demo.shown(timer) == words


def test_the_heading_is_whole_on_a_screen_of_80_columns() -> None:
    """What a newcomer has to know, also after a slow start."""
    stack: Any = SimpleNamespace(
        timings={"total": 99.4},
        memory=lambda: {"all": 999 * 2**20},
        port=lambda name: {"intake": 8101, "referral": 8102, "notify": 8103, "committee": 8105}[
            name
        ],
        url=lambda name: f"http://127.0.0.1:812{int(name == 'mail')}",
    )
    voices: Any = SimpleNamespace(stack=stack)
    country = load_jurisdiction(ROOT / JURISDICTION, demo.Switches(slow=True).policies)
    assert max(map(len, demo.heading(voices, country, 45678))) <= 80


def test_what_is_shown_of_witnesses_is_whole_and_says_that_they_prove_nothing() -> None:
    """On a screen of 80 columns, with a year's ledger; whoever is off is named."""
    seen = {"size": 9_999_999, "independent": False}
    off = {"name": "ministry", "size": None, "independent": False}
    known = [{"name": "ngo", **seen}, {"name": "ombudsman", **seen}, off]
    first, second = witnessed.lines({"covered": 9_999_999, "witnesses": known})
    assert max(len(first), len(second)) <= 80
    assert "2 of 3" in first
    assert "NOT INDEPENDENT" in first
    assert "ministry" in second
    (before, _) = witnessed.lines({"covered": 0, "witnesses": [off]})
    assert "0 of 1" in before
    report = {"month": "2026-12", "place": "Issyk-Kul oblast", "standing": "preliminary"}
    share = {"her-acceptance": {"in_time": {"part": 123, "whole": 456}}}
    assert len(witnessed.of_month({**report, "lines": share, "version": 12 * "f"})) <= 80
