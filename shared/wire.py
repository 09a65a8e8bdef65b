"""An event on the wire: CloudEvents 1.0, Kafka binary mode, the document sealed for its readers."""

from collections.abc import Iterable
from typing import Any

import rfc8785
from pydantic import ValidationError

from shared.errors import Unprocessable
from shared.events import READERS, Act, Document, Envelope, Event, body_class
from shared.events.envelope import digest
from shared.sealing import CONTENT_TYPE, Sealer

Headers = list[tuple[str, bytes]]


def _bound(envelope: Envelope) -> bytes:
    """The attributes, bound to the sealed document: a changed header does not open."""
    return rfc8785.dumps(dict(envelope.attributes()))


def encode(envelope: Envelope, document: bytes, sealer: Sealer) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of the record; the key is the envelope's, in UTF-8."""
    readers = READERS[body_class(envelope.type)]
    value = sealer.seal(document, readers, aad=_bound(envelope))
    attributes = envelope.attributes() | {"digest": digest(envelope, document)}
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    return envelope.key.encode(), value, [*headers, ("content-type", CONTENT_TYPE.encode())]


def decode_envelope(key: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The outside of a record; raises `Unprocessable` for bytes that are no event of ours."""
    try:
        named = {
            name.removeprefix("ce_"): value.decode()
            for name, value in headers
            if name.startswith("ce_")
        }
        return Envelope.from_attributes(named, (key or b"").decode())
    except (KeyError, ValueError, AttributeError) as problem:
        raise Unprocessable(f"not an event: {type(problem).__name__}") from problem


def decode(
    envelope: Envelope, value: bytes, headers: Iterable[tuple[str, bytes]], sealer: Sealer
) -> Event[Any]:
    """The event, opened and checked against its digest; raises `Unprocessable`."""
    body = body_class(envelope.type)
    plain = sealer.open(value, aad=_bound(envelope))
    if dict(headers).get("ce_digest") != digest(envelope, plain).encode():
        raise Unprocessable("the digest does not fit the document")
    try:
        document = Document[body].model_validate_json(plain)  # type: ignore[valid-type]
    except ValidationError as problem:
        fields = sorted({".".join(map(str, error["loc"])) for error in problem.errors()})
        raise Unprocessable(f"{envelope.type} does not fit: {', '.join(fields)}") from problem
    act: Act | None = document.act
    return Event(envelope, document.data, act)
