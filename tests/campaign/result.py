"""What came of a round, as it is kept in JSON and told in the report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.campaign.ledger import Ledger
from tests.campaign.oracle import LETTERS, Verdict, judge
from tests.campaign.oracle.deadlines import percentile
from tests.campaign.oracle.evidence import Evidence
from tests.campaign.people import TRY_AGAIN
from tests.campaign.scene import Must, Scene

ALWAYS_ZERO = ("L", "Z", "G", "D", "chain")
JITTER = 0.05
"""Seconds that measuring may add to a limit."""


@dataclass(frozen=True, slots=True)
class Result:
    """One round. ``broken`` says in sentences what did not hold; empty: all held."""

    fault: str
    seed: int
    incidents: int
    made: int = 0
    taken: int = 0
    given_up: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    repeats: int = 0
    unmarked: int = 0
    texts: int = 0
    early: int = 0
    missed: int = 0
    late: Mapping[str, float] = field(default_factory=dict)
    """``steps``, ``p50``, ``p99``, ``most``: seconds after the deadline."""
    late_after_jump: Mapping[str, float] = field(default_factory=dict)
    """The same of what was due all at once when the clock was turned."""
    gathered: Mapping[str, int] = field(default_factory=dict)
    """How much of each kind of evidence there was to judge."""
    normal: float | None = None
    """T: seconds from the end of the fault until nothing was overdue."""
    parked: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    first_try: Mapping[str, float] = field(default_factory=dict)
    """``p50``, ``p99``: seconds to a 2xx, of reports that were taken at the first try."""
    measured: Mapping[str, Any] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    broken: Sequence[str] = ()
    seconds: float = 0.0
    commit: str = ""
    """The state of the code when the round began."""
    at_once: int = 1
    """How many rounds shared the machine."""
    error: str = ""
    """Why the round did not come to its end, in one line."""

    @property
    def held(self) -> bool:
        """Whether everything held that had to."""
        return not self.broken and not self.error

    def write(self, path: Path) -> None:
        """As JSON, whole or not at all."""
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")
        new.rename(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The way back."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def spread_of(values: Sequence[float]) -> dict[str, float]:
    """Sorted seconds, in a few figures."""
    if not values:
        return {}
    p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
    figures = {"steps": len(values), "p50": p50, "p99": p99, "most": values[-1]}
    return {name: round(figure, 3) for name, figure in figures.items() if figure is not None}


def gathered(seen: Evidence, ledger: Ledger) -> dict[str, int]:
    """How much there was to judge: where there is none of a kind, nothing was proved of it."""
    kinds = ("incidents", "requests", "offers", "alerts", "messages", "answers")
    return {
        **{kind: len(seen.tables[kind]) for kind in kinds},
        "events": len(seen.said),
        "records": len(seen.heard),
        "texts": len(ledger.texts),
        "replies": len(ledger.typed),
        "receipts": len(ledger.receipts),
    }


def result_of(
    scene: Scene, seen: Evidence, ledger: Ledger, *, made: int, normal: float | None
) -> dict[str, Any]:
    """The figures of a round, judged."""
    verdict = judge(seen, ledger)
    lateness = verdict.lateness
    return {
        "made": made,
        "taken": len(ledger.taken),
        "given_up": len(ledger.given_up),
        "counts": {letter: verdict.count(letter) for letter in LETTERS},
        "findings": [asdict(each) for each in verdict.findings] + _more(verdict),
        "repeats": verdict.repeats.again,
        "unmarked": len(verdict.repeats.unmarked),
        "texts": len(ledger.texts) + len(ledger.mails),
        "early": len(lateness.early),
        "missed": len(lateness.missed),
        "late": spread_of(lateness.late),
        "late_after_jump": spread_of(lateness.late_after_jump),
        "gathered": gathered(seen, ledger),
        "normal": None if normal is None else round(normal, 1),
        "parked": len(verdict.parked),
        "refused": dict(ledger.refused),
        "first_try": spread_of(sorted(ledger.first_try)),
        "measured": scene.measured,
        "remarks": scene.remarks,
    }


def _more(verdict: Verdict) -> list[dict[str, Any]]:
    """What is counted beside the letters, with ids where a person will want to look."""
    lists = {
        "S unmarked": verdict.repeats.unmarked,
        "early": verdict.lateness.early,
        "missed": verdict.lateness.missed,
        "parked": verdict.parked,
        "unknown texts": verdict.unknown_texts,
    }
    return [
        {"letter": name, "count": len(ids), "ids": list(ids[:20])}
        for name, ids in lists.items()
        if ids
    ]


def broken(must: Must, figures: Mapping[str, Any], foreign: int) -> list[str]:
    """What did not hold, in sentences."""
    counts = figures["counts"]
    said = [f"{letter} is {counts[letter]}" for letter in ALWAYS_ZERO if counts[letter]]
    limits: dict[str, tuple[float, float]] = {
        "texts repeated without saying so": (figures["unmarked"], must.unmarked),
        "texts repeated": (figures["repeats"], must.repeats * figures["made"]),
        "steps before their time": (figures["early"], 0),
        "deadlines missed": (figures["missed"], 0),
        "records parked": (figures["parked"], must.parked),
        "reporters who gave up": (figures["given_up"], 0),
        "foreign records on the topics": (foreign, must.foreign),
    }
    said += [f"{what}: {is_}, allowed {may}" for what, (is_, may) in limits.items() if is_ > may]
    said += [f"no {kind} to judge" for kind, count in figures["gathered"].items() if not count]
    for name, what, limit in (
        ("late", "deadlines", must.late),
        ("late_after_jump", "deadlines that the clock jumped over", must.late_after_jump),
    ):
        late = figures[name].get("p99")
        if late is None:
            said.append(f"no {what} to judge")
        elif late > limit + JITTER:
            said.append(f"{what} late by {late} s at p99, allowed {limit:g} s")
    normal = figures["normal"]
    if normal is not None and normal > must.normal + JITTER:
        said.append(f"{normal} s to normal, allowed {must.normal:g} s")
    odd = {name: n for name, n in figures["refused"].items() if not _expected(name)}
    if odd:
        said.append(f"answers that must not be: {odd}")
    return said


def _expected(answer: str) -> bool:
    """503 and 409 say try again, a yes may come too late; what is no number is a broken line."""
    act, _, status = answer.rpartition("-")
    return not status.isdecimal() or status in ({"403", "404", "409", "503"} if act else TRY_AGAIN)
