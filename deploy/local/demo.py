"""``make demo``: the whole of Tirek on this machine, the samples played live, until Ctrl-C."""

import sys

from rich.console import Console

from deploy.local.stack import ROOT
from deploy.local.story.opening import opened, run
from deploy.local.story.outcome import count, differences
from deploy.local.story.performance import Performance, following
from deploy.local.story.screen import Screen
from deploy.local.story.voices import Voices
from deploy.samples.load import load_incidents
from deploy.topology import HOST
from shared.clock import pause
from shared.events.words import Urgency
from shared.jurisdiction import Jurisdiction, load_jurisdiction

STATE = ROOT / ".tirek" / "demo"
POLICIES = ROOT / "deploy" / "samples" / "demo-policies.yaml"


async def demo() -> int:
    """Plays everything and stays; ends by Ctrl-C alone."""
    console = Console(file=sys.stdout, highlight=False)
    samples = load_incidents()
    country = load_jurisdiction(ROOT / "deploy" / "jurisdictions" / "kg", POLICIES)
    screen = Screen(console, [])
    async with opened(STATE, "default", console, screen.alarm) as voices:
        play = Performance.of(voices, country.zone, samples, screen.tell)
        screen.heading, screen.cases = heading(voices, country), play.cases
        screen.now = lambda: play.now
        async with following(play):
            with screen.shown():
                await _until_ctrl_c(play, screen)
    return 0


async def _until_ctrl_c(play: Performance, screen: Screen) -> None:
    finished = False
    while True:
        ended = count({case.name: list(differences(case)) for case in play.cases}, play.cases)
        if play.over:
            screen.says = (
                f"All {ended.incidents} ended as they must: {ended.accepted} accepted, "
                f"{ended.escalated} escalated. Ctrl-C ends the demo."
            )
            if not finished and not screen.console.is_terminal:
                screen.console.print(screen.says, soft_wrap=True)
            finished = True
        else:
            done = ended.accepted + ended.escalated
            screen.says = f"{done} of {ended.incidents} where they must end. Ctrl-C ends the demo."
        await pause(0.25)


def heading(voices: Voices, country: Jurisdiction) -> list[str]:
    """What a newcomer has to know: that the timers are not real, where to look, what it takes."""
    stack = voices.stack
    timers = country.policies.timers_for("", Urgency.IMMEDIATE)
    ack, decide = (int(each.total_seconds()) for each in (timers.ack, timers.decide))
    memory = sum(stack.memory().values()) / 2**20
    apis = "  ".join(f":{stack.port(name)}/docs" for name in ("intake", "referral", "notify"))
    return [
        f"Tirek demo · invented people · up in {stack.timings['total']:.1f} s, {memory:.0f} MB",
        f"TIMERS SHORTENED: {ack} s to be seen, {decide} s to decide; in life minutes to days",
        f"Phones {stack.url('phones')} (answer there)  E-mail {stack.url('mail')}",
        f"APIs http://{HOST}{apis}",
    ]


def main() -> int:
    """Runs it; the exit status. Ctrl-C is how it is meant to end, so make has nothing to report."""
    return run("demo", demo, interrupted=0)


if __name__ == "__main__":
    sys.exit(main())
