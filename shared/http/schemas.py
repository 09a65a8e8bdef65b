"""Schemas: the base of every body that is taken over HTTP, and the words that bodies share."""

from typing import Annotated, Any, ClassVar

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from shared.pasted import as_seen
from shared.symbols import PUBLIC_ID_LENGTH, public_id


class Pasted(BaseModel):
    """What somebody typed or pasted: read as it is seen, but for the fields in ``VERBATIM``."""

    VERBATIM: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_seen(cls, value: Any, info: ValidationInfo) -> Any:
        return value if info.field_name in cls.VERBATIM else seen(value)


class Strict(Pasted):
    """A body: no unknown field, nothing taken for something else, no spaces round a text."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=True)


def seen(value: Any) -> Any:
    """A text, or each text of a list, `as_seen`; anything else as it is."""
    if isinstance(value, str):
        return as_seen(value)
    return [seen(each) for each in value] if isinstance(value, list) else value


def _public_id(value: Any) -> Any:
    """As typed: in any case and alphabet, with blanks."""
    found = public_id(value) if isinstance(value, str) else None
    if value is not None and found is None:
        raise ValueError(f"must be the {PUBLIC_ID_LENGTH} signs that the message or the list shows")
    return found


PublicId = Annotated[str, Field(max_length=64), BeforeValidator(_public_id)]
"""How people call a service request."""
PathId = Annotated[str, BeforeValidator(seen), Path(max_length=120)]
"""An id in a path."""
Word = Field(strict=False)
"""For a word of a closed vocabulary: decoded JSON has its text, never the member strict wants."""
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
"""A code or a readable slug: never somebody's words."""
StaffId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
"""Somebody of notify's register."""
