"""Said: the few words of an event that facts of response are made of. No person is among them.

What is here is kept as it was opened once, and is all that facts are ever rebuilt from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared.events.referral import PolicyTimers
from shared.events.words import (
    Answer,
    CloseReason,
    Fulfilment,
    Judgement,
    OfferStatus,
    ServiceRequestStatus,
    Urgency,
)


class Words(BaseModel):
    """Of one type of event. Unknown fields are ignored: a newer release may have kept more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Need(Words):
    """``servicerequest.changed``. The limits are audit's own, made when it first heard of the
    opening: the calendar they are counted by may be another one later."""

    what: Literal["need"] = "need"
    service_type: str
    status: ServiceRequestStatus
    fulfilment: Fulfilment
    closed: CloseReason | None = None
    urgency: Urgency | None = None
    territory: str | None = None
    timers: PolicyTimers | None = None
    accept_by: datetime | None = None
    contact_by: datetime | None = None


class Asked(Words):
    """``offer.requested``."""

    what: Literal["asked"] = "asked"
    organisation: str
    tier: int
    urgency: Urgency
    answer_by: datetime
    decide_by: datetime
    territory: str | None = None


class Moved(Words):
    """``offer.changed``. ``deadline`` as it stands there, ``contact_by`` where it says that too."""

    what: Literal["moved"] = "moved"
    before: OfferStatus
    after: OfferStatus
    reason: str | None = None
    late: bool = False
    deadline: datetime | None = None
    contact_by: datetime | None = None


class Told(Words):
    """``alert.sent``: a gateway took a message."""

    what: Literal["told"] = "told"
    channel: str
    sent_at: datetime


class Answered(Words):
    """``answer.received``, by whom it reached first."""

    what: Literal["answered"] = "answered"
    answer_id: str
    answer: Answer


class Judged(Words):
    """``answer.judged``."""

    what: Literal["judged"] = "judged"
    answer_id: str
    judgement: Judgement


class Shown(Words):
    """``record.viewed``, of an offer: by somebody of an organisation."""

    what: Literal["shown"] = "shown"
    organisation: str


What = Annotated[
    Need | Asked | Moved | Told | Answered | Judged | Shown, Field(discriminator="what")
]
WHAT: TypeAdapter[What] = TypeAdapter(What)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event. ``received_at`` and ``channel`` are of the human act behind it, if any;
    ``cause`` is the id of the event that led to it. Of what is shown only the offer is known.
    ``heard_at`` is when audit kept it: no fact hangs on that. ``proven``: it stands here as audit
    wrote it."""

    event_id: str
    source: str
    seq: int
    time: datetime
    words: What
    received_at: datetime | None = None
    channel: str | None = None
    cause: str | None = None
    service_request_id: str | None = None
    offer_id: str | None = None
    heard_at: datetime | None = None
    proven: bool = True


W = TypeVar("W", bound=Words)


def in_order(said: Iterable[Said]) -> list[Said]:
    """Each event once, in the order in which its producer numbered them: not as they were heard."""
    once = {each.event_id: each for each in said}
    return sorted(once.values(), key=lambda each: (each.source, each.seq, each.event_id))


def of(kind: type[W], said: Iterable[Said]) -> list[tuple[Said, W]]:
    """Those of one kind, with their words."""
    return [(each, each.words) for each in said if isinstance(each.words, kind)]
