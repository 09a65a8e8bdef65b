"""What may be told to whom: by consent, or on a recorded ground that somebody answers for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import Conflict, Invalid


class Group(StrEnum):
    """Groups of fields that can be consented to. Each is encrypted by itself."""

    IDENTITY = "identity"
    CONTACT = "contact"
    LOCATION = "location"
    STORY = "story"
    HEALTH = "health"
    CHILDREN = "children"
    RISK = "risk"
    SAFE_CONTACT = "safe-contact"


SERVICE = "service"
"""The purpose of a referral: to be given the service that is needed."""
BY_LAW = "law"
"""Who gives, and how, where the law opens a need without asking."""
LAWFUL = (Group.IDENTITY, Group.LOCATION, Group.STORY, Group.CHILDREN, Group.RISK)
"""What a duty by law shares: enough to find and to judge, and no way to call the survivor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is allowed: for which need (a service type), to whom, what for, and which fields.

    Either it ends (``until``), or it rests on a ``ground`` for which ``named_person`` answers.
    """

    need: str
    recipient_kind: str
    purpose: str
    scope: tuple[Group, ...]
    given_by: str
    how: str
    organisation: str | None = None
    until: datetime | None = None
    ground: str | None = None
    named_person: str | None = None

    @property
    def by_law(self) -> bool:
        """Whether nobody gave it but the law."""
        return self.given_by == BY_LAW

    def covers(self, organisation: str, kind: str) -> bool:
        """Whether this organisation is meant."""
        return kind == self.recipient_kind and self.organisation in (None, organisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Terms as they were given; ``basis`` is why this person may give them, in their words."""

    terms: Terms
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Terms that were recorded for a need of an incident."""

    consent_id: str
    need_id: str
    terms: Terms
    withdrawn_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it allows anything now."""
        ended = self.terms.until is not None and self.terms.until <= now
        return self.withdrawn_at is None and not ended


def in_force(consents: Iterable[Consent], need_id: str, now: datetime) -> tuple[Consent, ...]:
    """What permits a need now."""
    return tuple(each for each in consents if each.need_id == need_id and each.in_force(now))


def standing(consents: Iterable[Consent], asked: Consent, now: datetime) -> Consent | None:
    """What is in force already and says the same."""
    held = in_force(consents, asked.need_id, now)
    return next((each for each in held if each.terms == asked.terms), None)


def answered_for(
    consents: Iterable[Consent], able: Collection[str], reporter: str
) -> tuple[Consent, ...]:
    """The same, each ground with whom it names if they are ``able`` to answer for it, else with
    whoever reports: they said it, and no report is refused for whom it names."""
    return tuple(
        each
        if each.terms.ground is None or each.terms.named_person in able
        else replace(each, terms=replace(each.terms, named_person=reporter))
        for each in consents
    )


def withdraw(consent: Consent, now: datetime) -> Consent:
    """The consent, withdrawn; once withdrawn it stays as it was.

    Raises `Conflict` for what rests on the law alone: nobody gave it, so nobody takes it back.
    """
    if consent.terms.by_law:
        raise Conflict("it rests on a duty by law, not on a consent")
    return consent if consent.withdrawn_at else replace(consent, withdrawn_at=now)


def check_source(field: str, given: Given) -> None:
    """Raises `Invalid` where nobody could have given this.

    A consent ends; a ground has somebody who answers for it. Officers give no consent, they
    record a ground; a representative says on what basis they speak.
    """
    terms = given.terms
    if (terms.ground is None) == (terms.until is None):
        raise Invalid(f"{field}.until", "give either an end, or a ground and a named person")
    if (terms.ground is None) != (terms.named_person is None):
        raise Invalid(f"{field}.named_person", "belongs to a ground, and a ground needs one")
    if (terms.given_by == "officer") != (terms.ground is not None):
        raise Invalid(f"{field}.given_by.who", "officers record a ground, others give a consent")
    if terms.given_by == "representative" and given.basis is None:
        raise Invalid(f"{field}.given_by.basis", "is needed: on what basis they speak for another")
