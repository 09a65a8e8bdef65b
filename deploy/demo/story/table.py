"""The play as tables: one row a case, with symbols and words, in whatever room there is."""

from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from deploy.demo.story.board import Case, Stage, holder, stage, who

STYLES = {
    Stage.ACCEPTED: "green",
    Stage.LATE: "green",
    Stage.EXHAUSTED: "bold yellow",
    Stage.OVER: "dim",
    Stage.DRAFT: "dim",
    Stage.SEEN: "cyan",
    Stage.ALERTED: "cyan",
    Stage.NEXT: "magenta",
}
STATE_WIDTH = 20
WIDE = 120


def board(cases: Sequence[Case], now: float, *, width: int, height: int) -> Table:
    """The live table in at most ``height`` lines: a line a need if they fit, else a line a case."""
    rows = sum(max(1, len(case.needs)) for case in cases)
    each_need = rows + 1 <= height and width >= WIDE
    table = Table(box=None, pad_edge=False, expand=True, header_style="bold")
    table.add_column("#", width=2)
    table.add_column("story", ratio=5 if width >= WIDE else 4, no_wrap=True, overflow="ellipsis")
    if each_need:
        table.add_column("need", width=20, no_wrap=True)
    table.add_column("state", width=STATE_WIDTH, no_wrap=True)
    table.add_column("who has it, or is asked", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("s", width=3, justify="right")
    for case in cases:
        if each_need:
            _by_need(table, case, now)
        else:
            table.add_row(
                case.number, case.sample.story, _whole(case), _who(case), _seconds(case, now)
            )
    return table


def _by_need(table: Table, case: Case, now: float) -> None:
    first = (case.number, case.sample.story)
    if not case.needs:
        table.add_row(*first, "", _whole(case), "", _seconds(case, now))
    for position, (service_type, need) in enumerate(sorted(case.needs.items())):
        number, story = first if position == 0 else ("", "")
        seconds = _seconds(case, now) if position == 0 else ""
        table.add_row(number, story, service_type, _state(stage(need)), who(need), seconds)


def _whole(case: Case) -> Text:
    """The state of the least advanced need, and how many have come to their end."""
    if case.problem is not None:
        return Text("× not reported", "bold red")
    if case.reported_at is None:
        return Text("")
    if len(case.needs) < 2:
        return _state(case.stage)
    drafts = [need for need in case.needs.values() if stage(need) is Stage.DRAFT]
    others = [stage(need) for need in case.needs.values() if need not in drafts]
    text = _state(min(others, key=list(Stage).index)) if others else _state(Stage.DRAFT)
    done = sum(holder(need) is not None for need in case.needs.values())
    return text.append(f" {done}/{len(case.needs)}", "dim")


def _who(case: Case) -> str:
    return ", ".join(dict.fromkeys(who(need) for need in case.needs.values() if who(need)))


def _state(stage: Stage) -> Text:
    return Text(f"{stage.symbol} {stage.words}", STYLES.get(stage, ""))


def _seconds(case: Case, now: float) -> str:
    if case.reported_at is None:
        return ""
    return f"{(case.settled_at or now) - case.reported_at:.0f}"


def summary(cases: Sequence[Case], failures: Mapping[str, Sequence[str]]) -> Table:
    """How every case ended, for a smoke run."""
    table = Table(header_style="bold")
    for name in ("incident", "needs, where each ended", "s", "as it must"):
        table.add_column(name, justify="right" if name == "s" else "left")
    for case in cases:
        needs = [
            f"{service_type}: {stage(need).symbol} {stage(need).words} {who(need)}".rstrip()
            for service_type, need in sorted(case.needs.items())
        ]
        seconds = _seconds(case, case.settled_at) if case.settled_at is not None else "–"
        verdict = Text("× no", "bold red") if failures[case.name] else Text("✓ yes", "green")
        table.add_row(case.name, "\n".join(needs), seconds, verdict)
    return table
