"""Schemas: the base of every body that is taken over HTTP, and the words that bodies share."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.symbols import PUBLIC_ID_LENGTH, public_id

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII
)


class Strict(BaseModel):
    """A body: no unknown field, nothing taken for something else, no spaces round a text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


def _instant(value: Any) -> Any:
    """A time as text only: a number would be taken for seconds since 1970."""
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value.strip()):
        raise ValueError("must be a time with its zone, like 2026-11-23T14:05:00+06:00")
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("must be a time that exists") from None


def _public_id(value: Any) -> Any:
    """As typed: in any case and alphabet, with blanks."""
    found = public_id(value) if isinstance(value, str) else None
    if value is not None and found is None:
        raise ValueError(f"must be the {PUBLIC_ID_LENGTH} signs that the message or the list shows")
    return found


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""A time with its offset, as ISO 8601 text."""
PublicId = Annotated[str, Field(max_length=64), BeforeValidator(_public_id)]
"""How people call a service request."""
Word = Field(strict=False)
"""For a word of a closed vocabulary: decoded JSON has its text, never the member strict wants."""
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
"""A code or a readable slug: never somebody's words."""
StaffId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
"""Somebody of notify's register."""
