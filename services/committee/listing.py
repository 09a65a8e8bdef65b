"""Listing: the entries of a year, page by page, as every register hands them out."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from services.committee.entries import Kept
from shared.http.pages import Cursor, Id, Position
from shared.http.schemas import Pasted

Year = Annotated[int, Field(ge=2000, le=2200)]
MOST = 10_000
"""Entries of one committee in a year: a table has them all."""


def of_year(year: int) -> tuple[date, date]:
    """Its first day, and that of the next."""
    return date(year, 1, 1), date(year + 1, 1, 1)


class YearQuery(Pasted):
    """The entries that somebody asks for: those of a year, a page of them."""

    year: Year
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Cursor | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first day of the year, and that of the next."""
        return of_year(self.year)


class EntryPosition(Position):
    """Where a list of entries goes on, latest first."""

    of: Literal["entries"] = "entries"
    happened_on: date
    entry_id: Id

    @classmethod
    def of_entry(cls, kept: Kept[Any]) -> Self:
        """Where an entry stands."""
        return cls(happened_on=kept.draft.happened_on, entry_id=kept.draft.entry_id)


def behind(after: EntryPosition | None) -> tuple[date, str]:
    """What a list that goes down goes on from; without a position, all there is."""
    return (date.max, "") if after is None else (after.happened_on, after.entry_id)
