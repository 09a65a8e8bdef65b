"""Sittings: agenda, presence, quorum, votes and decisions. Pure.

Nobody's words stand here: what was heard and said is on paper. Emergency sittings have the quorum
of ordinary ones: nothing was found that says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.committee.actions.model import Control, What
from services.committee.sittings.room import Quorum, Room, quorum
from shared.errors import Conflict, Invalid


class Kind(StrEnum):
    """Whether it was in the plan."""

    ORDINARY = "ordinary"
    EMERGENCY = "emergency"


class State(StrEnum):
    """How far it has come. Whether its minutes are closed is told by its items, one by one."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Where an item of the agenda comes from."""

    PLAN = "plan"
    APPEAL = "appeal"
    OWN = "own"


class Topic(StrEnum):
    """What an item is about, as far as an agenda on a wall may say."""

    OPEN_ACTIONS = "open-actions"
    APPEAL = "appeal"
    CASE = "case"
    FAMILIES = "at-risk-families"
    PREVENTION = "prevention"
    PROGRAMME = "corrective-programme"
    AID = "aid"
    PLAN = "plan"
    REPORT = "report"
    MEMBERS = "members"
    OTHER = "other"


class Attendance(StrEnum):
    """Whether a member came; of whom nothing is said, nothing was heard."""

    PRESENT = "present"
    APOLOGIES = "apologies"
    INFORMED = "apologies-informed"
    """They sent what they know about the items."""


class Result(StrEnum):
    """What came of an item."""

    DECIDED = "decided"
    NOT_ADOPTED = "not-adopted"
    NOTED = "noted"
    """Heard, and nothing to decide."""
    POSTPONED = "postponed"
    DROPPED = "dropped"
    """Not dealt with, and not to be."""

    @property
    def is_voted(self) -> bool:
        """Whether it takes a vote, and so a quorum."""
        return self in (Result.DECIDED, Result.NOT_ADOPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A sitting. ``place`` is a full SOATE code; ``chair`` and ``secretary`` are staff ids.

    ``number`` in its year, as whoever looks may count it; none before it was held.
    """

    sitting_id: str
    committee_id: str
    kind: Kind
    starts: datetime
    place: str
    state: State = State.PLANNED
    ends: datetime | None = None
    chair: str | None = None
    secretary: str | None = None
    held_on: date | None = None
    quorum: Quorum | None = None
    number: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Invited:
    """Another body at a sitting. ``came`` is none before it was held; ``signed``: confidential."""

    body: str
    came: bool | None = None
    signed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a body is to do by a day; ``person``: the member who sees to it."""

    decision_id: str
    what: What
    body: str
    due: date
    control: Control
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Votes:
    """How a vote went, in seats."""

    in_favour: int
    against: int
    abstained: int

    @property
    def cast(self) -> int:
        """All of them."""
        return self.in_favour + self.against + self.abstained


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an item. ``chair``: who led it, where that was not the sitting's."""

    result: Result
    votes: Votes | None = None
    chair: str | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of an agenda. ``number`` as whoever looks may count it; ``left``: staff ids."""

    item_id: str
    sitting_id: str
    committee_id: str
    matter_id: str
    source: Source
    topic: Topic
    number: int = 0
    left: frozenset[str] = frozenset()
    outcome: Outcome | None = None
    closed_at: datetime | None = None


def sourced(item: Item) -> Item:
    """``item``, or `Invalid` where it is said wrongly, or not at all, what it is about."""
    if (item.source is Source.OWN) == bool(item.matter_id):
        raise Invalid("matter_id", "is needed, but for an own item, which has none before")
    return item


def timed(sitting: Sitting) -> Sitting:
    """``sitting``, or `Invalid` where it ends before it begins."""
    if sitting.ends is not None and sitting.ends <= sitting.starts:
        raise Invalid("ends", "must be after it begins")
    return sitting


def reinstated(sitting: Sitting, day: date, today: date) -> Sitting:
    """``sitting``, which was to be on ``day``, planned again. One that is planned stays as it is.

    Raises `Conflict` for one that was held, and once its day is over.
    """
    if sitting.state is State.PLANNED:
        return sitting
    if sitting.state is State.HELD:
        raise Conflict("this sitting was held", state=sitting.state)
    if day < today:
        raise Conflict("its day is over: plan another sitting", state=sitting.state)
    return replace(sitting, state=State.PLANNED, version=sitting.version + 1)


Attended = Sequence[tuple[str, Attendance]]
"""Staff ids, with whether they came."""


def seated(attended: Attended, room: Room) -> Attended:
    """``attended``; raises `Invalid` for somebody who is no member that day, or is named twice."""
    known: set[str] = set()
    for index, (staff_id, _) in enumerate(attended):
        if staff_id in known:
            raise Invalid(f"attendance[{index}].staff_id", "is named twice")
        if not room.sits(staff_id):
            raise Invalid(
                f"attendance[{index}].staff_id", "is no member of this committee on that day"
            )
        known.add(staff_id)
    return attended


def held(sitting: Sitting, attended: Attended, room: Room, above: int) -> Sitting:
    """``sitting`` as it was held by those of ``attended`` who were there.

    A sitting without a quorum was one too: it is kept, and cannot decide. Raises `Invalid` as
    `seated` does, and for a chair or a secretary who was not there.
    """
    seated(attended, room)
    for field, named in (("chair", sitting.chair), ("secretary", sitting.secretary)):
        if named not in room.here:
            raise Invalid(field, "must be somebody who was present")
    return replace(timed(sitting), state=State.HELD, held_on=room.day, quorum=quorum(room, above))


def hosting(bodies: Sequence[Invited]) -> tuple[Invited, ...]:
    """Which other bodies came. Raises `Invalid` for one named twice, or that signed unseen."""
    known: set[str] = set()
    for index, each in enumerate(bodies):
        if each.body in known:
            raise Invalid(f"invited[{index}].body", "is named twice")
        if each.signed and not each.came:
            raise Invalid(f"invited[{index}].signed", "is signed by whoever came alone")
        known.add(each.body)
    return tuple(bodies)


def settled(outcome: Outcome, sitting: Sitting, room: Room, left: frozenset[str]) -> int:
    """How many seats took part in an item that these had left, or may not know of; `Invalid` if
    this cannot be its outcome."""
    filled = room.filled(left)
    chair = outcome.chair or sitting.chair
    if chair not in room.here or chair in left:
        raise Invalid("chair", "must be somebody who was present and did not leave this item")
    if outcome.result.is_voted:
        _voted(outcome, sitting, filled)
    elif outcome.votes is not None:
        raise Invalid("votes", "belong to an item that was decided or not adopted")
    if (outcome.result is Result.DECIDED) != bool(outcome.decisions):
        raise Invalid("decisions", "belong to an item that was decided, which has at least one")
    for index, each in enumerate(outcome.decisions):
        _can_stand(f"decisions[{index}]", each, room, left)
    return filled


def _voted(outcome: Outcome, sitting: Sitting, filled: int) -> None:
    """Those who left count for no quorum: fewer than are needed would decide otherwise.

    What a tie comes to is in the committee's own rules, of which nothing was found: the secretary
    says which it was.
    """
    votes = outcome.votes
    if sitting.quorum is None or filled < sitting.quorum.needed:
        raise Invalid("result", "takes a quorum, and this item has none")
    if votes is None:
        raise Invalid("votes", "are needed: this item was voted on")
    if votes.cast > filled:
        raise Invalid("votes", "are more than were present and did not leave this item")
    if (outcome.result is Result.DECIDED) and (
        votes.in_favour == 0 or votes.in_favour < votes.against
    ):
        raise Invalid("votes", "are against it: it was not adopted")


def _can_stand(field: str, decision: Decision, room: Room, left: frozenset[str]) -> None:
    if decision.due < room.day:
        raise Invalid(f"{field}.due", "must not be before the sitting")
    person = decision.person
    if person is not None and (not room.sits(person) or person in left):
        raise Invalid(f"{field}.person", "must be a member on that day who did not leave this item")
