"""Appeals of citizens. Pure.

The register of appeals (law No. 67 of 2007), without who wrote it or what was said: those are in
the paper journal, whose number stands here, or in intake where the appeal is an incident.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import Conflict, Invalid

UNKNOWN = "unknown"
"""An age band that nobody told."""
FUTURE = "must not be in the future"
OLDEST = timedelta(days=3653)
"""Ten years: beyond that a year was mistyped."""


class Way(StrEnum):
    """How it came."""

    WRITTEN = "written"
    ORAL = "oral"
    ELECTRONIC = "electronic"


class Kind(StrEnum):
    """The law's three kinds."""

    PROPOSAL = "proposal"
    APPLICATION = "application"
    COMPLAINT = "complaint"


class Subject(StrEnum):
    """What it is about, so far as that can be counted."""

    VIOLENCE = "domestic-violence"
    CHILD = "child"
    EARLY_MARRIAGE = "early-marriage"
    ALIMONY = "alimony"
    HOUSING = "housing"
    DOCUMENTS = "documents"
    MATERIAL_AID = "material-aid"
    ALCOHOL = "alcohol"
    NEIGHBOURS = "neighbours"
    WORK_OF_A_BODY = "work-of-a-body"
    OTHER = "other"


class Sex(StrEnum):
    """Of whoever wrote."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = UNKNOWN


class Answer(StrEnum):
    """What an appeal that is no incident was answered."""

    GRANTED = "granted"
    EXPLAINED = "explained"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    """To the body that it is for."""


class State(StrEnum):
    """Where it stands."""

    OPEN = "open"
    INCIDENT = "incident"
    """Opened in intake. It is answered there, by the safe contact, and never by a letter."""
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What of whoever wrote may be counted; none of it where several wrote together.

    ``village`` is a full SOATE code; ``age_band`` one of the jurisdiction's, or `UNKNOWN`.
    """

    village: str | None = None
    sex: Sex | None = None
    age_band: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer, and the day that is written on it. ``body``: to whom it was forwarded."""

    answer: Answer
    day: date
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal. ``answer_by`` is the last day for its answer; none where no law sets one."""

    appeal_id: str
    committee_id: str
    matter_id: str
    received_on: date
    journal_no: str
    way: Way
    collective: bool
    kind: Kind
    subject: Subject
    applicant: Applicant
    answer_by: date | None = None
    incident_id: str | None = None
    linked_on: date | None = None
    reply: Reply | None = None
    version: int = 1

    @property
    def state(self) -> State:
        """Where it stands; an incident is one whatever was answered before that was seen."""
        if self.incident_id is not None:
            return State.INCIDENT
        return State.OPEN if self.reply is None else State.ANSWERED

    @property
    def settled_on(self) -> date | None:
        """The day on which it was first acted upon."""
        days = [self.linked_on, self.reply.day if self.reply else None]
        return min((day for day in days if day is not None), default=None)

    def late(self, today: date) -> bool:
        """Whether nothing had become of it by its last day."""
        return self.answer_by is not None and (self.settled_on or today) > self.answer_by


def checked(appeal: Appeal, today: date) -> Appeal:
    """``appeal``, or `Invalid` naming the first field that cannot be."""
    if appeal.received_on > today:
        raise Invalid("received_on", FUTURE)
    if appeal.received_on < today - OLDEST:
        raise Invalid("received_on", "is more than ten years ago")
    for field in ("sex", "age_band"):
        given = getattr(appeal.applicant, field) is not None
        if given and appeal.collective:
            raise Invalid(field, "is not kept of several people")
        if not given and not appeal.collective:
            raise Invalid(field, "is needed unless several people wrote")
    return appeal


def corrected(known: Appeal, wanted: Appeal) -> Appeal:
    """What was entered, as it should have been. The same again changes nothing.

    Raises `Conflict` once something became of it.
    """
    new = replace(
        wanted,
        matter_id=known.matter_id,
        incident_id=known.incident_id,
        linked_on=known.linked_on,
        reply=known.reply,
        version=known.version,
    )
    if new.received_on == known.received_on:  # a holiday that was added since moves no day
        new = replace(new, answer_by=known.answer_by)
    if new.state is State.INCIDENT:
        new = _forgotten(new)
    if new == known:
        return known
    if known.state is not State.OPEN:
        raise Conflict("something became of it already: it is not corrected any more")
    return replace(new, version=known.version + 1)


def linked(appeal: Appeal, incident_id: str, today: date) -> Appeal:
    """It is an incident, also where it was answered as none. The same again changes nothing.

    From now on intake alone knows the village: in an ayil aimak that, a sex and an age are a name.
    Raises `Conflict` for one that is another incident.
    """
    if appeal.incident_id == incident_id:
        return appeal
    if appeal.incident_id is not None:
        raise Conflict("it is another incident already")
    new = replace(_forgotten(appeal), incident_id=incident_id, linked_on=today)
    return replace(new, version=appeal.version + 1)


def answered(appeal: Appeal, reply: Reply, today: date) -> Appeal:
    """It is none, and was answered: that closes it. The same again changes nothing.

    Raises `Conflict` for an incident, and for one that was answered otherwise.
    """
    if reply.day < appeal.received_on:
        raise Invalid("answered_on", "must not be before it was received")
    if reply.day > today:
        raise Invalid("answered_on", FUTURE)
    if (reply.body is not None) is not (reply.answer is Answer.FORWARDED):
        raise Invalid("forwarded_to", "is given where it was forwarded, and only there")
    if appeal.state is State.INCIDENT:
        raise Conflict("it is an incident: whoever wrote hears by the safe contact alone")
    if appeal.reply == reply:
        return appeal
    if appeal.reply is not None:
        raise Conflict("it was answered already")
    return replace(appeal, reply=reply, version=appeal.version + 1)


def _forgotten(appeal: Appeal) -> Appeal:
    return replace(appeal, applicant=replace(appeal.applicant, village=None))
