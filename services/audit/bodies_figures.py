"""What is asked of the figures of response, in the address."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from services.audit.figures.behind import Number
from services.audit.figures.clocks import Clock
from services.audit.figures.period import Period
from services.audit.figures.report import Axis, fitting
from services.audit.handlers.figures import Wanted
from shared.csv_text import Variant
from shared.events.words import Channel, Urgency
from shared.http.pages import Cursor
from shared.http.schemas import Pasted
from shared.times import Instant

MOST = 200
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
Code = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]


class FiguresQuery(Pasted):
    """Which figures. Absent: this month, as of now, the area that is theirs, first stamps,
    and the clock that fits what is told apart.

    ``period``: as `Period.read` has it, both days included. ``now``: by the answers
    that stand. ``working``: in working hours also. ``outside``: to be handed on.
    """

    clock: Clock | None = None
    period: Annotated[str, Field(max_length=32)] | None = None
    cut: Annotated[Instant, Field(ge=EARLIEST)] | None = None
    by: Axis | None = None
    area: Annotated[str, Field(pattern="^[0-9]{1,20}$")] | None = None
    organisation: Code | None = None
    service: Code | None = None
    urgency: Urgency | None = None
    channel: Channel | None = None
    now: bool = False
    working: bool = False
    outside: bool = False

    @property
    def wanted(self) -> Wanted:
        """As the handlers take it; raises `Invalid` for a period that is none."""
        typed = {
            Axis.ORGANISATION: self.organisation,
            Axis.SERVICE: self.service,
            Axis.URGENCY: self.urgency,
            Axis.CHANNEL: self.channel,
        }
        only = {axis: value for axis, value in typed.items() if value is not None}
        return Wanted(
            clock=self.clock or fitting([self.by, *only]),
            period=Period.read(self.period) if self.period else None,
            cut=self.cut,
            by=self.by,
            area=self.area,
            only=tuple(only.items()),
            now=self.now,
            working=self.working,
            outside=self.outside,
        )


class TableQuery(FiguresQuery):
    """The same as a table."""

    variant: Variant = Variant.PLAIN


class PageQuery(FiguresQuery):
    """A page of waits."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class Counted(Pasted):
    """Waits of one ``number``, of all or of one ``part`` by the axis: its key, which is empty for
    what is not known."""

    number: Number = Number.N
    part: Annotated[str, Field(max_length=64)] | None = None


class RowsPageQuery(Counted, PageQuery):
    """A page of them."""


class RowsTableQuery(Counted, TableQuery):
    """All of them as a table."""
