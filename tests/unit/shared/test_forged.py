"""A service speaks for itself alone: type, key, source and topic are one service's, or nothing is.

Every type is sealed here by the real code, with every service's key, under every name, on every
topic: what is taken is exactly what the tables of the registry allow.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from shared.bus import hints, wire
from shared.errors import Forged, Unprocessable
from shared.events import BODIES, READERS, Envelope
from shared.events.canonical import canonical
from shared.events.registry import PRODUCERS
from shared.events.services import SERVICES
from shared.key_files import b64, unb64
from shared.security.sealing import Sealer
from tests.contract.test_samples import opened, sample
from tests.support.keys import sealers
from tests.unit.shared.test_wire import NOW

SEALERS = sealers(*SERVICES)
TOPICS = {name: service.topic or "" for name, service in SERVICES.items()}
Record = tuple[str, bytes, bytes, wire.Headers]
"""Topic, key, value and headers."""


def said(ce_type: str, *, source: str, sealer: str, topic: str) -> Record:
    """A golden event, as whoever holds the key of ``sealer`` can put it on ``topic``."""
    document = opened(ce_type, sample(ce_type))
    envelope = Envelope(
        id="e-1", type=ce_type, source=source, subject="s", key=document.data.key, time=NOW,
        correlation_id=document.data.key, aggregate_version=1,
    )  # fmt: skip
    return (topic, *wire.encode(envelope, document.canonical(), SEALERS[sealer]))


def taken(reader: str, record: Record) -> str:
    """Reads a record as a service does; its type, or raises."""
    topic, key, value, headers = record
    envelope = wire.decode_envelope(topic, key, headers)
    return wire.decode(envelope, value, headers, SEALERS[reader]).envelope.type


OPENED = [(ce_type, reader) for ce_type, body in sorted(BODIES.items()) for reader in READERS[body]]
"""Each type with each of its readers."""


@pytest.mark.parametrize(("ce_type", "reader"), OPENED)
def test_an_event_is_its_own_services_in_everything(ce_type: str, reader: str) -> None:
    """All types × all keys × all names × all topics: one combination for each producer is taken."""
    for sealer, source, topic in product(SERVICES, repeat=3):
        record = said(ce_type, source=source, sealer=sealer, topic=TOPICS[topic])
        if sealer == source == topic and source in PRODUCERS[BODIES[ce_type]]:
            assert taken(reader, record) == ce_type
        else:
            with pytest.raises(Forged):
                pytest.fail(f"{sealer}, {source}, {topic}: {taken(reader, record)}")


def pairs() -> Iterator[Any]:
    """Each type and producer, with every service that is neither that nor the reader."""
    for ce_type, body in sorted(BODIES.items()):
        for producer, reader in product(PRODUCERS[body], READERS[body]):
            for forger in sorted(SERVICES.keys() - {producer, reader}):
                yield pytest.param(ce_type, producer, reader, forger)


@pytest.mark.parametrize(("ce_type", "producer", "reader", "forger"), [*pairs()])
def test_naming_another_services_key_does_not_help(
    ce_type: str, producer: str, reader: str, forger: str
) -> None:
    """The header says whose key it is, and only that key's agreement opens it."""
    topic, key, value, headers = said(
        ce_type, source=producer, sealer=forger, topic=TOPICS[producer]
    )
    jwe = json.loads(value)
    protected = json.loads(unb64(jwe["protected"]))
    jwe["protected"] = b64(json.dumps(protected | {"skid": f"{producer}.1"}).encode())
    with pytest.raises(Forged):
        taken(reader, (topic, key, json.dumps(jwe).encode(), headers))


MADE_BY_A_READER = [
    (ce_type, producer, reader, forger)
    for ce_type, body in sorted(BODIES.items())
    for producer in PRODUCERS[body]
    for reader in READERS[body]
    for forger in sorted(SERVICES.keys() - {producer, reader})
    if producer == "referral"
]
"""Referral seals some events for two readers: each of them learns a content key of the other's."""


@pytest.mark.parametrize("keeps_mac", [True, False])
@pytest.mark.parametrize(("ce_type", "producer", "reader", "forger"), MADE_BY_A_READER)
def test_a_reader_cannot_forge_with_the_content_key_it_shares(
    ce_type: str, producer: str, reader: str, forger: str, keeps_mac: bool
) -> None:
    """It knows the content key of an event for two, with the other's wrapping of it: it could seal
    anything anew with both."""
    both = json.loads(SEALERS[producer].seal(b"true", [reader, forger], b"attributes"))
    theirs, own = both["recipients"]
    ring = SEALERS[forger]._ring()
    wrapping = ring.pair(own["header"]["kid"], f"{producer}.1", f"{producer}.1").wrapping
    content_key = aes_key_unwrap(wrapping, unb64(own["encrypted_key"]))
    if not keeps_mac:
        del theirs["header"]["mac"]

    class Forger(Sealer):
        """Seals as its producer would, with what its reader has been given by that."""

        def seal(self, plain: bytes, readers: Any, aad: bytes = b"") -> bytes:
            _ = readers
            bound = f"{both['protected']}.{b64(aad)}".encode()
            sealed = AESGCM(content_key).encrypt(unb64(both["iv"]), plain, bound)
            made = both | {"recipients": [theirs], "aad": b64(aad)}
            return json.dumps(
                made | {"ciphertext": b64(sealed[:-16]), "tag": b64(sealed[-16:])}
            ).encode()

    document = opened(ce_type, sample(ce_type))
    envelope = Envelope(
        id="e-1", type=ce_type, source=producer, subject="s", key=document.data.key, time=NOW,
        correlation_id=document.data.key, aggregate_version=1,
    )  # fmt: skip
    record = wire.encode(envelope, document.canonical(), Forger(ring))
    with pytest.raises(Forged):
        taken(reader, (TOPICS[producer], *record))


@pytest.mark.parametrize("ce_type", sorted(each for each in BODIES if READERS[BODIES[each]]))
def test_a_true_event_with_another_digest_is_none(ce_type: str) -> None:
    """The digest stands in an open header: what does not fit the document is somebody else's."""
    [producer, *_], [reader, *_] = PRODUCERS[BODIES[ce_type]], READERS[BODIES[ce_type]]
    topic, key, value, headers = said(
        ce_type, source=producer, sealer=producer, topic=TOPICS[producer]
    )
    other = [(name, b"0" * 64 if name == "ce_digest" else text) for name, text in headers]
    with pytest.raises(Forged):
        taken(reader, (topic, key, value, other))


@pytest.mark.parametrize("source", ["", "nobody", "/tirek/intake", "Intake", "intake "])
def test_a_source_that_is_no_service_is_none(source: str) -> None:
    """Whatever the topic; nor a service without a topic of its own."""
    record = said("tirek.incident.reported.v1", source="intake", sealer="intake", topic="x")
    named = [(n, f"/tirek/{source}".encode() if n == "ce_source" else t) for n, t in record[3]]
    for topic in ("", *TOPICS.values()):
        with pytest.raises(Unprocessable):
            wire.decode_envelope(topic, record[1], named)


def test_a_hint_is_heard_from_its_own_topic_alone() -> None:
    """Hints open nothing: source, type and topic must fit all the same."""
    heard: list[str] = []

    class Put:
        partition, offset = 0, 0

        def __init__(self, record: Record) -> None:
            self.topic, self.key, self.value, self.headers = record

    true = said(
        "tirek.offer.changed.v1", source="referral", sealer="referral", topic="tirek.referral"
    )
    forged = [
        said("tirek.offer.changed.v1", source=source, sealer="notify", topic=topic)
        for source, topic in (("referral", "tirek.notify"), ("notify", "tirek.notify"))
    ]
    records: Any = [Put(each) for each in (*forged, true)]
    hints.tell(records, lambda envelope: heard.append(envelope.type))
    assert heard == ["tirek.offer.changed.v1"]


def test_what_is_bound_is_what_is_checked() -> None:
    """The source is among the attributes that the seal covers: it cannot be changed on the way."""
    envelope = Envelope(
        id="e", type="t", source="intake", subject="s", key="k", time=NOW,
        correlation_id="k", aggregate_version=1,
    )  # fmt: skip
    assert b'"source":"/tirek/intake"' in canonical(envelope.attributes())
