"""Bodies that referral takes over HTTP. Snake case, strict, nothing that names a survivor."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.events.words import CancelReason, FailReason, RejectReason

Code = Annotated[str, Field(pattern="^[a-z0-9-]{1,60}$")]
"""A coded reason: counted, and never a story."""
StaffId = Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,64}$")]


AN_INSTANT = "must be a time, like 2026-11-23T12:00:00+06:00"


def _instant(value: object) -> datetime:
    """ISO 8601 text alone: pydantic, not strict, would take a number for seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError(AN_INSTANT)  # noqa: TRY004 - pydantic reports ValueError alone
    return datetime.fromisoformat(value)


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""A time with its offset. The body is decoded before it gets here, so strict would refuse text."""
Word = Field(strict=False)
"""For a word of a closed vocabulary: decoded JSON has its text, never the member strict wants."""


class Taken(BaseModel):
    """A strict request body."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ByDesk(
    Taken,
    json_schema_extra={
        "examples": [{"on_behalf_of": "st-6775jivy", "claimed_at": "2026-11-23T14:05:00+06:00"}]
    },
):
    """``on_behalf_of``: a coordinator enters what this person said on a call, and when they say."""

    on_behalf_of: StaffId | None = None
    claimed_at: Instant | None = None


class Reject(ByDesk, json_schema_extra={"examples": [{"reason": "at-capacity"}]}):
    """A no needs a coded reason."""

    reason: Annotated[RejectReason, Word]


class Hold(
    Taken,
    json_schema_extra={
        "examples": [{"reason": "waiting-for-papers", "review_at": "2026-12-07T10:00:00+06:00"}]
    },
):
    """A pause with a review date; passing it without an act is an escalation."""

    reason: Code
    review_at: Instant


class Complete(Taken, json_schema_extra={"examples": [{"outcome": "helped"}]}):
    """What came of it, coded."""

    outcome: Code


class Fail(Taken, json_schema_extra={"examples": [{"reason": "no-contact"}]}):
    """Why it came to nothing."""

    reason: Annotated[FailReason, Word] = FailReason.OTHER


class HandOver(
    Taken, json_schema_extra={"examples": [{"to": "st-qqbdwhsz", "reason": "end-of-shift"}]}
):
    """To a colleague, with a reason."""

    to: StaffId
    reason: Code


class Cancel(Taken, json_schema_extra={"examples": [{"reason": "coordinator"}]}):
    """A coordinator takes an open offer back."""

    reason: Annotated[CancelReason, Word] = CancelReason.COORDINATOR


class Void(Taken, json_schema_extra={"examples": [{"reason": "entered-twice"}]}):
    """Entered in error."""

    reason: Code


class AddCandidate(Taken, json_schema_extra={"examples": [{"service": "sezim-bishkek-shelter"}]}):
    """A service of the directory to be asked beside whoever is being asked."""

    service: Annotated[str, Field(pattern="^[a-z0-9-]{1,80}$")]
