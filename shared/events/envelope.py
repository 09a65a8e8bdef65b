"""The envelope round every event: CloudEvents 1.0, and the facts that prove who did what when."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.events.canonical import canonical
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

    @property
    def key(self) -> str:
        """Id of what the event belongs to: it orders the topic, and it is the correlation id.

        The incident where there is one (`AboutIncident`), else the aggregate: whoever has none of
        the two says its own.
        """
        raise NotImplementedError(f"{type(self).__name__} has no key")


class AboutIncident(Body):
    """A body that belongs to one incident: everything about an incident comes in its order."""

    incident_id: str

    @property
    def key(self) -> str:
        """The incident."""
        return self.incident_id


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


B = TypeVar("B", bound=Body)


class Document(Contract, Generic[B]):
    """What is sealed: the body, the act behind it, and 128 random bits.

    The salt keeps a digest of a small body from being guessed back.
    """

    salt: str
    act: Act | None = None
    data: B

    def canonical(self) -> bytes:
        """RFC 8785 JSON: one spelling of one content, so that digests agree."""
        return canonical(self.model_dump(mode="json", exclude_none=True))


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
class Envelope:
    """The outside of an event: CloudEvents attributes, readable by everyone on the bus.

    ``key`` is the incident id where there is one, else the aggregate's: it orders the topic.
    ``correlation_id`` stays the same along an incident's whole way, ``causation_id`` is the event
    that led to this one. ``producer_seq`` and ``prev`` are given by the relay before the first
    send and repeated on every republishing.
    """

    id: str
    type: str
    source: str
    subject: str
    key: str
    time: datetime
    correlation_id: str
    causation_id: str | None = None
    aggregate_version: int
    producer_seq: int = 0
    prev: str = GENESIS

    def numbered(self, producer_seq: int, prev: str) -> Self:
        """The same envelope with its place in the producer's chain."""
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

    @classmethod
    def from_attributes(cls, named: dict[str, str], key: str) -> Self:
        """The way back; `KeyError` or `ValueError` when they are no such thing."""
        return cls(
            id=named["id"],
            type=named["type"],
            source=named["source"].removeprefix("/tirek/"),
            subject=named["subject"],
            key=key,
            time=datetime.fromisoformat(named["time"]),
            correlation_id=named["correlationid"],
            causation_id=named.get("causationid"),
            aggregate_version=int(named["aggregateversion"]),
            producer_seq=int(named["producerseq"]),
            prev=named["prev"],
        )


class Closed(Body):
    """Stands for a body that was not opened, with whoever keeps every event. It is never said."""

    TYPE: ClassVar[str] = "closed"


@dataclass(frozen=True, slots=True)
class Event(Generic[B]):
    """One fact as its reader sees it: the envelope, opened.

    ``digest`` and ``appended_at``, when the broker took the record, are there for whoever keeps
    every event, and for no other reader.
    """

    envelope: Envelope
    body: B
    act: Act | None = None
    digest: str = ""
    appended_at: datetime | None = None

    @property
    def id(self) -> str:
        """The ``ce_id``: unique for ever, the same on every republishing."""
        return self.envelope.id

    @property
    def subject(self) -> str:
        """Id of the aggregate the event speaks of."""
        return self.envelope.subject

    @property
    def time(self) -> datetime:
        """The producer's database clock when it happened."""
        return self.envelope.time

    @property
    def aggregate_version(self) -> int:
        """Version of the aggregate after the event; one older than what is held has no effect."""
        return self.envelope.aggregate_version


def digest(envelope: Envelope, document: bytes) -> str:
    """SHA-256, in hex, over the attributes and the canonical unsealed document.

    The attributes hold ``producerseq`` and ``prev``, so digests make a chain: an event that is
    inserted, missing or altered shows at the next one.
    """
    return digest_of(canonical(envelope.attributes()), document)


def digest_of(attributes: bytes, document: bytes) -> str:
    """The same, of attributes that are canonical already."""
    return hashlib.sha256(attributes + b"\n" + document).hexdigest()
