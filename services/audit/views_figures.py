"""Views of the figures of response: as JSON for pages. Times are whole seconds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from services.audit.figures.behind import id_of
from services.audit.figures.clocks import Clock, Fact, Response, Run
from services.audit.figures.curves import Share
from services.audit.figures.facts import OfferFact
from services.audit.figures.lines import Line, Step, Times
from services.audit.figures.lists import Unmet, overdue
from services.audit.figures.report import Asked, Axis
from services.audit.figures.worked import seconds
from services.audit.handlers.figures import Made
from services.audit.store.checkpoints import Checkpoint
from services.audit.views_silence import EdgeView, PointView
from services.audit.words_figures import Said
from shared.events.words import Urgency
from shared.http.pages import Next


class ShareView(BaseModel):
    """``part`` of ``whole``, and between what the true share lies at 95 % (Wilson)."""

    part: int
    whole: int
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        """As it is."""
        return cls(part=share.part, whole=share.whole, low=share.low, high=share.high)


class TimesView(BaseModel):
    """Within how many seconds half and 90 % were answered; null: not reached. ``reached``: the
    share that was ever answered."""

    median: int | None
    p90: int | None
    reached: float

    @classmethod
    def of(cls, times: Times | None) -> Self | None:
        """None of what is held back."""
        if times is None:
            return None
        return cls(median=times.median, p90=times.p90, reached=float(times.reached))


class LineView(BaseModel):
    """One group, and everything of it. Null: it is held back, or was not asked for."""

    key: str
    label: str
    n: int | None
    in_time: ShareView | None
    wall: TimesView | None
    worked: TimesView | None
    still_open: int | None
    responses: Mapping[Response, int] | None
    excluded: Mapping[Response, int] | None
    paused: int | None
    escalated: int | None
    voided: int | None

    @classmethod
    def of(cls, line: Line, label: str) -> Self:
        """As it may be shown."""
        return cls(
            key=line.key,
            label=label,
            n=line.n,
            in_time=line.in_time and ShareView.of(line.in_time),
            wall=TimesView.of(line.wall),
            worked=TimesView.of(line.worked),
            still_open=line.still_open,
            responses=line.responses,
            excluded=line.excluded,
            paused=line.paused,
            escalated=line.escalated,
            voided=line.voided,
        )


class StepView(BaseModel):
    """The share answered within ``at`` seconds."""

    at: int
    share: float

    @classmethod
    def of(cls, step: Step) -> Self:
        """As it is."""
        return cls(at=step.at, share=step.share)


class CheckpointView(BaseModel):
    """A checkpoint of the ledger: its size, and when it was signed."""

    size: int
    signed_at: datetime

    @classmethod
    def of(cls, checkpoint: Checkpoint | None) -> Self | None:
        """None before the first."""
        if checkpoint is None:
            return None
        return cls(size=checkpoint.size, signed_at=checkpoint.signed_at)


class AskedView(BaseModel):
    """Of what it is told. ``outside``: what must not leave the service is not in it."""

    clock: Clock
    first: date
    last: date
    cut: datetime
    area: str
    place: str
    by: Axis | None
    now: bool
    working: bool
    outside: bool

    @classmethod
    def of(cls, asked: Asked, said: Said) -> Self:
        """As it was understood."""
        return cls(
            clock=asked.clock,
            first=asked.period.first,
            last=asked.period.last,
            cut=asked.cut,
            area=asked.area,
            place=said.place(asked.area),
            by=asked.axis,
            now=asked.now,
            working=asked.meter is not None,
            outside=asked.outside,
        )


class FiguresView(BaseModel):
    """The figures of response by one clock.

    ``version``: two reports that say the same have the same. ``checkpoint``: the newest at the cut.
    ``withheld``: parts were asked for, and none may leave. ``unit``: seconds to which the times of
    ``steps`` are rounded up. ``silence``: where the parts are organisations; ``limits``: its lines.
    """

    asked: AskedView
    version: str
    checkpoint: CheckpointView | None
    whole: LineView
    parts: Sequence[LineView]
    withheld: bool
    unit: int
    steps: Sequence[StepView]
    silence: Sequence[PointView]
    limits: Sequence[EdgeView]

    @classmethod
    def of(cls, made: Made, said: Said) -> Self:
        """With names in the reader's language."""
        found = made.report
        return cls(
            asked=AskedView.of(found.asked, said),
            version=made.version,
            checkpoint=CheckpointView.of(made.checkpoint),
            whole=LineView.of(found.whole, said.place(found.asked.area)),
            parts=[
                LineView.of(each, said.part(found.asked.axis, each.key)) for each in found.parts
            ],
            withheld=found.withheld,
            unit=found.unit,
            steps=[StepView.of(each) for each in found.steps],
            silence=[PointView.of(each) for each in found.silence],
            limits=EdgeView.all(found.silence),
        )


class RowView(BaseModel):
    """One wait: of an offer, or of a need as a whole. ``took``: seconds, until the cut where it is
    not over; ``over``: seconds past the limit, null where it was kept or is not known."""

    offer_id: str | None
    service_request_id: str
    organisation: str | None
    service_type: str
    service: str
    urgency: Urgency | None
    place: str
    channel: str | None
    start: datetime
    limit: datetime | None
    ended: datetime | None
    response: Response
    took: int | None
    over: int | None

    @classmethod
    def of(cls, fact: Fact, run: Run, cut: datetime, said: Said) -> Self:
        """As it was at the cut."""
        offer = fact if isinstance(fact, OfferFact) else None
        return cls(
            offer_id=offer and id_of(offer),
            service_request_id=fact.service_request_id,
            organisation=offer and offer.organisation,
            service_type=fact.service_type,
            service=said.service(fact.service_type),
            urgency=fact.urgency,
            place=said.place(fact.territory) if fact.territory else "",
            channel=offer and offer.channel,
            start=run.start,
            limit=run.limit,
            ended=run.over if run.end else None,
            response=run.response,
            took=None if run.end is None else seconds(run.start, run.over),
            over=overdue(run, cut),
        )


class RowsView(BaseModel):
    """A page of them. ``count``: how many there are on all pages; ``part``: which part by the axis
    they are of, if of one. ``withheld``: rows are of one case each, and none may leave."""

    asked: AskedView
    count: int
    part: str | None = None
    withheld: bool
    rows: Sequence[RowView]
    next: Next = None


class UnmetView(BaseModel):
    """Needs of one kind in one place that nobody met: there was ``nobody`` to ask, or all who were
    asked ``refused`` or were silent."""

    service_type: str
    service: str
    territory: str
    place: str
    nobody: int
    refused: int

    @classmethod
    def of(cls, unmet: Unmet, said: Said) -> Self:
        """With names in the reader's language."""
        return cls(
            service_type=unmet.service_type,
            service=said.service(unmet.service_type),
            territory=unmet.territory,
            place=said.place(unmet.territory) if unmet.territory else "",
            nobody=unmet.nobody,
            refused=unmet.refused,
        )


class UnmetsView(BaseModel):
    """All of them, by service and place."""

    asked: AskedView
    unmet: Sequence[UnmetView]
