"""Views of sittings and actions that the committee service's HTTP returns.

What is hidden from whoever looks is in none of them, and numbers are counted without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from typing import Self

from pydantic import BaseModel

from services.committee.about import About
from services.committee.actions.model import Action, Control, Status, Stood, What
from services.committee.sittings.model import (
    Attendance,
    Decision,
    Invited,
    Item,
    Kind,
    Result,
    Sitting,
    Source,
    State,
    Topic,
)
from shared.http.pages import Next

SETTLED = {"left", "result", "votes", "chair", "decisions", "closed"}
"""Of an item, what an outcome rests on: how far its case has come is no part of it."""


class QuorumView(BaseModel):
    """``seats`` in office that day, how many were needed and how many were filled."""

    seats: int
    needed: int
    filled: int


class SittingView(BaseModel):
    """A sitting; ``number`` of its year, once it was held."""

    sitting_id: str
    committee_id: str
    number: int | None
    kind: Kind
    state: State
    starts: datetime
    ends: datetime | None
    held_on: date | None
    place: str
    chair: str | None
    secretary: str | None
    quorum: QuorumView | None

    @classmethod
    def of(cls, sitting: Sitting) -> Self:
        """Without its agenda."""
        return cls.model_validate(_known(sitting))


class VotesView(BaseModel):
    """How a vote went, in seats."""

    in_favour: int
    against: int
    abstained: int


class DecisionView(BaseModel):
    """A decision; ``point`` of its item."""

    decision_id: str
    point: int
    what: What
    body: str
    person: str | None
    due: date
    control: Control

    @classmethod
    def of(cls, point: int, decision: Decision) -> Self:
        """At its place."""
        return cls(point=point, **asdict(decision))


class ItemView(BaseModel):
    """An item, who left for it, and what came of it: ``result`` is absent until then.

    ``public_ids``, ``journal_no`` and ``work`` say which it is of several that are about the same.
    ``seen`` is another once anything of its outcome is: whoever records one says what they saw.
    """

    item_id: str
    matter_id: str
    number: int
    source: Source
    topic: Topic
    public_ids: list[str]
    journal_no: str | None
    work: str | None
    left: list[str]
    result: Result | None
    votes: VotesView | None
    chair: str | None
    decisions: list[DecisionView]
    closed: bool
    seen: str = ""

    @classmethod
    def of(cls, item: Item, about: About) -> Self:
        """As whoever looks sees it."""
        outcome = item.outcome
        decisions: Sequence[Decision] = outcome.decisions if outcome else ()
        votes = outcome.votes if outcome else None
        view = cls(
            item_id=item.item_id,
            matter_id=item.matter_id,
            number=item.number,
            source=item.source,
            topic=item.topic,
            **asdict(about),
            left=sorted(item.left),
            result=outcome.result if outcome else None,
            votes=VotesView(**asdict(votes)) if votes else None,
            chair=outcome.chair if outcome else None,
            decisions=[DecisionView.of(*each) for each in enumerate(decisions, 1)],
            closed=item.closed_at is not None,
        )
        return view.model_copy(update={"seen": _tag(view.model_dump_json(include=SETTLED))})


class InvitedView(BaseModel):
    """Another body; ``came`` and ``signed`` once it was held."""

    body: str
    came: bool | None
    signed: bool | None


class AttendanceView(BaseModel):
    """A member who was present, or sent apologies."""

    staff_id: str
    status: Attendance


class MinutesView(SittingView):
    """A whole sitting. ``closed``: each of its items is. ``seen`` is another once anything is that
    was planned, recorded or decided. ``correctable``: whoever asks may still say who was there."""

    agenda: list[ItemView]
    invited: list[InvitedView]
    attendance: list[AttendanceView]
    closed: bool
    seen: str = ""
    correctable: bool = False

    @classmethod
    def whole(
        cls,
        sitting: Sitting,
        items: Sequence[ItemView],
        invited: Iterable[Invited],
        attended: dict[str, Attendance],
    ) -> Self:
        """With its agenda, and who was there."""
        view = cls.model_validate(
            _known(sitting)
            | {
                "agenda": items,
                "invited": [asdict(each) for each in invited],
                "attendance": [
                    AttendanceView(staff_id=who, status=how) for who, how in attended.items()
                ],
                "closed": bool(items) and all(each.closed for each in items),
            }
        )
        shown = view.model_dump_json(exclude={"agenda", "number", "correctable"})
        tags = [f"{each.item_id} {each.seen}" for each in view.agenda]
        return view.model_copy(update={"seen": _tag(shown, *tags)})


class BarredView(BaseModel):
    """Staff ids of members who must not hear an item, by its id; items that all may hear are not
    here. ``unheard``: items of which it is unknown yet, so everybody stands there; it takes moments
    until intake has said."""

    items: dict[str, list[str]]
    unheard: list[str]

    @classmethod
    def of(cls, barred: Mapping[str, frozenset[str]], unheard: Sequence[str]) -> Self:
        """As it stands now."""
        named = {item: sorted(who) for item, who in barred.items() if who}
        return cls(items=named, unheard=list(unheard))


class SittingsView(BaseModel):
    """Sittings of a year, the newest first."""

    sittings: list[SittingView]


class ActionView(BaseModel):
    """An action; ``overdue``: its day is over, and nothing was reported.

    ``public_ids`` and ``journal_no`` say which matter it is about.
    """

    action_id: str
    decision_id: str
    sitting_id: str
    committee_id: str
    matter_id: str
    public_ids: list[str]
    journal_no: str | None
    what: What
    body: str
    person: str | None
    decided_on: date
    due: date
    control: Control
    status: Status
    reported_on: date | None
    overdue: bool

    @classmethod
    def of(cls, action: Action, about: About, today: date) -> Self:
        """As it stands today."""
        overdue = {"overdue": action.is_overdue(today)}
        return cls.model_validate(asdict(action) | asdict(about) | overdue)


class StoodView(BaseModel):
    """How an action stood from ``since`` on, by whom, until it was changed."""

    since: datetime
    by: str
    person: str | None
    due: date
    status: Status
    reported_on: date | None


class ActionStoryView(ActionView):
    """An action, and how it stood before, the oldest first; with how it stands now."""

    story: list[StoodView]

    @classmethod
    def told(cls, action: ActionView, story: Iterable[Stood]) -> Self:
        """With all that was said of it."""
        return cls.model_validate(action.model_dump() | {"story": [asdict(each) for each in story]})


class ActionsView(BaseModel):
    """A page of actions, by the day on which they are due."""

    actions: list[ActionView]
    next: Next = None


def _tag(*facts: str) -> str:
    return sha256("\n".join(facts).encode()).hexdigest()[:32]


def _known(sitting: Sitting) -> dict[str, object]:
    return asdict(sitting)
