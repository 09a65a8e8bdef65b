"""Deadlines: what the clock did before its time, never, or late, by the database's own clock.

What referral says after a step holds the deadline of the state that was entered; the step that the
clock then takes is an event without a cause and without an act. A further tier is told half way
between the last one and the deadline. What the database's clock jumped over while somebody waited
is no time that anybody waited.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.events.words import OfferStatus
from shared.runtime.jobs import LONGEST_SLEEP
from tests.campaign.ledger import Ledger, Turned
from tests.campaign.oracle.events import CHANGED, REQUESTED
from tests.campaign.oracle.evidence import Evidence, Said

GRACE = timedelta(seconds=1.5 * LONGEST_SLEEP)
"""More than a pass sleeps: what is due for less than this is not missed yet."""
_BY_CLOCK = {OfferStatus.EXPIRED, OfferStatus.FAILED}
_OPEN = {OfferStatus.REQUESTED, OfferStatus.RECEIVED}


@dataclass(frozen=True, slots=True)
class Lateness:
    """Steps of the clock. ``late``, ``late_after_jump``: seconds after the deadline, sorted.

    After a jump of the clock everything that it jumped over is due at once.
    """

    early: tuple[str, ...]
    missed: tuple[str, ...]
    late: tuple[float, ...]
    late_after_jump: tuple[float, ...]


def lateness(seen: Evidence, ledger: Ledger) -> Lateness:
    """Every step that the clock took, held against the time it was due."""
    early: list[str] = []
    late: list[float] = []
    jumped: list[float] = []
    for step in _steps(seen):
        skipped = sum((_skipped(step, turn) for turn in ledger.turned), timedelta())
        seconds = (step.done - step.due - skipped).total_seconds()
        if step.done < step.due:
            early.append(f"{step.offer}: {(step.due - step.done).total_seconds():.3f} s")
        else:
            (jumped if skipped else late).append(max(0.0, seconds))
    return Lateness(tuple(early), tuple(_missed(seen)), _sorted(late), _sorted(jumped))


class _Step(NamedTuple):
    """A deadline and the step that the clock took for it."""

    offer: str
    due: datetime
    done: datetime
    asked: int
    """The number of the row that set the deadline, and of the one that tells of the step."""
    took: int


def _skipped(step: _Step, turn: Turned) -> timedelta:
    """How much of the wait from the deadline on the clock jumped over."""
    if not (step.asked <= turn.after and turn.before < step.took):
        return timedelta()  # the deadline came after the jump, or the step before it
    return max(timedelta(), min(step.done, turn.end) - max(step.due, turn.start))


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile of sorted values; none of none."""
    found = list(values)
    if not found:
        return None
    return found[min(len(found) - 1, int(share * len(found)))]


def _sorted(values: list[float]) -> tuple[float, ...]:
    return tuple(sorted(values))


def _steps(seen: Evidence) -> Iterator[_Step]:
    told: dict[str, list[Said]] = defaultdict(list)
    for each in seen.said:
        if each.type in {CHANGED, REQUESTED}:
            told[each.data["offer_id"]].append(each)
    for offer, events in told.items():
        yield from _of_one(offer, sorted(events, key=lambda each: (each.version, each.seq or 0)))


def _of_one(offer: str, events: list[Said]) -> Iterator[_Step]:
    asked: Said | None = None
    tier: Said | None = None
    for each in events:
        by_clock = each.cause is None and each.act is None
        if each.type == REQUESTED:
            if by_clock and tier is not None:
                ends = datetime.fromisoformat(each.data["deadline"])
                due = tier.time + (ends - tier.time) / 2
                yield _Step(offer, due, each.time, tier.number, each.number)
            tier = each
            continue
        if by_clock and each.data["after"] in _BY_CLOCK and asked is not None:
            due = datetime.fromisoformat(asked.data["deadline"])
            yield _Step(offer, due, each.time, asked.number, each.number)
        asked = each if each.data.get("deadline") else None


def _missed(seen: Evidence) -> Iterator[str]:
    for row in seen.tables["offers"]:
        due = [at for at in (row["deadline"], row["next_tier_at"]) if at is not None]
        if due and min(due) < seen.now - GRACE:
            yield f"offer {row['id']} was due {min(due).isoformat()}"
    for row in seen.tables["requests"]:
        if row["next_due"] is not None and row["next_due"] < seen.now - GRACE:
            yield f"service request {row['id']} was due {row['next_due'].isoformat()}"
    status = {row["id"]: row["status"] for row in seen.tables["offers"]}
    for offer in seen.tables["offers"]:
        if status[offer["id"]] in _OPEN and offer["deadline"] is None:
            yield f"offer {offer['id']} is open without a deadline"
