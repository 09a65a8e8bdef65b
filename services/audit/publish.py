"""Events of audit, and whom a finding is told to."""

import base64
from datetime import datetime, timedelta

from services.audit import metrics
from services.audit.model.findings import Finding
from services.audit.store import findings
from shared.db import Tx
from shared.events.audit import CheckpointSigned, FiguresExported, FindingRaised
from shared.events.notices import NoticeRequested
from shared.events.words import Role, Urgency

TOLD = (Role.AUDITOR, Role.COORDINATOR)
"""All of them, in whichever organisation: so none hears of a finding, or keeps it, alone."""
NOTICE_WITHIN = timedelta(hours=24)
TEMPLATE, CHECKPOINT = "ledger-finding", "ledger-checkpoint"


async def raise_finding(tx: Tx, finding: Finding) -> None:
    """Keeps, says and tells a finding, once. Of one kind and producer people hear once an hour."""
    finding_id = tx.ids.new()
    if not await findings.new(tx, finding_id, finding):
        return
    metrics.FINDINGS.labels(finding.kind, finding.producer).inc()
    body = FindingRaised(
        finding_id=finding_id,
        kind=finding.kind,
        producer=finding.producer,
        first=finding.first,
        last=finding.last,
        event_id=finding.event_id,
    )
    tx.emit(body, subject=finding_id, version=1)
    hour = tx.now.strftime("%Y-%m-%dT%H")
    for role in TOLD:
        notice = NoticeRequested(
            notice_id=tx.ids.new(),
            template=TEMPLATE,
            urgency=Urgency.HIGH,
            role=role,
            due=tx.now + NOTICE_WITHIN,
            dedup_key=f"{TEMPLATE}|{finding.kind}|{finding.producer}|{hour}|{role}",
        )
        tx.emit(notice, subject=finding_id, version=1)


def checkpoint_to(tx: Tx, organisation: str, note: str, day: str) -> None:
    """Asks that the auditors of an organisation be e-mailed a checkpoint, and nothing else."""
    notice = NoticeRequested(
        notice_id=tx.ids.new(),
        template=CHECKPOINT,
        urgency=Urgency.STANDARD,
        role=Role.AUDITOR,
        organisation=organisation,
        due=tx.now + NOTICE_WITHIN,
        dedup_key=f"{CHECKPOINT}|{organisation}|{day}",
        checkpoint=note,
    )
    tx.emit(notice, subject=notice.notice_id, version=1)


def checkpoint_signed(tx: Tx, origin: str, size: int, root: bytes) -> None:
    """Says how large the ledger was, and its root."""
    body = CheckpointSigned(origin=origin, size=size, root=base64.b64encode(root).decode())
    tx.emit(body, subject=origin, version=size)


def figures_exported(
    tx: Tx, staff_id: str, report: str, rows: int, counted: tuple[datetime, int]
) -> None:
    """Says who took figures along; ``counted``: up to when, and to how many leaves."""
    cut, size = counted
    body = FiguresExported(
        export_id=tx.ids.new(), staff_id=staff_id, report=report, rows=rows, cut=cut, size=size
    )
    tx.emit(body, subject=body.export_id, version=1)
