"""Actions: what a decision asks of a body by a day, and when somebody is reminded. Pure.

Kinds are the work that the founding document names. An action that came to nothing says why: the
circumstances changed, or the body did not do it; the two are never counted together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from shared.errors import Conflict, Invalid


class What(StrEnum):
    """What is to be done."""

    REFER = "refer"
    CONSIDER_JOINTLY = "consider-jointly"
    VISIT = "visit-family"
    TALK = "prevention-talk"
    PROGRAMME = "corrective-programme"
    LEGAL_AID = "legal-aid"
    COUNSEL = "counselling"
    DOCUMENTS = "restore-documents"
    CASH = "aid-cash"
    HOUSE = "aid-house"
    OTHER_AID = "aid-other"
    MEETING = "prevention-meeting"
    TRAINING = "training"
    INFORM = "inform"
    REPORT = "report-back"
    OTHER = "other"


class Control(StrEnum):
    """How it is seen that it was done."""

    AT_SITTING = "report-at-sitting"
    IN_WRITING = "report-in-writing"
    BY_VISIT = "visit"


class Status(StrEnum):
    """How it stands. The two ways of not being done are kept apart."""

    OPEN = "open"
    DONE = "done"
    CIRCUMSTANCES = "not-done-circumstances"
    BODY = "not-done-body"


class Reminder(StrEnum):
    """Texts that remind of an action."""

    SOON = "action-due-soon"
    TODAY = "action-due-today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``body`` is a code of whoever is to do it, ``person`` the staff id of who sees to it."""

    action_id: str
    decision_id: str
    sitting_id: str
    committee_id: str
    matter_id: str
    what: What
    body: str
    person: str | None
    decided_on: date
    due: date
    control: Control
    status: Status = Status.OPEN
    reported_on: date | None = None
    version: int = 1

    def is_overdue(self, today: date) -> bool:
        """Whether its day is over and nothing was reported."""
        return self.status is Status.OPEN and self.due < today


@dataclass(frozen=True, slots=True)
class Pace:
    """When people are reminded: so many days before, and on the day, at an hour of ``zone``."""

    days: int
    hour: int
    zone: tzinfo

    def reminders(self, action: Action) -> Iterator[tuple[datetime, Reminder]]:
        """All of an action's, in their order."""
        for before, reminder in ((self.days, Reminder.SOON), (0, Reminder.TODAY)):
            yield self._on(action.due - timedelta(days=before)), reminder

    def ends(self, now: datetime) -> datetime:
        """The end of the day that it is now: what a reminder says holds no longer."""
        return datetime.combine(self.day(now) + timedelta(days=1), time(), self.zone)

    def day(self, now: datetime) -> date:
        """The day that it is now."""
        return now.astimezone(self.zone).date()

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), self.zone)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an action, and on which day that was said. An open one has no such day: it
    takes back what was reported."""

    status: Status
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when, and who sees to it."""

    due: date
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """How an action stood from ``since`` on, as ``by`` said it."""

    since: datetime
    by: str
    person: str | None
    due: date
    status: Status
    reported_on: date | None


def changed(action: Action, terms: Terms) -> Action:
    """``action`` on other terms. Raises `Conflict` for one that was reported on, and `Invalid` for
    a day before the decision."""
    if action.status is not Status.OPEN:
        raise Conflict("this action was reported on: take that back first", state=action.status)
    if terms.due < action.decided_on:
        raise Invalid("due", "must not be before the decision")
    return replace(action, due=terms.due, person=terms.person, version=action.version + 1)


def reported(action: Action, report: Report, today: date) -> Action:
    """``action`` as reported; raises `Invalid` naming ``reported_on`` for a day that cannot be."""
    on = report.on
    if report.status is Status.OPEN:
        if on is not None:
            raise Invalid("reported_on", "belongs to a report: an open action has none")
    elif on is None:
        raise Invalid("reported_on", "says when it was reported, and is needed")
    elif on < action.decided_on:
        raise Invalid("reported_on", "must not be before the decision")
    elif on > today:
        raise Invalid("reported_on", "must not be in the future")
    return replace(action, status=report.status, reported_on=on, version=action.version + 1)


def next_reminder(action: Action, pace: Pace, now: datetime) -> datetime | None:
    """The first one that is still to come; none for an action that is open no more."""
    if action.status is not Status.OPEN:
        return None
    return next((at for at, _ in pace.reminders(action) if at > now), None)


def reminder(action: Action, pace: Pace, now: datetime) -> Reminder | None:
    """Which text is true now: the latest that is due, and none when the day itself is over.

    So whoever was kept from reminding for days says what holds today, and says it once.
    """
    if action.status is not Status.OPEN or pace.day(now) > action.due:
        return None
    passed = [each for at, each in pace.reminders(action) if at <= now]
    return passed[-1] if passed else None
