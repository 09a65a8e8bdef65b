"""An event on the wire: CloudEvents 1.0, Kafka binary mode, the document sealed for its readers."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import ValidationError

from shared.errors import Forged, Unprocessable
from shared.events import BODIES, READERS, Act, Body, Document, Envelope, Event, body_class
from shared.events.canonical import canonical
from shared.events.envelope import digest_of
from shared.events.registry import PRODUCERS
from shared.events.services import KEEPER, SERVICES
from shared.security.sealing import CONTENT_TYPE, Sealer

Headers = list[tuple[str, bytes]]


def encode(envelope: Envelope, document: bytes, sealer: Sealer) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of the record; the key is the envelope's, in UTF-8.

    The attributes are bound to the sealed document: a changed header does not open. The service
    that keeps every event may open few of them: to it the producer vouches for the attributes and
    the digest besides (``ce_proof``). As long as no key of that service is known, all goes on
    without it: it will ask for what it has no proof of.
    """
    attributes = envelope.attributes()
    bound = canonical(attributes)
    named = attributes | {"digest": digest_of(bound, document)}
    readers = READERS[body_class(envelope.type)]
    proof = sealer.vouch(_vouched(envelope.key, named), KEEPER)
    if proof is not None:
        named["proof"] = proof
    else:
        readers = tuple(each for each in readers if each != KEEPER)
    value = sealer.seal(document, readers, aad=bound)
    headers = [(f"ce_{name}", text.encode()) for name, text in named.items()]
    return envelope.key.encode(), value, [*headers, ("content-type", CONTENT_TYPE.encode())]


def decode_envelope(
    topic: str, key: bytes | None, headers: Iterable[tuple[str, bytes | None]]
) -> Envelope:
    """The outside of a record that lies in ``topic``.

    Raises `Unprocessable` for bytes that are no event of ours, and `Forged` for what the service
    that is named there does not say there.
    """
    try:
        named = {
            name.removeprefix("ce_"): value.decode()
            for name, value in headers
            if name.startswith("ce_") and value is not None
        }
        envelope = Envelope.from_attributes(named, (key or b"").decode())
    except (KeyError, ValueError, AttributeError) as problem:
        raise Unprocessable(f"not an event: {type(problem).__name__}") from problem
    _must_be_theirs(envelope, topic)
    return envelope


def _must_be_theirs(envelope: Envelope, topic: str) -> None:
    """A type of a later release may be anybody's: nobody handles it before it is known."""
    producer = SERVICES.get(envelope.source)
    if producer is None or producer.topic != topic:
        raise Forged(f"not said by the service of {topic}")
    body = BODIES.get(envelope.type)
    if body is not None and envelope.source not in PRODUCERS[body]:
        raise Forged(f"{envelope.type} is not {envelope.source}'s to say")


def kept(
    envelope: Envelope, headers: Iterable[tuple[str, bytes | None]], sealer: Sealer
) -> str | None:
    """The digest that the producer of an envelope vouches for; none where it vouches for nothing.

    Raises `Forged`, `Unprocessable` and `RetryLater` as `Sealer.must_be_vouched`.
    """
    named = dict(headers)
    proof, digest = named.get("ce_proof"), named.get("ce_digest")
    if proof is None or digest is None:
        return None
    try:
        said = envelope.attributes() | {"digest": digest.decode("ascii")}
        sealer.must_be_vouched(
            proof.decode("ascii"), _vouched(envelope.key, said), by=envelope.source
        )
    except UnicodeDecodeError as problem:
        raise Unprocessable("not a proof") from problem
    return said["digest"]


def _vouched(key: str, named: dict[str, str]) -> bytes:
    """The attributes with the digest, and the record's key."""
    return canonical(named | {"key": key})


def decode(
    envelope: Envelope, value: bytes, headers: Iterable[tuple[str, bytes | None]], sealer: Sealer
) -> Event[Any]:
    """The event of an envelope that `decode_envelope` gave; raises as `opened` and `parsed`."""
    return parsed(envelope, opened(envelope, value, headers, sealer))


def opened(
    envelope: Envelope, value: bytes, headers: Iterable[tuple[str, bytes | None]], sealer: Sealer
) -> bytes:
    """The document of an envelope, sealed by the service that it names and with its digest.

    Raises `Unprocessable`, `Forged` where the key, the attributes or the digest are not that
    service's, and `RetryLater` for a key that is not here yet.
    """
    bound = canonical(envelope.attributes())
    plain = sealer.open(value, aad=bound, by=envelope.source)
    if dict(headers).get("ce_digest") != digest_of(bound, plain).encode():
        raise Forged("the digest does not fit the document")
    return plain


def parsed(envelope: Envelope, plain: bytes) -> Event[Any]:
    """The event that was `opened`; raises `Unprocessable` if it does not fit its type."""
    body = body_class(envelope.type)
    try:
        document = _document(body).model_validate_json(plain)
    except ValidationError as problem:
        fields = sorted({".".join(map(str, error["loc"])) for error in problem.errors()})
        raise Unprocessable(f"{envelope.type} does not fit: {', '.join(fields)}") from problem
    act: Act | None = document.act
    return Event(envelope, document.data, act)


@cache
def _document(body: type[Body]) -> type[Document[Any]]:
    """Kept, because to make a generic model's kind anew costs as much as to read a document."""
    return Document[body]  # type: ignore[valid-type]  # the type is a value here
