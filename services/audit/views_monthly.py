"""Views of the monthly report: as JSON for pages. Times are whole seconds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.audit.figures.clocks import Clock
from services.audit.figures.lines import Line
from services.audit.figures.monthly import Before, Monthly, Standing
from services.audit.figures.report import Axis
from services.audit.handlers.monthly import Listed, Made
from services.audit.ledger.notes import Note
from services.audit.store.checkpoints import Checkpoint
from services.audit.views_figures import LineView, UnmetView
from services.audit.views_silence import EdgeView, PointView
from services.audit.words_figures import Said


class SignedView(BaseModel):
    """A checkpoint as it was signed. ``note`` is all of it, to be held against any ledger."""

    size: int
    root: str
    signed_at: datetime
    note: str

    @classmethod
    def of(cls, checkpoint: Checkpoint | None) -> Self | None:
        """None before the first."""
        if checkpoint is None:
            return None
        text = Note.parse(checkpoint.note.encode()).text
        return cls(
            size=checkpoint.size,
            root=text.splitlines()[2],
            signed_at=checkpoint.signed_at,
            note=checkpoint.note,
        )


class BeforeView(BaseModel):
    """Another month for comparison; null: nothing is on record of it."""

    month: str
    cut: datetime
    lines: Mapping[Clock, LineView] | None

    @classmethod
    def of(cls, before: Before, place: str) -> Self:
        """As it may be shown."""
        lines = None if before.lines is None else views(before.lines, place)
        return cls(month=before.month.name, cut=before.cut, lines=lines)


class PartView(BaseModel):
    """One part by all clocks; a clock that has nothing of it is left out."""

    key: str
    label: str
    lines: Mapping[Clock, LineView]

    @classmethod
    def of(cls, key: str, lines: Mapping[Clock, Line], label: str) -> Self:
        """As it may be shown."""
        return cls(key=key, label=label, lines=views(lines, label))


class MonthlyView(BaseModel):
    """The report of one month and place.

    ``version``: over every number; two that say the same have the same. ``cut``: as of when;
    ``fixed``: as of when it is by the rule; ``heard_since``: words said by the cut, and heard after
    it. ``parts``: by place, service and urgency; ``passed_on``: offers by service.
    """

    month: str
    area: str
    place: str
    outside: bool
    cut: datetime
    fixed: datetime
    standing: Standing
    version: str
    heard_since: int
    checkpoint: SignedView | None
    lines: Mapping[Clock, LineView]
    before: Sequence[BeforeView]
    parts: Mapping[Axis, Sequence[PartView]]
    silence: Sequence[PointView]
    limits: Sequence[EdgeView]
    unmet: Sequence[UnmetView]
    passed_on: Sequence[LineView]

    @classmethod
    def of(cls, made: Made, said: Said) -> Self:
        """With names in the reader's language."""
        found, asked = made.report, made.report.asked
        place = said.place(asked.area)
        return cls(
            month=asked.period.name,
            area=asked.area,
            place=place,
            outside=asked.outside,
            cut=asked.cut,
            fixed=made.fixed,
            standing=found.standing,
            version=made.version,
            heard_since=made.heard_since,
            checkpoint=SignedView.of(made.checkpoint),
            lines=views(found.lines, place),
            before=[BeforeView.of(each, place) for each in found.before],
            parts={axis: _parts(found, axis, said) for axis in found.parts},
            silence=[PointView.of(each) for each in found.silence],
            limits=EdgeView.all(found.silence),
            unmet=[UnmetView.of(each, said) for each in found.unmet],
            passed_on=[
                LineView.of(each, said.part(Axis.SERVICE, each.key)) for each in found.passed_on
            ],
        )


class ListedView(BaseModel):
    """A month of which there is a report."""

    month: str
    cut: datetime
    standing: Standing

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """As it stands now."""
        return cls(month=listed.month.name, cut=listed.cut, standing=listed.standing)


class AreaView(BaseModel):
    """A place whose reports one may open."""

    area: str
    place: str


class MonthsView(BaseModel):
    """The months, the newest first, and the places; one report of each with each."""

    months: Sequence[ListedView]
    areas: Sequence[AreaView]


def views(lines: Mapping[Clock, Line], label: str) -> dict[Clock, LineView]:
    """By clock, as they may be shown."""
    return {clock: LineView.of(line, label) for clock, line in lines.items()}


def _parts(made: Monthly, axis: Axis, said: Said) -> list[PartView]:
    by_key: dict[str, dict[Clock, Line]] = {}
    for clock, lines in made.parts[axis].items():
        for line in lines:
            by_key.setdefault(line.key, {})[clock] = line
    return [PartView.of(key, by_key[key], said.part(axis, key)) for key in sorted(by_key)]
