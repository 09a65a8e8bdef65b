"""``make demo``: the whole of Tirek on this machine, the samples played live, until Ctrl-C.

``SLOW=1`` has timers that a person can answer by hand within, ``EMPTY=1`` plays nothing,
``FOUNDING=1`` also enters what the founding document counts of fourteen committees.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console

from deploy.demo.desks import desks_of
from deploy.demo.story import witnessed
from deploy.demo.story.opening import opened, run
from deploy.demo.story.outcome import count, differences
from deploy.demo.story.performance import Performance, following
from deploy.demo.story.screen import Screen
from deploy.demo.story.voices import Voices
from deploy.local.stack import ROOT
from deploy.local.variant import Variant
from deploy.samples.founding import load as founding
from deploy.samples.founding.figures import CHAIR, INVENTED, SECRETARY, Calendar, load_founding
from deploy.samples.load import Person, load_incidents
from deploy.topology import HOST, PROCESSES
from shared import cli
from shared.clock import pause, wall
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction, load_jurisdiction
from shared.runtime.worker import serve_http
from shared.tasks import Tasks

STATE = ROOT / ".tirek" / "demo"
SAMPLES = ROOT / "deploy" / "samples"
REPORT_YOURSELF = (
    "Nothing is played. Report in another terminal, and answer on the phones:",
    "  export TIREK_TOKEN=$(./tirek token st-v5oef5ab)",
    "  ./tirek incident report deploy/samples/incidents/12-late-yes.yaml",
)


@dataclass(frozen=True, slots=True)
class Switches:
    """What is otherwise than usual."""

    slow: bool = False
    """Timers of minutes instead of seconds."""
    empty: bool = False
    """No sample is played: all stands ready for one's own reports."""
    founding: bool = False
    """Fourteen committees have done what the founding document counts."""

    @property
    def policies(self) -> Path:
        """The file with the timers."""
        return SAMPLES / ("slow-policies.yaml" if self.slow else "demo-policies.yaml")


async def demo(switches: Switches) -> int:
    """Plays everything and stays; ends by Ctrl-C alone."""
    console = Console(file=sys.stdout, highlight=False)
    samples = {} if switches.empty else load_incidents()
    folder = cli.country()
    country = load_jurisdiction(folder, switches.policies)
    screen = Screen(console, [])
    told = {"TIREK_JURISDICTION": str(folder), "TIREK_POLICIES": str(switches.policies)}
    variant = Variant(extra=dict.fromkeys(PROCESSES, told))
    async with opened(STATE, "default", console, screen.alarm, variant) as voices:
        play = Performance.of(voices, country.zone, samples, screen.tell)
        desks = voices.stack.spare_port()
        screen.heading, screen.cases = heading(voices, country, desks), play.cases
        screen.heading += REPORT_YOURSELF if switches.empty else ()
        screen.now = lambda: play.now
        tasks, secretaries = Tasks(), founders() if switches.founding else []
        tasks.start(serve_http(desks_of(voices, secretaries), HOST, desks))
        tasks.start(_witnessed(voices, play, screen))
        if switches.founding:
            tasks.start(_found(voices, play, screen))
        try:
            async with following(play):
                with screen.shown():
                    await _until_ctrl_c(play, screen)
        finally:
            tasks.cancel()
    return 0


def founders() -> list[Person]:
    """Secretary and chair of each of the founding document's committees."""
    known = load_founding()
    boards = [known.people(each) for each in known.committees]
    return [board[seat].person for board in boards for seat in (SECRETARY, CHAIR)]


async def _found(voices: Voices, play: Performance, screen: Screen) -> None:
    """Enters what the founding document counts, and tells how far it is."""
    stack = voices.stack

    def tell(organisation: str, done: int, of: int) -> None:
        screen.tell(play.now, "", f"entered {done} of {of} committees: {organisation}")
        screen.heading[-1] = f"{label}: {done} of {of} committees entered"

    key = stack.keys("console") / "tokens.private.json"
    where, now, counted = founding.Where(stack.url, key, play.zone), wall(), load_founding()
    label = counted.label(Calendar.at(now, play.zone))
    screen.tell(play.now, "", label)
    screen.tell(play.now, "", INVENTED)
    screen.heading.append(f"{label}: 0 of {len(counted.committees)} committees entered")
    try:
        await founding.play(where, counted, now, tell)
    except (founding.Refused, TimeoutError, httpx.HTTPError) as problem:
        why, again = problem or type(problem).__name__, "`./tirek committee founding load` goes on"
        screen.heading[-1] = f"not all is entered: {why}; {again}"
        screen.tell(play.now, "", screen.heading[-1])


async def _witnessed(voices: Voices, play: Performance, screen: Screen) -> None:
    """Keeps what is known of the ledger below the cases; tells it where nobody sees that."""

    def offers() -> list[str]:
        return [alert.offer_id for case in play.cases for alert in case.alerts.values()]

    def show(lines: list[str]) -> None:
        for line in lines:
            if line not in screen.ledger and not screen.console.is_terminal:
                screen.tell(play.now, "", line)
        screen.ledger = lines

    await witnessed.follow(voices, offers, show)


async def _until_ctrl_c(play: Performance, screen: Screen) -> None:
    finished = False
    while True:
        screen.says = f"{_standing(play)}Ctrl-C ends the demo."
        if play.cases and play.over and not finished:
            finished = True
            if not screen.console.is_terminal:
                screen.console.print(screen.says, soft_wrap=True)
        await pause(0.25)


def _standing(play: Performance) -> str:
    if not play.cases:
        return ""
    ended = count({case.name: list(differences(case)) for case in play.cases}, play.cases)
    if not play.over:
        return f"{ended.accepted + ended.escalated} of {ended.incidents} where they must end. "
    return (
        f"All {ended.incidents} ended as they must: {ended.accepted} accepted, "
        f"{ended.escalated} escalated. "
    )


def heading(voices: Voices, country: Jurisdiction, desks: int) -> list[str]:
    """What a newcomer has to know: that the timers are not real, where to look, what it takes."""
    stack = voices.stack
    timers = country.policies.timers_for("", Urgency.IMMEDIATE)
    ack, decide = shown(timers.ack), shown(timers.decide)
    memory = sum(stack.memory().values()) / 2**20
    first, *more = (stack.port(name) for name in ("intake", "referral", "notify", "committee"))
    apis = f":{first}/docs" + "".join(f"  :{port}" for port in more)
    return [
        "Tirek demo · invented people · SLOW=1: slower · EMPTY=1: no samples · FOUNDING=1",
        f"Console {stack.url('console')}  Sit down as anybody: http://{HOST}:{desks}",
        f"TIMERS SHORTENED: {ack} to be seen, {decide} to decide; in life minutes to days",
        f"Phones {stack.url('phones')} (answer there)  E-mail {stack.url('mail')}",
        f"APIs http://{HOST}{apis} · up in {stack.timings['total']:.0f} s, {memory:.0f} MB",
    ]


def shown(timer: timedelta) -> str:
    """``8 s``, or ``3 min``."""
    seconds = int(timer.total_seconds())
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"


def main(given: Sequence[str]) -> int:
    """Runs it; the exit status. Ctrl-C is how it is meant to end, so make has nothing to report."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--slow", action="store_true", help="timers of minutes: SLOW=1")
    parser.add_argument("--empty", action="store_true", help="no sample is played: EMPTY=1")
    parser.add_argument(
        "--founding", action="store_true", help="fourteen committees of 2021-22: FOUNDING=1"
    )
    chosen = parser.parse_args(given)
    switches = Switches(chosen.slow, chosen.empty, chosen.founding)
    return run("demo", partial(demo, switches), interrupted=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
