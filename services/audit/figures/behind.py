"""Behind: of which waits a number of a line is made. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.audit.figures.clocks import COUNTED, DUE, EXCLUDED, Fact, Response, Run
from services.audit.figures.curves import End
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.lines import Line
from services.audit.figures.lists import is_unmet
from services.audit.figures.report import Asked, Report, key, waits


class Number(StrEnum):
    """What a line counts; those of `Response` count one class each."""

    N = "n"
    DUE = "due"
    STILL_OPEN = "still-open"
    EXCLUDED = "excluded"
    PAUSED = "paused"
    ESCALATED = "escalated"
    VOIDED = "voided"
    UNMET = "unmet"
    """Of needs; a line counts none of it: it has a list of its own."""
    IN_TIME = Response.IN_TIME
    LATE = Response.LATE
    EXPIRED = Response.EXPIRED
    OPEN = Response.OPEN
    ENDED = Response.ENDED
    NOT_TOLD = Response.NOT_TOLD
    NO_CONSENT = Response.NO_CONSENT
    NO_LIMIT = Response.NO_LIMIT


_CLASSES = {Number.N: COUNTED, Number.DUE: DUE, Number.EXCLUDED: EXCLUDED}


def behind(
    facts: Iterable[Fact], asked: Asked, number: Number, part: str | None
) -> list[tuple[Fact, Run]]:
    """The waits of ``number``, of one part by the axis or of all, by their beginning.

    Nothing for whoever is outside: a row is of one case.
    """
    if asked.outside:
        return []
    part_of = key(asked)
    found = [
        (fact, run)
        for fact, run in waits(facts, asked)
        if _counts(number, fact, run, asked) and part in (None, part_of(fact, run))
    ]
    return sorted(found, key=lambda each: (each[1].start, id_of(each[0])))


def count(made: Report, number: Number, part: str | None) -> int:
    """How many `behind` finds, out of a report of the same."""
    lines = {each.key: each for each in made.parts} if made.asked.axis else {"": made.whole}
    line = made.whole if part is None else lines.get(part)
    return 0 if line is None or made.asked.outside else counts(line)[number]


def counts(line: Line) -> Mapping[Number, int]:
    """What a line that nobody held anything back of says of each number."""
    left_out = line.excluded or {}
    classes = dict.fromkeys(EXCLUDED, 0) | dict(line.responses or {}) | dict(left_out)
    found = {
        Number.N: line.n,
        Number.DUE: line.in_time and line.in_time.whole,
        Number.STILL_OPEN: line.still_open,
        Number.EXCLUDED: sum(left_out.values()),
        Number.PAUSED: line.paused,
        Number.ESCALATED: line.escalated,
        Number.VOIDED: line.voided,
    }
    return {each: told or 0 for each, told in found.items()} | {
        Number(each.value): told for each, told in classes.items()
    }


def id_of(fact: Fact) -> str:
    """What a wait is of: the offer, or the need."""
    return fact.offer_id if isinstance(fact, OfferFact) else fact.service_request_id


def _counts(number: Number, fact: Fact, run: Run, asked: Asked) -> bool:
    if number in _CLASSES:
        return run.response in _CLASSES[number]
    if number is Number.UNMET:
        return isinstance(fact, RequestFact) and is_unmet(fact, asked.cut)
    if number is Number.STILL_OPEN:
        return run.end is End.OPEN
    marks = {Number.PAUSED: fact.on_hold_at, Number.VOIDED: fact.voided_at}
    if isinstance(fact, OfferFact):
        marks[Number.ESCALATED] = fact.escalated_at
    if number in (Number.PAUSED, Number.VOIDED, Number.ESCALATED):
        at = marks.get(number)
        return run.end is not None and at is not None and at <= asked.cut
    return run.response.value == number.value
