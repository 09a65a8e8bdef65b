"""Bodies and queries: what referral's HTTP takes. Snake case, strict."""

from typing import Annotated

from pydantic import Field

from services.referral.store.lists import Tab
from shared.events.words import (
    CancelReason,
    CloseReason,
    FailReason,
    Fulfilment,
    HandoverReason,
    HoldReason,
    Outcome,
    RejectReason,
    ServiceRequestStatus,
    VoidReason,
)
from shared.http.pages import Cursor
from shared.http.schemas import Code, Pasted, PublicId, StaffId, Strict, Word
from shared.times import Instant

MOST = 200
"""Rows of a page."""


class ByDesk(
    Strict,
    json_schema_extra={
        "examples": [{"on_behalf_of": "st-6775jivy", "claimed_at": "2026-11-23T14:05:00+06:00"}]
    },
):
    """``on_behalf_of``: a coordinator, or an operator of their desk, enters what this person said
    on a call, and when they say."""

    on_behalf_of: StaffId | None = None
    claimed_at: Instant | None = None


class ToRead(Strict, json_schema_extra={"examples": [{"on_behalf_of": "st-6775jivy"}]}):
    """``on_behalf_of``: an operator of their desk has this case holder on the telephone."""

    on_behalf_of: StaffId | None = None


class Reject(ByDesk, json_schema_extra={"examples": [{"reason": "at-capacity"}]}):
    """A no needs a coded reason."""

    reason: Annotated[RejectReason, Word]


class Hold(
    Strict,
    json_schema_extra={
        "examples": [{"reason": "waiting-for-papers", "review_at": "2026-12-07T10:00:00+06:00"}]
    },
):
    """A pause with a review date; passing it without an act is an escalation."""

    reason: Annotated[HoldReason, Word]
    review_at: Instant


class Complete(Strict, json_schema_extra={"examples": [{"outcome": "helped"}]}):
    """What came of it, coded."""

    outcome: Annotated[Outcome, Word]


class Fail(Strict, json_schema_extra={"examples": [{"reason": "no-contact"}]}):
    """Why it came to nothing."""

    reason: Annotated[FailReason, Word] = FailReason.OTHER


class HandOver(
    Strict, json_schema_extra={"examples": [{"to": "st-qqbdwhsz", "reason": "end-of-shift"}]}
):
    """To a colleague, with a reason."""

    to: StaffId
    reason: Annotated[HandoverReason, Word]


class Cancel(Strict, json_schema_extra={"examples": [{"reason": "coordinator"}]}):
    """A coordinator takes an open offer back."""

    reason: Annotated[CancelReason, Word] = CancelReason.COORDINATOR


class Void(Strict, json_schema_extra={"examples": [{"reason": "entered-twice"}]}):
    """Entered in error."""

    reason: Annotated[VoidReason, Word]


class Close(Strict, json_schema_extra={"examples": [{"reason": "nobody-can-help"}]}):
    """Why nobody is asked any more."""

    reason: Annotated[CloseReason, Word]


class AddCandidate(Strict, json_schema_extra={"examples": [{"service": "sezim-bishkek-shelter"}]}):
    """A service of the directory to be asked beside whoever is being asked."""

    service: Annotated[str, Field(pattern="^[a-z0-9-]{1,80}$")]


class FreePlaces(Strict, json_schema_extra={"examples": [{"free": 3}]}):
    """How many places are free now, beside those in use."""

    free: Annotated[int, Field(ge=0, le=10_000)]


class Asked(Pasted):
    """Which page of a list; with a public id only what is called so."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = MOST
    public_id: PublicId | None = None


class Part(Asked):
    """Which part of a queue; left out: all."""

    tab: Tab | None = None


class Listed(Pasted):
    """Which organisations of the directory; what is absent is not asked about."""

    organisation: Code | None = None
    kind: Code | None = None
    service_type: Code | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class OnBoard(Pasted):
    """Which page of the board."""

    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class Wanted(Asked):
    """Which service requests to list; what is absent is not asked about."""

    fulfilment: Fulfilment | None = None
    status: ServiceRequestStatus | None = None
    incident: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50
