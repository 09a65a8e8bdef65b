"""Views: what the audit service returns."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.audit.model.findings import Kind
from services.audit.store.chains import Chain
from services.audit.store.checkpoints import Checkpoint
from services.audit.store.findings import Found, Outage
from services.audit.store.origins import Origin
from services.audit.store.restores import Restore
from shared.http.pages import Next
from shared.jurisdiction.wording import Wording


class ProducerView(BaseModel):
    """What is known of one service. ``upto``: up to where each number was heard, or was found to
    lack; ``first``: where that begins; both null until the service was asked for all."""

    producer: str
    first: int | None
    upto: int | None
    newest: int
    newest_at: datetime

    @classmethod
    def of(cls, chain: Chain) -> Self:
        """As it is kept."""
        return cls(
            producer=chain.producer,
            first=chain.first,
            upto=chain.upto,
            newest=chain.newest,
            newest_at=chain.newest_at,
        )


class OutageView(BaseModel):
    """Nothing new came of a producer, and then its events in their order, from number ``first``."""

    producer: str
    since: datetime
    until: datetime
    first: int

    @classmethod
    def of(cls, outage: Outage) -> Self:
        """As it is kept."""
        return cls(
            producer=outage.producer, since=outage.since, until=outage.until, first=outage.first
        )


class RestoreView(BaseModel):
    """A service came back from a backup of ``backup_at``, and gives out numbers from
    ``goes_on_from`` on once more."""

    producer: str
    backup_at: datetime
    goes_on_from: int
    restored_at: datetime

    @classmethod
    def of(cls, restore: Restore) -> Self:
        """As it is kept."""
        return cls(
            producer=restore.producer,
            backup_at=restore.backup_at,
            goes_on_from=restore.goes_on_from,
            restored_at=restore.restored_at,
        )


class OriginView(BaseModel):
    """The ledger was forked: up to ``parted_at`` leaves it is what those know who contradicted it;
    checkpoints of more than ``since`` leaves bear this name."""

    origin: str
    since: int
    parted_at: int
    begun_at: datetime | None

    @classmethod
    def of(cls, origin: Origin) -> Self:
        """As it is kept."""
        return cls(
            origin=origin.name,
            since=origin.since,
            parted_at=origin.parted_at,
            begun_at=origin.begun_at,
        )


class StatusView(BaseModel):
    """The ledger now; of its newest checkpoint how many leaves that has, and when it was signed.
    ``origins``: its later names. ``behind``: how many leaves a witness says it knows, if that is
    more than there are."""

    origin: str
    size: int
    root: str
    signed_size: int | None
    signed_at: datetime | None
    producers: list[ProducerView]
    findings: dict[Kind, int]
    outages: list[OutageView]
    restores: list[RestoreView]
    origins: list[OriginView] = []
    behind: int | None = None

    @classmethod
    def of(cls, origin: str, size: int, root: bytes, signed: Checkpoint | None) -> Self:
        """Without what is known of producers."""
        return cls(
            origin=origin,
            size=size,
            root=base64.b64encode(root).decode(),
            signed_size=signed.size if signed else None,
            signed_at=signed.signed_at if signed else None,
            producers=[],
            findings={},
            outages=[],
            restores=[],
        )


class FindingView(BaseModel):
    """A finding: ``kind`` is a code, ``sentence`` says it in the reader's language."""

    finding_id: str
    kind: Kind
    sentence: str
    producer: str
    first: int
    last: int
    event_id: str | None
    found_at: datetime

    @classmethod
    def of(cls, found: Found, wording: Wording, language: str) -> Self:
        """In the reader's language."""
        finding = found.finding
        return cls(
            finding_id=found.finding_id,
            kind=finding.kind,
            sentence=wording.say(finding.kind.sentence, language),
            producer=finding.producer,
            first=finding.first,
            last=finding.last,
            event_id=finding.event_id,
            found_at=found.found_at,
        )


class FindingsView(BaseModel):
    """A page of findings, the newest first."""

    findings: Sequence[FindingView]
    next: Next = None
