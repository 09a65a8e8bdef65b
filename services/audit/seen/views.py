"""Views: who looked at what, as it is returned."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from services.audit.seen.asking import Of
from services.audit.seen.lists import Count, Look
from services.audit.seen.reading import What
from shared.http.pages import Next


class LookView(BaseModel):
    """One look, search, table or refusal: codes (`GET /vocabularies`: looks, kinds, reasons) and
    ids. ``staff_id`` of a refused link or sign-in is whose that is. ``seat``: the kind of the
    session. ``times``: how many refusals it stands for, or how many rows were taken along."""

    at: datetime
    what: What
    kind: str
    record: str | None
    staff_id: str | None
    organisation: str | None
    seat: str | None
    found: bool | None
    times: int
    reason: str | None

    @classmethod
    def of(cls, look: Look, *, withheld: bool) -> Self:
        """As it is kept; without the record where that may not be told."""
        return cls(
            at=look.at,
            what=look.what,
            kind=look.kind,
            record=None if withheld else look.record,
            staff_id=look.staff_id,
            organisation=look.organisation,
            seat=look.seat,
            found=look.found,
            times=look.times,
            reason=look.reason,
        )


class CountView(BaseModel):
    """How often something was done; of tables how many."""

    what: What
    kind: str
    reason: str | None
    times: int

    @classmethod
    def of(cls, count: Count) -> Self:
        """As it was counted."""
        return cls(what=count.what, kind=count.kind, reason=count.reason, times=count.times)


class LooksView(BaseModel):
    """A page of them, the newest first, and how often each was done in all. ``withheld``: which
    record it was is told of one case alone, to whoever may open it."""

    of: Of
    id: str | None
    since: date | None
    until: date | None
    withheld: bool
    counts: Sequence[CountView]
    looks: Sequence[LookView]
    next: Next = None
