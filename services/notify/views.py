"""Views that notify's HTTP returns: names to whoever may choose one, contacts to who keeps them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.notify.calling.model import Callable
from services.notify.people.model import Person
from shared.http.pages import Next, Page


class NameView(BaseModel):
    """Somebody to choose by name."""

    staff_id: str
    name: str
    roles: list[str]
    active: bool

    @classmethod
    def of(cls, person: Person) -> Self:
        """Without contacts."""
        return cls(
            staff_id=person.staff_id,
            name=person.name,
            roles=sorted(person.roles),
            active=person.active,
        )


class NamesView(BaseModel):
    """A page of an organisation's staff, to choose from by name."""

    people: list[NameView]
    next: Next = None

    @classmethod
    def of(cls, page: Page[Person]) -> Self:
        """In their order."""
        return cls(people=[NameView.of(each) for each in page.rows], next=page.next)


class MatchView(BaseModel):
    """Somebody who may be meant: a name and where they serve, and nothing else."""

    name: str
    organisation: str


class MatchesView(BaseModel):
    """Who may be meant, the nearest first; they may all be somebody else."""

    matches: list[MatchView]

    @classmethod
    def of(cls, people: Iterable[Person]) -> Self:
        """In their order."""
        found = [MatchView(name=each.name, organisation=each.organisation) for each in people]
        return cls(matches=found)


class PersonView(NameView):
    """A whole entry of the register, for who keeps it."""

    organisation: str
    organisation_kind: str
    languages: list[str]
    phone: str | None
    desk_phone: str | None
    email: str | None
    territories: list[str]

    @classmethod
    def of(cls, person: Person) -> Self:
        """With contacts."""
        return cls(
            **NameView.of(person).model_dump(),
            organisation=person.organisation,
            organisation_kind=person.organisation_kind,
            languages=list(person.languages),
            phone=person.phone,
            desk_phone=person.desk_phone,
            email=person.email,
            territories=list(person.territories),
        )


class RecordView(PersonView):
    """A whole entry, and since when its owner is known to read what goes to each contact."""

    phone_verified_at: datetime | None
    email_verified_at: datetime | None

    @classmethod
    def of(cls, person: Person) -> Self:
        """With contacts."""
        return cls(
            **PersonView.of(person).model_dump(),
            phone_verified_at=person.phone_verified_at,
            email_verified_at=person.email_verified_at,
        )


class RegisterView(BaseModel):
    """A page of the register."""

    people: list[RecordView]
    next: Next

    @classmethod
    def of(cls, page: Page[Person]) -> Self:
        """In their order."""
        return cls(people=[RecordView.of(each) for each in page.rows], next=page.next)


class OutcomeView(BaseModel):
    """What became of a code; ``tries``: how many more it may be tried."""

    verified: bool
    tries: int


class ChallengeView(BaseModel):
    """At which positions of the PIN two digits are asked for; the first digit is at 1."""

    positions: tuple[int, int]


class JudgedView(BaseModel):
    """Whether two digits were right, and under which id that is on record. ``proof``, for 5
    minutes: what intake wants to see before anything is read out; absent of wrong ones."""

    check_id: str
    right: bool
    proof: str | None


class OwnView(NameView):
    """What the register says of somebody, for themselves; their contacts it has for others."""

    organisation: str
    organisation_kind: str
    languages: list[str]
    territories: list[str]

    @classmethod
    def of(cls, person: Person) -> Self:
        """Without contacts."""
        whole = PersonView.of(person).model_dump()
        return cls(**{name: whole[name] for name in cls.model_fields})


class FeedView(BaseModel):
    """Somebody's secret address of a calendar: since when there is one."""

    feed_id: str
    made_at: datetime


class NewFeedView(FeedView):
    """With where it is on this service, shown once."""

    path: str


class CalleeView(BaseModel):
    """Somebody on duty who may be called about a case; their private number is not here."""

    staff_id: str
    name: str
    desk_phone: str | None


class WatchView(BaseModel):
    """One tier: the duty numbers of its watch, then who is on duty, in order."""

    tier: int
    duty_phones: list[str]
    people: list[CalleeView]


class CallView(BaseModel):
    """Whom to call about an offer now. ``code_ends``: of the caller's own reply code, to tell which
    text belongs to which offer; absent when they were sent none."""

    offer_id: str
    organisation: str
    code_ends: str | None
    on_duty: list[WatchView]

    @classmethod
    def of(cls, found: Callable) -> Self:
        """As it stands."""
        return cls(
            offer_id=found.offer_id,
            organisation=found.organisation,
            code_ends=found.code_ends,
            on_duty=[
                WatchView(
                    tier=duty.tier,
                    duty_phones=list(duty.phones),
                    people=[
                        CalleeView(
                            staff_id=each.staff_id, name=each.name, desk_phone=each.desk_phone
                        )
                        for each in duty.people
                    ],
                )
                for duty in found.on_duty
            ],
        )


class NumberView(BaseModel):
    """A private number, and under which id its reading is recorded. ``phone``: none is known."""

    reading_id: str
    read_at: datetime
    staff_id: str
    name: str
    phone: str | None
