"""What is asked of who looked at what, in the address."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.audit.seen.asking import FIRST, LAST, Of, Wanted
from services.audit.seen.reading import What
from shared.csv_text import Variant
from shared.http.pages import Cursor
from shared.http.schemas import Pasted, StaffId

MOST = 200
Day = Annotated[date, Field(ge=FIRST, le=LAST)]


class SeenQuery(Pasted):
    """``of`` and ``id``: a case, by an id of its report, of a need or of an offer; a person; an
    organisation; or everybody, without one. ``since`` and ``until``: days, both included. ``what``:
    what was done, repeated; left out: all."""

    of: Of
    id: StaffId | None = None
    since: Day | None = None
    until: Day | None = None
    what: Annotated[tuple[What, ...], Field(max_length=len(What))] = ()

    @property
    def wanted(self) -> Wanted:
        """As the handlers take it."""
        return Wanted(
            of=self.of, of_id=self.id or "", since=self.since, until=self.until, what=self.what
        )


class SeenPageQuery(SeenQuery):
    """A page of them."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class SeenTableQuery(SeenQuery):
    """All of them as a table."""

    variant: Variant = Variant.PLAIN
