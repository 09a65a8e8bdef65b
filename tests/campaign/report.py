"""The report that a person reads: a table, totals with their bounds, and what was not tested."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.stack import ROOT
from tests.campaign.faults import FAULTS
from tests.campaign.machine import described
from tests.campaign.result import ALWAYS_ZERO, Result
from tests.campaign.runner import Campaign

EVIDENCE = ROOT / "docs" / "evidence"
COLUMNS = (
    ("fault", "---"),
    ("how often", "---:"),
    ("incidents", "---:"),
    ("L", "---:"),
    ("Z", "---:"),
    ("G", "---:"),
    ("D", "---:"),
    ("S (unmarked)", "---:"),
    ("early", "---:"),
    ("missed", "---:"),
    ("late p99 (allowed), s", "---:"),
    ("after the turn (allowed), s", "---:"),
    ("T, s", "---:"),
    ("remark", "---"),
)


def write(plan: Campaign, results: Mapping[str, Result], path: Path | None = None) -> Path:
    """Writes the report: where it is kept if the whole table was played, else by the results."""
    now = datetime.now(UTC)
    if path is None:
        played = results.keys() | plan.not_here().keys()
        folder = EVIDENCE if played == FAULTS.keys() else plan.folder
        path = folder / f"campaign-{now:%Y-%m-%d}-{plan.commit}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_lines(plan, results, now)) + "\n", encoding="utf-8")
    return path


def _lines(plan: Campaign, results: Mapping[str, Result], now: datetime) -> Iterator[str]:
    found = list(results.values())
    incidents = sum(each.taken for each in found)
    broken = [each for each in found if not each.held]
    yield f"# Campaign of {now:%Y-%m-%d}, commit {plan.commit}"
    yield ""
    yield (
        f"{incidents:,} incidents in {len(found)} rounds, seed {plan.seed}, "
        f"{sum(each.seconds for each in found) / 60:.0f} minutes. "
        + ("Everything held." if not broken else f"{len(broken)} rounds did not hold: see below.")
    )
    yield ""
    for text in described():
        yield f"- {text}"
    yield f"- {_beside(found)}"
    yield ""
    yield from _table(found)
    yield ""
    yield from _totals(found, incidents)
    yield from _alone(found)
    yield from _measured(found)
    yield from _broken(broken)
    yield from _untested(plan, results)
    if changed := [each.fault for each in results.values() if each.commit != plan.commit]:
        yield f"The code had changed when these were played: {', '.join(changed)}."
        yield ""
    yield f"Play it again: `{_command(plan)}`. How to read this: README.md."


def _command(plan: Campaign) -> str:
    words = ["make campaign", f"SEED={plan.seed}", f"INCIDENTS={plan.incidents}"]
    names = [each.name for each in plan.faults]
    if names != list(FAULTS):
        words.append(f"ONLY={','.join(names)}")
    return " ".join(words)


def _beside(found: list[Result]) -> str:
    most = max((each.at_once for each in found), default=1)
    if most == 1:
        return "one round after another"
    count = sum(each.at_once > 1 for each in found)
    return f"up to {most} rounds at once, in {count} of {len(found)}: seconds are those of a crowd"


def _table(found: list[Result]) -> Iterator[str]:
    yield "| " + " | ".join(name for name, _ in COLUMNS) + " |"
    yield "|" + "|".join(line for _, line in COLUMNS) + "|"
    for each in found:
        counts = [str(each.counts.get(letter, "–")) for letter in "LZGD"]
        cells = [
            each.fault,
            str(each.made) if each.made else "–",
            str(each.taken),
            *counts,
            f"{each.repeats} ({each.unmarked})",
            str(each.early),
            str(each.missed),
            *_lateness(each),
            _figure(each.normal),
            _remark(each),
        ]
        yield "| " + " | ".join(cells) + " |"


def _lateness(result: Result) -> tuple[str, str]:
    """What the clock did late, and what was due all at once when it was turned."""
    fault = FAULTS.get(result.fault)
    if fault is None or fault.alone is not None:
        return "–", "–"
    found = (result.late, fault.must.late), (result.late_after_jump, fault.must.late_after_jump)
    first, second = (f"{_figure(late.get('p99'))} ({limit:g})" for late, limit in found)
    return first, second


def _remark(result: Result) -> str:
    said = ["**did not hold**"] if not result.held else []
    said += result.remarks
    if result.parked:
        said.append(f"{result.parked} parked")
    return "; ".join(said)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _totals(found: list[Result], incidents: int) -> Iterator[str]:
    names = {
        "L": "lost",
        "Z": "state without its event",
        "G": "event without its state",
        "D": "effects applied twice",
        "chain": "gaps or altered links in what was said",
    }
    yield "## In all"
    yield ""
    for letter in ALWAYS_ZERO:
        count = sum(each.counts.get(letter, 0) for each in found)
        yield f"- {letter}, {names[letter]}: {_of(count, incidents)}"
    texts = sum(each.texts for each in found)
    calm = [each for each in found if each.made == 0 and not each.error]
    yield (
        f"- S, repeated texts: {sum(each.repeats for each in found)} of {texts:,}, of which "
        f"{sum(each.unmarked for each in found)} did not say so; "
        f"{sum(each.repeats for each in calm)} without a fault"
    )
    steps = sum(
        int(late.get("steps", 0)) for each in found for late in (each.late, each.late_after_jump)
    )
    yield (
        f"- deadlines: {steps:,} steps of the clock, {sum(each.early for each in found)} early, "
        f"{sum(each.missed for each in found)} missed"
    )
    yield ""


def _of(count: int, whole: int) -> str:
    if count or not whole:
        return f"**{count} of {whole:,}**"
    return f"0 of {whole:,} (95 % bound 3/{whole:,} = {3 / whole:.2%})"


def _alone(found: list[Result]) -> Iterator[str]:
    """Rounds without a stack have a table of their own."""
    for each in found:
        fault = FAULTS.get(each.fault)
        if fault is None or fault.alone is None or not each.measured:
            continue
        yield f"## {fault.sentence}"
        yield ""
        yield "| " + " | ".join(each.measured) + " |"
        yield "|" + "---|" * len(each.measured)
        yield "| " + " | ".join(str(value) for value in each.measured.values()) + " |"
        yield ""


def _measured(found: list[Result]) -> Iterator[str]:
    alone = {name for name, fault in FAULTS.items() if fault.alone is not None}
    measured = [each for each in found if each.measured and each.fault not in alone]
    if not measured:
        return
    yield "## Measured besides"
    yield ""
    for each in measured:
        figures = ", ".join(f"{name} {value}" for name, value in each.measured.items())
        yield f"- {each.fault}: {figures}"
    yield ""


def _broken(found: list[Result]) -> Iterator[str]:
    if not found:
        return
    yield "## What did not hold"
    yield ""
    for each in found:
        yield f"- {each.fault}: {'; '.join([*each.broken, each.error]).strip('; ')}"
        for finding in each.findings:
            ids = ", ".join(finding["ids"][:3])
            what = finding.get("sentence", finding["letter"])
            yield f"  - {what} ({finding['count']}; {ids})"
    yield ""


def _untested(plan: Campaign, results: Mapping[str, Result]) -> Iterator[str]:
    absent = plan.not_here()
    skipped = [each for each in FAULTS.values() if each.name not in results.keys() | absent.keys()]
    yield "## Not tested"
    yield ""
    for name, why in absent.items():
        yield f"- {name}: this machine could not make it: {why}"
    for fault in skipped:
        yield f"- {fault.name}: not played"
    for text in NEVER:
        yield f"- {text}"
    yield ""


NEVER = (
    "several machines: all parts share one, so that no real network, clock or disk differs",
    "a disk that lies about fsync, memory that flips bits, a corrupted file system",
    "a real SMSC: the simulator answers as the protocol says, and badly where a fault asks it to",
    "months: a round lasts minutes, so what grows slowly does not show here",
)
