"""The record of every reading. It is written first: what it does not name cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.model.safe_contact import OutsideHours
from shared.db import Tx

INSERT = """
INSERT INTO disclosures (disclosure_id, incident_id, read_at, staff_id, organisation, basis,
                         purpose, field_groups, need_id, offer_id, outside_hours,
                         read_out_by, check_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads which groups of an incident, and by what right: a ticket's, or their own entry.

    ``outside_hours``: why they want the survivor's number although it is not safe to call.
    ``until``: when that right, or part of it, ends by itself; it stands with the consents.
    ``read_out_by``: the operator who reads out, of the row of whoever listens as of their own, and
    ``check_id`` under which notify has that the listener was known.
    """

    disclosure_id: str
    incident_id: str
    staff_id: str
    organisation: str
    purpose: str
    groups: Sequence[str]
    need_id: str | None = None
    offer_id: str | None = None
    outside_hours: OutsideHours | None = None
    until: datetime | None = None
    read_out_by: str | None = None
    check_id: str | None = None


async def record(tx: Tx, reading: Reading) -> None:
    """Writes the reading down; from here on this transaction can see the groups it names."""
    await tx.execute(
        INSERT,
        reading.disclosure_id,
        reading.incident_id,
        tx.now,
        reading.staff_id,
        reading.organisation,
        "own-entry" if reading.offer_id is None else "ticket",
        reading.purpose,
        list(reading.groups),
        reading.need_id,
        reading.offer_id,
        reading.outside_hours,
        reading.read_out_by,
        reading.check_id,
    )
