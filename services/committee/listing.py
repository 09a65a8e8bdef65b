"""Listing: the entries of a year, page by page, as every register hands them out."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Depends, Path, Query

from services.committee.entries import Kept
from shared.http.pages import Cursor, Id, Position

EntryId = Annotated[UUID, Path(description="Chosen by whoever enters it: sent twice, it is one.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Entries of a page.")]
Year = Annotated[int, Query(ge=2000, le=2100)]


class EntryPosition(Position):
    """Where a list of entries goes on, latest first."""

    of: Literal["entries"] = "entries"
    happened_on: date
    entry_id: Id

    @classmethod
    def of_entry(cls, kept: Kept[Any]) -> Self:
        """Where an entry stands."""
        return cls(happened_on=kept.draft.happened_on, entry_id=kept.draft.entry_id)


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries that somebody asks for: those of a year, a page of them."""

    year: Year
    limit: Limit = 100
    cursor: Cursor | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first day of the year, and that of the next."""
        return date(self.year, 1, 1), date(self.year + 1, 1, 1)


Listing = Annotated[Listed, Depends()]


def behind(after: EntryPosition | None) -> tuple[date, str]:
    """What a list that goes down goes on from; without a position, all there is."""
    return (date.max, "") if after is None else (after.happened_on, after.entry_id)
