"""Real events for the pipeline: what intake says of the samples, said again for new incidents.

The documents are intake's own, read from its outbox after the samples were reported over HTTP. Each
need that something permits becomes an incident with that one need; ids and salt are new, the rest
(territory, urgency, permissions, sealed exclusions, the act behind it) stays. Envelopes go on where
intake's numbers and digests ended, and are sealed with intake's own keys.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import asyncpg

from benchmarks.figures import Json
from benchmarks.pipeline.feed import Record
from shared.bus import wire
from shared.events import Envelope, event_type
from shared.events.envelope import GENESIS, digest, new_salt
from shared.events.intake import IncidentReported
from shared.security.sealing import Sealer

TYPE = event_type(IncidentReported)
_SAID = f"SELECT document FROM intake.outbox WHERE type = '{TYPE}' ORDER BY id"
_LAST = """
SELECT producer_seq, digest FROM intake.outbox WHERE producer_seq IS NOT NULL
ORDER BY producer_seq DESC LIMIT 1
"""
_INCIDENT, _NEED, _SALT = "@incident@", "@need@", "@salt@"


@dataclass(frozen=True, slots=True)
class Template:
    """One need of one sample. ``document`` is canonical but for three marks."""

    name: str
    document: bytes

    def filled(self, incident: str) -> bytes:
        """A document of a new incident."""
        fresh = {_INCIDENT: incident, _NEED: str(uuid4()), _SALT: new_salt()}
        document = self.document
        for mark, value in fresh.items():
            document = document.replace(mark.encode(), value.encode())
        return document


async def templates(superuser: asyncpg.Connection) -> list[Template]:
    """Of every need that intake has said, each kind of need in each territory once."""
    found: dict[str, Template] = {}
    for row in await superuser.fetch(_SAID):
        for template in _of_needs(json.loads(row["document"])):
            found.setdefault(template.name, template)
    return list(found.values())


def _of_needs(document: Json) -> Iterable[Template]:
    data = document["data"]
    for need in data["needs"]:
        if not need.get("permissions"):
            continue  # stays a draft: nobody is asked, nobody is told
        marked = {**data, "incident_id": _INCIDENT, "needs": [{**need, "need_id": _NEED}]}
        name = f"{need['service_type']} in {data['territory']}, {need['urgency']}"
        yield Template(name, canonical({**document, "salt": _SALT, "data": marked}))


def canonical(document: Json) -> bytes:
    """One spelling of a document; enough of RFC 8785 for plain names and no fractions."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


class Intake:
    """Says incidents as intake's relay does: numbered, chained, sealed."""

    def __init__(self, sealer: Sealer, seq: int, last: str) -> None:
        self._sealer = sealer
        self._seq = seq
        self._last = last

    @classmethod
    async def of(cls, superuser: asyncpg.Connection, sealer: Sealer) -> "Intake":
        """Goes on where intake's outbox has ended."""
        last = await superuser.fetchrow(_LAST)
        seq, chained = (last["producer_seq"], last["digest"]) if last else (0, GENESIS)
        return cls(sealer, seq, chained)

    def says(self, template: Template, incident: str, now: datetime) -> Record:
        """The record of one new incident."""
        self._seq += 1
        envelope = Envelope(
            id=str(uuid4()),
            type=TYPE,
            source="intake",
            subject=incident,
            key=incident,
            time=now,
            correlation_id=incident,
            aggregate_version=1,
            producer_seq=self._seq,
            prev=self._last,
        )
        document = template.filled(incident)
        self._last = digest(envelope, document)
        key, value, headers = wire.encode(envelope, document, self._sealer)
        return Record(key, value, tuple(headers))


def names(found: Sequence[Template]) -> list[str]:
    """What a mix is made of."""
    return sorted(template.name for template in found)
