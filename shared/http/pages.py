"""Pages of a list over HTTP: a cursor says where the last one ended, and every page is filled.

A cursor is the sort key of the last row that was shown: the next page is what lies behind it, so
rows that come and go meanwhile neither repeat nor hide another. It is a part of a URL, so a sort
key has opaque ids, ranks and times only. Whoever makes one up learns nothing: it is a place between
rows, not the name of one, and what lies behind it is shown to whoever may see it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.errors import Invalid
from shared.pasted import as_seen

LONGEST = 512
Cursor = Annotated[
    str,
    BeforeValidator(as_seen),
    Field(max_length=LONGEST, description="`next` of the page before; left out: from the top."),
]
Next = Annotated[
    str | None,
    Field(
        exclude_if=lambda cursor: cursor is None,
        description="Where the next page begins. Absent: this is the last one.",
    ),
]
Rank = Annotated[int, Field(ge=0, le=9)]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1971, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC))
]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
_SUM = 6
"""Bytes of the checksum: what was cut, mistyped or altered on the way is no cursor."""


class Position(BaseModel):
    """A sort key. A subclass is one list's: a field ``of`` names it, the others are its columns."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def cursor(self) -> str:
        """As text for a URL; each position has exactly one."""
        key = self.model_dump_json().encode()
        return urlsafe_b64encode(_checksum(key) + key).rstrip(b"=").decode()

    @classmethod
    def at(cls, cursor: str | None, field: str = "cursor") -> Self | None:
        """The position of a cursor; none without one. Raises `Invalid` for one of another list.

        So it does for a text that `cursor` never made. The checksum is no signature, and need not
        be one: see the module.
        """
        if cursor is None:
            return None
        try:
            found = cls.model_validate_json(
                urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[_SUM:]
            )
        except ValueError:  # of base64, of UTF-8, of pydantic
            found = None
        if found is None or found.cursor() != cursor:
            raise Invalid(field, "is no cursor of this list")
        return found


P = TypeVar("P", bound=Position)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows that the asker may see, and the cursor of the next page; none at the end."""

    rows: list[T]
    next: str | None


async def filled(
    read: Callable[[P | None, int], Awaitable[Sequence[tuple[P, T | None]]]],
    after: P | None,
    limit: int,
    at_once: int = 0,
) -> Page[T]:
    """A page of ``limit`` rows, fewer only at the end of the list.

    ``read`` returns the rows behind a position, in order, at most so many, and none in the place of
    one that the asker may not see. Reading goes on past those: a short page, or a cursor that names
    one, would tell that they are there. How long it may go on is the request's own patience
    (`shared.deadline`). Where rows may be hidden, ``at_once`` are read however few are asked for:
    else two hidden ones would make a page of one be read twice, and that shows in its time.
    """
    shown: list[tuple[P, T]] = []
    at, most = (
        after,
        max(limit + 1, at_once),
    )  # one more than asked for: whether there is a next page
    while len(shown) <= limit:
        rows = await read(at, most)
        shown += [(position, row) for position, row in rows if row is not None]
        if len(rows) < most:
            break
        at = rows[-1][0]
    more = shown[limit - 1][0].cursor() if len(shown) > limit else None
    return Page([row for _, row in shown[:limit]], more)


def _checksum(key: bytes) -> bytes:
    return sha256(key).digest()[:_SUM]
