"""What a page that asks for a report is given: words for its codes, and what it would come to.

Nothing here is of anybody, and nothing is kept.
"""

from datetime import datetime

from services.intake.views import Answer
from shared.events.words import Urgency


class Choice(Answer):
    """A code, and how it is said in the caller's language."""

    code: str
    label: str


class NeedChoice(Choice):
    """What may be asked for. ``kinds`` may be told of it; ``scope`` is ticked at first.

    ``for_accused``: it is for the accused, and is told the risk alone.
    """

    kinds: list[str]
    scope: list[str]
    for_accused: bool


class KindChoice(Choice):
    """A kind of organisation. ``ask``: the question whether it may be told."""

    ask: str


class SignChoice(Choice):
    """A danger sign. ``makes``: the least urgency that it makes by itself, if it makes one."""

    makes: Urgency | None


class NumberToCall(Answer):
    """An emergency number that may be shown."""

    number: str
    label: str
    calls_recorded: bool


class PlaceChoice(Choice):
    """A place. ``path``: what it lies in, the largest first: names repeat. ``more``: there are
    listed places in it. ``exact``: it is called just what was typed."""

    level: str
    path: list[Choice]
    more: bool
    exact: bool = False


class PlacesFound(Answer):
    """Places that may be meant, the nearest first; or those that lie right in one, in order."""

    places: list[PlaceChoice]


class FormsView(Answer):
    """What a report is asked with. ``written``: the languages that a case is worked in.

    ``consent_days``: how long a consent is asked for; ``safe_contact_days``: how long what is said
    of safe contact is relied on.
    """

    checklist: str
    needs: list[NeedChoice]
    kinds: list[KindChoice]
    groups: list[Choice]
    danger_signs: list[SignChoice]
    purposes: list[Choice]
    given_by: list[Choice]
    how: list[Choice]
    grounds: list[Choice]
    reporters: list[Choice]
    received_by: list[Choice]
    languages: list[Choice]
    written: list[Choice]
    access_needs: list[Choice]
    relations: list[Choice]
    safe_contact: list[Choice]
    exclusions: list[Choice]
    days: list[Choice]
    urgencies: list[Choice]
    numbers: list[NumberToCall]
    consent_days: int
    safe_contact_days: int


class WouldOpen(Choice):
    """A need that a report would open. ``asked``: it was asked for; else the law opens it, on
    ``ground``, or would as soon as somebody consents (``waits``)."""

    urgency: Urgency
    asked: bool
    ground: Choice | None
    waits: bool


class ClockRuns(Choice):
    """Care that works until ``until`` and no longer. ``asked``: its need is among those that would
    open."""

    service_type: str
    until: datetime
    asked: bool


class AssessmentView(Answer):
    """What a report would come to. ``why``: what made the urgency, in sentences; ``signs``: those
    of which one alone does."""

    urgency: Urgency
    urgency_label: str
    checklist: str
    why: list[str]
    signs: list[Choice]
    needs: list[WouldOpen]
    clocks: list[ClockRuns]
