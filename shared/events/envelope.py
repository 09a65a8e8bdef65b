"""The envelope round every event: CloudEvents 1.0, and the facts that prove who did what when."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import rfc8785
from pydantic import BaseModel, ConfigDict

from shared.events.words import Channel

SALT_BYTES = 16
GENESIS = "0" * 64
"""``prev`` of a producer's first event."""


class Contract(BaseModel):
    """A frozen piece of a contract. Unknown fields are ignored: a newer producer may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Body(Contract):
    """The body of one event type. ``TYPE`` and ``VERSION`` make ``ce_type``."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1


class Act(Contract):
    """The human act an event comes from. It is sealed with the body: staff are people too.

    ``received_at`` is the database clock of the service whose edge took it, in its first
    transaction: limits are judged on it alone. ``claimed_at`` is what the person says, shown as a
    claim. ``on_behalf_of`` is set when somebody enters what another said (a call to a desk).
    """

    received_at: datetime
    claimed_at: datetime | None = None
    actor: str
    on_behalf_of: str | None = None
    channel: Channel


class Document(Contract):
    """What is sealed: the body, the act behind it, and 128 random bits.

    The salt keeps a digest of a small body from being guessed back.
    """

    salt: str
    act: Act | None = None


def event_type(body: type[Body]) -> str:
    """``tirek.offer.requested.v1``."""
    return f"tirek.{body.TYPE}.v{body.VERSION}"


def new_salt() -> str:
    """128 random bits, base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(SALT_BYTES)).rstrip(b"=").decode()


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds: one spelling, so that digests agree."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact, as its producer's outbox keeps it.

    ``key`` is the incident id where there is one, else the aggregate's: it orders the topic.
    ``correlation_id`` stays the same along an incident's whole way, ``causation_id`` is the event
    that led to this one. ``producer_seq`` and ``prev`` are given by the relay before the first
    send and repeated on every republishing.
    """

    id: str
    source: str
    subject: str
    key: str
    time: datetime
    correlation_id: str
    causation_id: str | None = None
    aggregate_version: int
    body: Body
    act: Act | None = None
    salt: str = field(default_factory=new_salt)
    producer_seq: int = 0
    prev: str = GENESIS

    @property
    def type(self) -> str:
        """The ``ce_type``."""
        return event_type(type(self.body))

    def numbered(self, producer_seq: int, prev: str) -> Self:
        """The same event with its place in the producer's chain."""
        return replace(self, producer_seq=producer_seq, prev=prev)

    def attributes(self) -> dict[str, str]:
        """CloudEvents attributes by name, without the ``ce_`` of the Kafka binding.

        Names are lower-case letters and digits only, as CloudEvents asks.
        """
        named = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": f"/tirek/{self.source}",
            "subject": self.subject,
            "time": instant(self.time),
            "correlationid": self.correlation_id,
            "aggregateversion": str(self.aggregate_version),
            "producerseq": str(self.producer_seq),
            "prev": self.prev,
        }
        if self.causation_id is not None:
            named["causationid"] = self.causation_id
        return named

    def document(self) -> bytes:
        """The canonical (RFC 8785) JSON that is sealed: ``{salt, act?, data}``."""
        content: dict[str, Any] = {"salt": self.salt, "data": self.body.model_dump(mode="json")}
        if self.act is not None:
            content["act"] = self.act.model_dump(mode="json")
        return rfc8785.dumps(content)


def digest(attributes: dict[str, str], document: bytes) -> str:
    """SHA-256, in hex, over the attributes and the unsealed document.

    ``attributes`` holds ``producerseq`` and ``prev``, so digests make a chain: an event that is
    inserted, missing or altered shows at the next one.
    """
    covered = {name: value for name, value in attributes.items() if name != "digest"}
    return hashlib.sha256(rfc8785.dumps(dict(covered)) + b"\n" + document).hexdigest()
