"""Consents. They are locked by locking their incident."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.intake.model.consents import Consent, Group, Terms
from shared.db import Tx

INSERT = """
INSERT INTO consents (consent_id, incident_id, need_id, position, recipient_kind, organisation,
                      purpose, scope, given_by, how, until, ground, named_person, recorded_at,
                      recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
OF_INCIDENTS = """
SELECT c.*, n.service_type FROM consents c JOIN needs n USING (need_id)
WHERE c.incident_id = ANY ($1::text[]) ORDER BY c.incident_id, c.position
"""
WITHDRAW = """
UPDATE consents SET withdrawn_at = $2, withdrawn_by = $3
WHERE consent_id = $1 AND withdrawn_at IS NULL
"""


async def add(
    tx: Tx, incident_id: str, consents: Sequence[Consent], by: str, *, first: int = 0
) -> None:
    """Writes new consents that somebody records, in their order: ``first`` is the place of the
    first one."""
    await tx.executemany(
        INSERT,
        [
            (
                consent.consent_id,
                incident_id,
                consent.need_id,
                position,
                consent.terms.recipient_kind,
                consent.terms.organisation,
                consent.terms.purpose,
                [group.value for group in consent.terms.scope],
                consent.terms.given_by,
                consent.terms.how,
                consent.terms.until,
                consent.terms.ground,
                consent.terms.named_person,
                tx.now,
                by,
            )
            for position, consent in enumerate(consents, first)
        ],
    )


async def of_incidents(tx: Tx, incident_ids: Iterable[str]) -> dict[str, list[Consent]]:
    """Every consent of these incidents, withdrawn or not, in the order they were given."""
    found: dict[str, list[Consent]] = {}
    for row in await tx.fetch(OF_INCIDENTS, list(incident_ids)):
        found.setdefault(row["incident_id"], []).append(_consent(row))
    return found


async def of_incident(tx: Tx, incident_id: str) -> list[Consent]:
    """Every consent of one incident."""
    return (await of_incidents(tx, [incident_id])).get(incident_id, [])


async def withdraw(tx: Tx, consent_id: str, by: str) -> None:
    """Ends a consent now; one that was withdrawn stays as it was."""
    await tx.execute(WITHDRAW, consent_id, tx.now, by)


def _consent(row: Any) -> Consent:
    return Consent(
        consent_id=row["consent_id"],
        need_id=row["need_id"],
        terms=Terms(
            need=row["service_type"],
            recipient_kind=row["recipient_kind"],
            organisation=row["organisation"],
            purpose=row["purpose"],
            scope=tuple(map(Group, row["scope"])),
            given_by=row["given_by"],
            how=row["how"],
            until=row["until"],
            ground=row["ground"],
            named_person=row["named_person"],
        ),
        withdrawn_at=row["withdrawn_at"],
    )
