"""Clocks: from when to when somebody waited, by which limit, and what became of it. Pure.

Her clock runs from the opening of a need until anybody accepts, and until the first contact. Theirs
runs from when somebody at an organisation was told until they acknowledge and decide, and from
their yes until the first contact. The two are never mixed (response times, rule 1), and nothing is
subtracted from either.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.audit.figures.curves import End
from services.audit.figures.facts import OfferFact, RequestFact

Fact = OfferFact | RequestFact


class Clock(StrEnum):
    """What is waited for: the first two are of a service request, the others of an offer."""

    HER_ACCEPTANCE = "her-acceptance"
    HER_CONTACT = "her-contact"
    ACKNOWLEDGEMENT = "acknowledgement"
    DECISION = "decision"
    CONTACT = "contact"

    @property
    def hers(self) -> bool:
        """Whether it runs for a service request: no organisation is part of it."""
        return self in (Clock.HER_ACCEPTANCE, Clock.HER_CONTACT)


class Response(StrEnum):
    """What became of a wait by the cut: one alone. The last two are of service requests only."""

    IN_TIME = "answered-in-time"
    LATE = "answered-late"
    EXPIRED = "expired"
    """The limit passed without an answer: a failure."""
    OPEN = "open"
    ENDED = "ended-otherwise"
    NOT_TOLD = "not-told"
    """Nobody was told before the limit, and nobody answered: no silence of theirs, but ours."""
    NO_CONSENT = "awaiting-consent"
    NO_LIMIT = "no-limit"


DUE = (Response.IN_TIME, Response.LATE, Response.EXPIRED)
"""Answered, or the limit has passed."""
COUNTED = (*DUE, Response.OPEN, Response.ENDED)
EXCLUDED = (Response.NOT_TOLD, Response.NO_CONSENT, Response.NO_LIMIT)
"""Whose clock has not begun, or cannot be judged: counted apart, by reason."""


class Run(NamedTuple):
    """One wait from ``start``, by ``limit``, until it was ``over``; ``end`` tells how, and is none
    for one that is excluded.

    A need whose limit has passed goes on: it is open until somebody accepts. An offer is over then,
    unless it is answered late.
    """

    response: Response
    start: datetime
    over: datetime
    end: End | None
    limit: datetime | None


def run(fact: Fact, clock: Clock, cut: datetime, *, now: bool = False) -> Run | None:
    """A fact by one clock, as it was at ``cut``; none where the clock is none of it, or begins
    later. ``now``: by the answers that stand, in place of the first ones; limits are the first.
    """
    found = _RUNS[clock](fact, cut, now)
    return None if found is None or found.start > cut else found


def _judged(
    start: datetime, limit: datetime, answer: datetime | None, ended: datetime | None, cut: datetime
) -> Run:
    """A wait that is over when its limit has passed."""
    ended = _by(ended, cut)
    answer = _by(answer, ended or cut)
    if answer is not None:
        response = Response.IN_TIME if answer <= limit else Response.LATE
        return Run(response, start, max(answer, start), End.ANSWERED, limit)
    if limit < cut if ended is None else limit <= ended:
        return Run(Response.EXPIRED, start, max(limit, start), End.OTHERWISE, limit)
    if ended is not None:
        return Run(Response.ENDED, start, max(ended, start), End.OTHERWISE, limit)
    return Run(Response.OPEN, start, cut, End.OPEN, limit)


def _by(at: datetime | None, last: datetime) -> datetime | None:
    """An instant, if it had come by ``last``."""
    return at if at is not None and at <= last else None


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _her_acceptance(fact: Fact, cut: datetime, now: bool) -> Run | None:
    if not isinstance(fact, RequestFact):
        return None
    return _hers(fact, cut, fact.accept_by, fact.accepted_now if now else fact.accepted_at)


def _her_contact(fact: Fact, cut: datetime, now: bool) -> Run | None:
    if not isinstance(fact, RequestFact):
        return None
    return _hers(fact, cut, fact.contact_by, fact.contact_now if now else fact.contact_at)


def _hers(fact: RequestFact, cut: datetime, limit: datetime | None, answer: datetime | None) -> Run:
    """From the opening: also where consent came later. It goes on when its limit has passed."""
    start = fact.opened_at
    if _by(_first(fact.permitted_at, answer), cut) is None:
        return Run(Response.NO_CONSENT, start, start, None, limit)
    if limit is None:
        return Run(Response.NO_LIMIT, start, start, None, limit)
    found = _judged(start, limit, answer, fact.ended_at, cut)
    if found.response is not Response.EXPIRED:
        return found
    ended = _by(fact.ended_at, cut)
    end = End.OPEN if ended is None else End.OTHERWISE
    return found._replace(over=ended or cut, end=end)


def _theirs(fact: OfferFact, cut: datetime, limit: datetime, answer: datetime | None) -> Run:
    """From when they were told; from the asking, where they answered untold: no answer can make a
    wait shorter than it was."""
    last = _by(fact.ended_at, cut) or cut
    told = _by(_by(fact.told_at, limit), last)
    said = _by(_first(fact.seen_at, fact.decided_at), last)
    if told is None and said is None:
        asked = fact.requested_at
        return Run(Response.NOT_TOLD, asked, asked, None, limit)
    start = fact.requested_at if told is None or (said and said < told) else told
    return _judged(start, limit, answer, fact.ended_at, cut)


def _acknowledgement(fact: Fact, cut: datetime, now: bool) -> Run | None:
    if not isinstance(fact, OfferFact):
        return None
    stands = (fact.seen_now, fact.decided_now) if now else (fact.seen_at, fact.decided_at)
    return _theirs(fact, cut, fact.answer_by, _first(*stands))


def _decision(fact: Fact, cut: datetime, now: bool) -> Run | None:
    if not isinstance(fact, OfferFact):
        return None
    seen = _by(_by(fact.seen_at, fact.answer_by), cut)
    limit = fact.answer_by if seen is None else fact.decide_by
    return _theirs(fact, cut, limit, fact.decided_now if now else fact.decided_at)


def _contact(fact: Fact, cut: datetime, now: bool) -> Run | None:
    """From their yes. Paused, the limit is the first one still; completed without a contact on
    record, it has ended otherwise."""
    if not isinstance(fact, OfferFact) or fact.accepted_at is None or fact.contact_by is None:
        return None
    answer = fact.contact_now if now else fact.contact_at
    return _judged(fact.accepted_at, fact.contact_by, answer, fact.ended_at, cut)


_RUNS: dict[Clock, Callable[[Fact, datetime, bool], Run | None]] = {
    Clock.HER_ACCEPTANCE: _her_acceptance,
    Clock.HER_CONTACT: _her_contact,
    Clock.ACKNOWLEDGEMENT: _acknowledgement,
    Clock.DECISION: _decision,
    Clock.CONTACT: _contact,
}
