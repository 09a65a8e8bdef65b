"""Schemas: the base of every body that is taken over HTTP, and the words that bodies share."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from fastapi import Path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema

from shared.http.problems import told
from shared.pasted import as_seen
from shared.symbols import PUBLIC_ID_LENGTH, public_id

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands where a side field held what it cannot: the body is taken without it.

    ``where`` is the path from the field to what is wrong in it, and ``message`` says what. ``sent``
    tells this body from another, and serves nothing else.
    """

    where: str
    message: str
    sent: Any

    @property
    def blank(self) -> bool:
        """Whether nothing was said: a field of a form that was not filled in."""
        return isinstance(self.sent, str) and not self.sent


def _or_unread(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as problem:
        first = problem.errors()[0]
        error = told(first)
        below = "" if not first["loc"] else error["field"]
        return Unread(below, error["message"], value)


def _sent(value: Any, write: SerializerFunctionWrapHandler) -> Any:
    # as text: what cannot be read may be no number that canonical JSON knows
    return json.dumps(value.sent, sort_keys=True) if isinstance(value, Unread) else write(value)


def _side(source: Any, schema_of: GetCoreSchemaHandler) -> CoreSchema:
    schema = schema_of(get_args(source)[0])
    return core_schema.no_info_wrap_validator_function(
        _or_unread,
        schema,
        serialization=core_schema.wrap_serializer_function_ser_schema(_sent, schema=schema),
    )


Side = Annotated[T | Unread, GetPydanticSchema(_side)]
"""A field that never costs the body it stands in: its value, or that it could not be read."""
PathId = Annotated[str, BeforeValidator(seen), Path(max_length=120)]
"""An id in a path."""
Word = Field(strict=False)
"""For a word of a closed vocabulary: decoded JSON has its text, never the member strict wants."""
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
"""A code or a readable slug: never somebody's words."""
StaffId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
"""Somebody of notify's register."""
