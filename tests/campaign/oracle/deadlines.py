"""Deadlines: what the clock did before its time, never, or late, by the database's own clock.

What referral says after a step holds the deadline of the state that was entered; the step that the
clock then takes is an event without a cause and without an act. A further tier is told half way
between the last one and the deadline. A deadline that the database's clock jumped over counts from
where the jump ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.words import OfferStatus
from tests.campaign.ledger import Ledger
from tests.campaign.oracle.events import CHANGED, REQUESTED
from tests.campaign.oracle.evidence import Evidence, Said

GRACE = timedelta(seconds=5)
"""The longest that a pass sleeps: what is due for less than this is not missed yet."""
_BY_CLOCK = {OfferStatus.EXPIRED, OfferStatus.FAILED}
_OPEN = {OfferStatus.REQUESTED, OfferStatus.RECEIVED}


@dataclass(frozen=True, slots=True)
class Lateness:
    """Steps of the clock. ``late`` and ``late_after_jump``: seconds after the deadline, sorted."""

    early: tuple[str, ...]
    missed: tuple[str, ...]
    late: tuple[float, ...]
    late_after_jump: tuple[float, ...]


def lateness(seen: Evidence, ledger: Ledger) -> Lateness:
    """Every step that the clock took, held against the time it was due."""
    early: list[str] = []
    late: list[float] = []
    jumped: list[float] = []
    for offer, due, done in _steps(seen):
        start = next((end for begin, end in ledger.turned if begin <= due < end), due)
        seconds = (done - start).total_seconds()
        if done < due:
            early.append(f"{offer}: {(due - done).total_seconds():.3f} s")
        else:
            (late if start == due else jumped).append(max(0.0, seconds))
    return Lateness(tuple(early), tuple(_missed(seen)), _sorted(late), _sorted(jumped))


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile of sorted values; none of none."""
    found = list(values)
    if not found:
        return None
    return found[min(len(found) - 1, int(share * len(found)))]


def _sorted(values: list[float]) -> tuple[float, ...]:
    return tuple(sorted(values))


def _steps(seen: Evidence) -> Iterator[tuple[str, datetime, datetime]]:
    """Offer, when it was due, when the clock did it."""
    told: dict[str, list[Said]] = defaultdict(list)
    for each in seen.said:
        if each.type in {CHANGED, REQUESTED}:
            told[each.data["offer_id"]].append(each)
    for offer, events in told.items():
        yield from _of_one(offer, sorted(events, key=lambda each: (each.version, each.seq or 0)))


def _of_one(offer: str, events: list[Said]) -> Iterator[tuple[str, datetime, datetime]]:
    deadline: datetime | None = None
    tier_told: datetime | None = None
    for each in events:
        by_clock = each.cause is None and each.act is None
        if each.type == REQUESTED:
            if by_clock and tier_told is not None:
                ends = datetime.fromisoformat(each.data["deadline"])
                yield offer, tier_told + (ends - tier_told) / 2, each.time
            tier_told = each.time
            continue
        if by_clock and each.data["after"] in _BY_CLOCK and deadline is not None:
            yield offer, deadline, each.time
        ends_at = each.data.get("deadline")
        deadline = datetime.fromisoformat(ends_at) if ends_at else None


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
