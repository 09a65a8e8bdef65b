"""Views of rosters: people by name alone, the duty number to who keeps it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from services.notify.people.model import Person
from services.notify.rosters.duty import Source
from services.notify.rosters.model import OnHolidays, Override, Roster, Turns, Window
from services.notify.rosters.shifts import Gap, Shift
from services.notify.rosters.weeks import Empty, Week
from services.notify.views import NameView
from shared.http.pages import Next, Page
from shared.times import iso_duration

Known = Mapping[str, Person]
"""Whom the caller may see, by staff id: others are left out."""


class MemberView(BaseModel):
    """Somebody in a roster."""

    staff_id: str
    name: str

    @classmethod
    def of(cls, staff_ids: Iterable[str], known: Known) -> list[Self]:
        """Those of them who are known, in order."""
        return [cls(staff_id=each, name=known[each].name) for each in staff_ids if each in known]


class TurnsView(BaseModel):
    """Who takes turns, by staff id, since when and for how long each."""

    groups: list[list[str]]
    since: str
    every: str

    @classmethod
    def of(cls, turns: Turns) -> Self:
        """As ``PUT /rosters`` takes them."""
        return cls(
            groups=[list(each) for each in turns.groups],
            since=turns.since.isoformat(),
            every=f"P{turns.days}D",
        )


class WindowView(BaseModel):
    """Watches, as they were written: local times without a zone, ISO 8601 and RFC 5545."""

    dtstart: str
    duration: str
    rrule: str
    turns: TurnsView | None
    holidays: OnHolidays

    @classmethod
    def of(cls, window: Window) -> Self:
        """As ``PUT /rosters`` takes it."""
        return cls(
            dtstart=window.starts.isoformat(),
            duration=iso_duration(window.duration),
            rrule=window.rrule,
            turns=window.turns and TurnsView.of(window.turns),
            holidays=window.holidays,
        )


class RosterView(BaseModel):
    """A roster: its people in order, and when their watches begin.

    ``phone``, the duty number, is shown to administrators alone.
    """

    roster_id: str
    organisation: str
    tier: int
    people: list[MemberView]
    windows: list[WindowView]
    phone: str | None

    @classmethod
    def of(cls, roster: Roster, known: Known, *, keeps: bool) -> Self:
        """With those of its people whom the caller may see; ``keeps``: with its number."""
        return cls(
            roster_id=roster.roster_id,
            organisation=roster.organisation,
            tier=roster.tier,
            people=MemberView.of(roster.people, known),
            windows=[WindowView.of(each) for each in roster.windows],
            phone=roster.phone if keeps else None,
        )


class DutyView(BaseModel):
    """Who is on duty at one tier, in the order of the roster."""

    tier: int
    people: list[NameView]


class Span(BaseModel):
    """From an instant until another."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    starts: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")


class OverrideView(Span):
    """What holds instead of a roster; who made it, and when."""

    override_id: str
    roster_id: str
    leaves: MemberView | None = Field(alias="out")
    steps_in: MemberView | None = Field(alias="in")
    reason: str
    made_by: str
    made_at: datetime

    @classmethod
    def of(cls, override: Override, known: Known) -> Self:
        """Whoever the caller may not see is left out."""
        leaves, steps_in = (
            next(iter(MemberView.of([each] if each else [], known)), None)
            for each in (override.leaves, override.steps_in)
        )
        return cls(
            starts=override.starts,
            ends=override.ends,
            override_id=override.override_id,
            roster_id=override.roster_id,
            leaves=leaves,
            steps_in=steps_in,
            reason=override.reason,
            made_by=override.made_by,
            made_at=override.made_at,
        )


class ServedView(MemberView):
    """Somebody in a shift, and why: by the roster's order, their turn, or an override."""

    source: Source
    override_id: str | None


class ShiftView(Span):
    """Who serves by a roster; ``empty``: nobody does, though somebody should."""

    roster_id: str
    tier: int
    people: list[ServedView]
    empty: bool

    @classmethod
    def of(cls, shift: Shift, known: Known) -> Self:
        """Whole: it may begin before the week, and end after it."""
        return cls(
            starts=shift.starts,
            ends=shift.ends,
            roster_id=shift.roster.roster_id,
            tier=shift.roster.tier,
            people=[
                ServedView(
                    staff_id=each.staff_id,
                    name=known[each.staff_id].name,
                    source=each.source,
                    override_id=each.override_id,
                )
                for each in shift.people
                if each.staff_id in known
            ],
            empty=not shift.people,
        )


class GapView(Span):
    """Nobody is on duty at a tier; ``others``: somebody of another tier is."""

    tier: int
    others: bool

    @classmethod
    def of(cls, gap: Gap) -> Self:
        """As it stands."""
        return cls(starts=gap.starts, ends=gap.ends, tier=gap.tier, others=gap.others)


class HolidayView(BaseModel):
    """A public holiday, as the country's files call it."""

    date: date
    name: str


class WeekView(Span):
    """Some days of an organisation: who serves when, when nobody does, and what was changed."""

    organisation: str
    zone: str
    holidays: list[HolidayView]
    shifts: list[ShiftView]
    gaps: list[GapView]
    overrides: list[OverrideView]

    @classmethod
    def of(cls, week: Week, zone: str) -> Self:
        """``zone``: in which its days begin and end."""
        return cls(
            starts=week.starts,
            ends=week.ends,
            organisation=week.organisation,
            zone=zone,
            holidays=[HolidayView(date=day, name=name) for day, name in week.holidays.items()],
            shifts=[ShiftView.of(each, week.known) for each in week.shifts],
            gaps=[GapView.of(each) for each in week.gaps],
            overrides=[OverrideView.of(each, week.known) for each in week.overrides],
        )


class EmptyView(BaseModel):
    """When an organisation has nobody on duty; ``rosters``: how many it has."""

    organisation: str
    rosters: int
    gaps: list[GapView]

    @classmethod
    def of(cls, found: Empty) -> Self:
        """As it stands."""
        return cls(
            organisation=found.organisation,
            rosters=found.rosters,
            gaps=[GapView.of(each) for each in found.gaps],
        )


class EmptiesView(BaseModel):
    """A page of organisations in which a shift of the next 7 days is empty."""

    organisations: list[EmptyView]
    next: Next

    @classmethod
    def of(cls, page: Page[Empty]) -> Self:
        """In their order."""
        return cls(organisations=[EmptyView.of(each) for each in page.rows], next=page.next)
