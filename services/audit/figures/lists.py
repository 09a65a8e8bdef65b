"""Lists beside the figures: what was late, by how much; and what was needed that nobody had. Pure.

Both name cases or hold small counts: the late list is for the service's own people, and needs are
told by uppermost place to all others.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.audit.figures.clocks import Fact, Response, Run
from services.audit.figures.facts import RequestFact
from services.audit.figures.report import Asked, waits
from services.audit.figures.worked import seconds


class Late(NamedTuple):
    """One that was answered late, or has not been; ``over``: by how many seconds, at the cut."""

    fact: Fact
    run: Run
    over: int


class Unmet(NamedTuple):
    """Needs of one kind in one place that nobody met by the cut: where there was ``nobody`` to ask,
    and where all who were asked could not, would not or were silent."""

    service_type: str
    territory: str
    nobody: int
    refused: int


def late(facts: Iterable[Fact], asked: Asked) -> list[Late]:
    """The late list, the longest first; nothing for whoever is outside."""
    found = []
    for fact, run in () if asked.outside else waits(facts, asked):
        over = overdue(run, asked.cut)
        if over is not None:
            found.append(Late(fact, run, over))
    return sorted(found, key=lambda each: -each.over)


def overdue(run: Run, cut: datetime) -> int | None:
    """By how many seconds it was answered late, or has not been at ``cut``; none of any other."""
    limit, over = run.limit, run.over
    if limit is None or run.response not in (Response.LATE, Response.EXPIRED):
        return None
    return seconds(limit, over if over > limit else cut)


def unmet(facts: Iterable[Fact], asked: Asked) -> list[Unmet]:
    """By service and place, from her clock's waits: where none may be told, there are none."""
    if asked.outside and len(asked.area) > asked.depths[1]:
        return []
    digits = asked.depths[1] if asked.outside else None
    count: Counter[tuple[str, str, bool]] = Counter()
    for fact, _ in waits(facts, asked):
        if isinstance(fact, RequestFact) and is_unmet(fact, asked.cut):
            place = (fact.territory or "")[:digits]
            count[fact.service_type, place, fact.asked > 0] += 1
    kinds = sorted({kind[:2] for kind in count})
    return [Unmet(*kind, count[*kind, False], count[*kind, True]) for kind in kinds]


def is_unmet(fact: RequestFact, cut: datetime) -> bool:
    """Whether nobody had what was needed: nobody is left to ask, or it was closed for that."""
    if fact.ended_at is not None and fact.ended_at <= cut and fact.closed is not None:
        return fact.closed.unmet
    taken = fact.accepted_now is not None and fact.accepted_now <= cut
    return not taken and fact.exhausted_now is not None and fact.exhausted_now <= cut
