"""A report as it may be relied on: every field checked, phones in one spelling, times with zone."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.model.consents import Given
from services.intake.model.exclusions import NOBODY, Exclusions
from services.intake.model.plausible import ADULT

OWN_STAFF = frozenset({"staff", "organisation"})
"""Reporters of these kinds speak for an institution; the others are lay people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who told of it. ``phone`` is E.164, here and everywhere in a report."""

    kind: str
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """Whom it happened to. ``age`` in years, if known; from a birth year as `age_born` has it."""

    language: str
    name: str | None = None
    age: int | None = None
    birth_year: int | None = None
    phone: str | None = None
    address: str | None = None
    access_needs: tuple[str, ...] = ()

    @property
    def minor(self) -> bool:
        """Certainly under age: what is shared without consent must not rest on a guess."""
        return self.age is not None and self.age < ADULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """Who is said to have done it. ``organisation`` and ``staff_id``: where and as whom they
    serve, if the caller found them in the register."""

    name: str | None = None
    phone: str | None = None
    relation: str | None = None
    organisation: str | None = None
    staff_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child it happened to, or before whose eyes. ``age`` in years, under 18, if known."""

    age: int | None
    witness: bool
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeContact:
    """How the survivor may be reached without harm. ``opens`` and ``closes`` are local HH:MM."""

    channel: str
    language: str
    leave_message: bool
    phone: str | None = None
    days: tuple[str, ...] = ()
    opens: str | None = None
    closes: str | None = None
    who_may_answer: str | None = None
    code_word: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of a report could not be taken as it was sent, why, and what was done ``instead``; the
    words repeat nothing of it."""

    field: str
    message: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. ``territory`` is a full code; ``needs`` are those that were asked for.

    ``left_out`` is what is not in it although it was sent. ``hidden_from`` are the names of those
    who must not hear of it and are accused of nothing.
    """

    reporter: Reporter
    received_by_channel: str
    territory: str
    immediate_danger: bool
    needs: tuple[str, ...]
    danger_signs: tuple[str, ...]
    survivor: Survivor
    language: str
    claimed_at: datetime | None = None
    occurred_at: datetime | None = None
    sexual_violence_at: datetime | None = None
    accused: tuple[Accused, ...] = ()
    children: tuple[Child, ...] = ()
    safe_contact: SafeContact | None = None
    excluded: Exclusions = NOBODY
    hidden_from: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    text: str | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def child_involved(self) -> bool:
        """Whether a child was hurt or saw it: by law a survivor of its own."""
        return child_involved(self.survivor, self.children)


def child_involved(survivor: Survivor, children: tuple[Child, ...]) -> bool:
    """Whether a child was hurt or saw it: by law a survivor of its own."""
    return bool(children) or survivor.minor
