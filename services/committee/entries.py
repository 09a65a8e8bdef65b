"""Entries of a register: never changed. One ends, and another may stand in its place. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from shared.errors import Conflict

T = TypeVar("T")
CORRECTED = "corrected"
"""Why an entry ended that another replaces; the other reasons are `VoidReason`."""
STANDS_ALREADY = "another entry has this id: correct it by a new one that replaces it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry as somebody sends it. They choose ``entry_id``: sent twice, it is entered once.

    ``replaces``: the entry that this corrects.
    """

    entry_id: str
    happened_on: date
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What all entries of one thing share: the first of them, and when that was entered."""

    first_id: str
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When an entry ended, by whom, and why: `CORRECTED`, or a `VoidReason`."""

    at: datetime
    by: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[T]):
    """An entry of ``what``, as the register keeps it."""

    draft: Draft
    story: Story
    entered_at: datetime
    entered_by: str
    what: T
    ended: Ending | None = None


def again(kept: Kept[T], draft: Draft, what: T) -> Kept[T]:
    """``kept``, which was sent a second time. Raises `Conflict` for another under the same id."""
    if (kept.draft, kept.what) != (draft, what):
        raise Conflict(STANDS_ALREADY)
    return kept
