"""What is needed: what was asked for, and what the law opens by itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.intake.model.consents import BY_LAW, LAWFUL, SERVICE, Consent, Given, Group, Terms
from services.intake.model.report import Report
from shared.errors import Invalid
from shared.events.words import Urgency

NewId = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Duty:
    """A need that opens by itself. ``ground`` permits it for ``kinds``; without one a consent
    must."""

    service_type: str
    kinds: tuple[str, ...]
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class ClinicalClock:
    """Care that works only for so long after sexual violence."""

    service_type: str
    urgency: Urgency
    within: timedelta
    code: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """What the jurisdiction adds to what was asked for. ``for_accused``: service types for the
    accused, which are told nothing of the survivor."""

    child: Duty
    danger: Duty
    clocks: tuple[ClinicalClock, ...] = ()
    for_accused: frozenset[str] = frozenset()


class Circumstances(Protocol):
    """As much of a report as decides what is needed."""

    @property
    def needs(self) -> tuple[str, ...]:
        """What was asked for."""
        ...

    @property
    def child_involved(self) -> bool:
        """Whether a child was hurt or saw it."""
        ...

    @property
    def sexual_violence_at(self) -> datetime | None:
        """When there was sexual violence, if there was."""
        ...

    @property
    def given(self) -> tuple[Given, ...]:
        """What was allowed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """Circumstances without a report: to see what would be needed."""

    needs: tuple[str, ...] = ()
    child_involved: bool = False
    sexual_violence_at: datetime | None = None
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that is needed. ``act_within``: instants until which care still works."""

    need_id: str
    service_type: str
    urgency: Urgency
    act_within: tuple[datetime, ...] = ()


def open_needs(
    report: Report, urgency: Urgency, law: Law, now: datetime, new_id: NewId
) -> tuple[Need, ...]:
    """Every need, each service type once; raises `Invalid` when there is none."""
    needs = needs_of(report, urgency, law, now, new_id)
    if not needs:
        raise Invalid("needs", "at least one is needed")
    return needs


def needs_of(
    report: Circumstances, urgency: Urgency, law: Law, now: datetime, new_id: NewId
) -> tuple[Need, ...]:
    """What was asked for, then what the law opens; it may be nothing."""
    ticking = ticking_clocks(report.sexual_violence_at, law, now)
    needs: list[Need] = []
    for service_type in dict.fromkeys(_service_types(report, urgency, law)):
        clocks = ticking.get(service_type, [])
        need = Need(
            need_id=new_id(),
            service_type=service_type,
            urgency=min((urgency, *(each.urgency for _, each in clocks)), key=_rank),
            act_within=tuple(sorted(until for until, _ in clocks)),
        )
        needs.append(need)
    return tuple(needs)


def _rank(urgency: Urgency) -> int:
    return urgency.rank


def ticking_clocks(
    violence_at: datetime | None, law: Law, now: datetime
) -> dict[str, list[tuple[datetime, ClinicalClock]]]:
    """The clinical clocks that have not run out, by service type, each with its last instant."""
    found: dict[str, list[tuple[datetime, ClinicalClock]]] = {}
    if violence_at is None:
        return found
    for clock in law.clocks:
        if violence_at + clock.within > now:
            found.setdefault(clock.service_type, []).append((violence_at + clock.within, clock))
    return found


def duties(report: Circumstances, urgency: Urgency, law: Law) -> Iterator[Duty]:
    """What the law opens by itself; without a ground, as soon as a consent permits it."""
    if report.child_involved:
        yield law.child
    if urgency is Urgency.IMMEDIATE:
        yield law.danger


def _service_types(report: Circumstances, urgency: Urgency, law: Law) -> Iterator[str]:
    yield from report.needs
    allowed = {given.terms.need for given in report.given}
    for duty in duties(report, urgency, law):
        if duty.ground is not None or duty.service_type in allowed:
            yield duty.service_type


def further_needs(
    supposed: Supposed, urgency: Urgency, law: Law, now: datetime, new_id: NewId
) -> tuple[Need, ...]:
    """The needs that are asked for later: those alone, with the urgency of their incident, or of
    the clocks that run."""
    opened = needs_of(supposed, urgency, law, now, new_id)
    return tuple(each for each in opened if each.service_type in supposed.needs)


def record_consents(
    everything: Sequence[Given],
    needs: tuple[Need, ...],
    lawful: tuple[Terms, ...],
    law: Law,
    new_id: NewId,
) -> tuple[Consent, ...]:
    """What was given, for the needs it was given for, and what the law adds (``lawful``).

    Raises `Invalid` for terms that fit no need, or tell a service for the accused of the survivor.
    """
    by_type = {need.service_type: need.need_id for need in needs}
    for position, given in enumerate(everything):
        field, terms = f"consents[{position}]", given.terms
        if terms.need not in by_type:
            raise Invalid(f"{field}.need", "is none of the needs")
        if terms.need in law.for_accused and set(terms.scope) - {Group.RISK}:
            raise Invalid(f"{field}.scope", "a service for the accused may be told the risk only")
    return tuple(
        Consent(consent_id=new_id(), need_id=by_type[terms.need], terms=terms)
        for terms in (*(given.terms for given in everything), *lawful)
    )


def lawful_terms(report: Report, urgency: Urgency, law: Law, answers: str) -> tuple[Terms, ...]:
    """What the law permits without asking, where nobody recorded that ground themselves.

    ``answers`` is the staff id of who answers for it: whoever took the report.
    """
    recorded = {
        (given.terms.need, given.terms.recipient_kind)
        for given in report.given
        if given.terms.ground is not None and given.terms.organisation is None
    }
    return tuple(
        Terms(
            need=duty.service_type,
            recipient_kind=kind,
            purpose=SERVICE,
            scope=LAWFUL,
            given_by=BY_LAW,
            how=BY_LAW,
            ground=duty.ground,
            named_person=answers,
        )
        for duty in duties(report, urgency, law)
        if duty.ground is not None
        for kind in duty.kinds
        if (duty.service_type, kind) not in recorded
    )
