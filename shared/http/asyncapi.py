"""The contract of the bus as AsyncAPI 3: made from the registry, never written by hand.

``python -m shared.http.asyncapi`` prints it; services serve it at ``/asyncapi.yaml``.
"""

import sys
from itertools import product
from typing import Any

import yaml

from shared.events import BODIES, READERS
from shared.events.envelope import Act, Document
from shared.events.registry import PRODUCERS
from shared.events.topics import TOPICS

HEADERS = {
    "ce_specversion": "always 1.0",
    "ce_id": "unique for ever, the same on every republishing",
    "ce_type": "tirek.<what>.v<n>",
    "ce_source": "/tirek/<service>",
    "ce_subject": "opaque id of the aggregate",
    "ce_time": "the producer's database clock, RFC 3339, UTC, microseconds",
    "ce_correlationid": "the incident: the same along its whole way",
    "ce_causationid": "the event that led to this one; absent for the first",
    "ce_aggregateversion": "version of the aggregate after the event",
    "ce_producerseq": "the producer's own count, without gaps",
    "ce_prev": "digest of the producer's event before this one",
    "ce_digest": "SHA-256 over these attributes and the opened document",
    "ce_proof": "ids of two keys and an HMAC: the producer vouches for the above to audit alone",
    "content-type": "application/jose+json",
}
SEALED = (
    "The record's value is a JWE (general JSON, A256GCM, A256KW for each reader); the schema is "
    "that of the opened document, canonical JSON (RFC 8785). The attributes are bound to it."
)


def document() -> dict[str, Any]:
    """The whole contract."""
    schemas: dict[str, Any] = {"Act": Act.model_json_schema(ref_template=_REF)}
    messages: dict[str, Any] = {}
    for ce_type, body in sorted(BODIES.items()):
        schema = Document[body].model_json_schema(ref_template=_REF)  # type: ignore[valid-type]
        schemas |= schema.pop("$defs", {})
        schemas[ce_type] = schema
        messages[ce_type] = {
            "name": ce_type,
            "summary": (body.__doc__ or "").strip().splitlines()[0],
            "description": f"Readers: {', '.join(READERS[body]) or 'none yet'}. {SEALED}",
            "contentType": "application/jose+json",
            "headers": {"$ref": "#/components/schemas/Headers"},
            "payload": {"$ref": f"#/components/schemas/{ce_type}"},
        }
    schemas["Headers"] = {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": meaning} for name, meaning in HEADERS.items()
        },
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tirek's bus",
            "version": "1",
            "description": "CloudEvents 1.0 in Kafka's binary mode. No personal data, ever.",
        },
        "defaultContentType": "application/jose+json",
        "channels": {service: _channel(service) for service in TOPICS},
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schemas},
    }


_REF = "#/components/schemas/{model}"


def _said_by(service: str) -> list[str]:
    return sorted(ce_type for ce_type, body in BODIES.items() if service in PRODUCERS[body])


def _channel(service: str) -> dict[str, Any]:
    topic = TOPICS[service]
    return {
        "address": topic.name,
        "description": f"What {service} says; the key is the incident, or else the committee.",
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in _said_by(service)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "retention.ms": int(topic.retention.total_seconds() * 1000),
                    "max.message.bytes": topic.max_message_bytes,
                },
            }
        },
    }


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for service in TOPICS:
        operations[f"{service}-says"] = _operation("send", service, _said_by(service))
    for ce_type, body in sorted(BODIES.items()):
        for producer, reader in product(PRODUCERS[body], READERS[body]):
            name = f"{reader}-reads-{producer}"
            found = operations.setdefault(name, _operation("receive", producer, []))
            found["messages"].append(_message(producer, ce_type))
    return operations


def _operation(action: str, service: str, types: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{service}"},
        "messages": [_message(service, each) for each in types],
    }


def _message(service: str, ce_type: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{service}/messages/{ce_type}"}


def text() -> str:
    """The contract as YAML."""
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)


if __name__ == "__main__":
    sys.stdout.write(text())
