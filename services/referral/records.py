"""Decision records: what matching saw when an offer was made, so that it can be explained later.

Kept: the candidates, and those of the area that were left out, with scores and coded reasons. The
rest is explained by replaying the rules of that version on that directory.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.referral.model.matching import MOST_CANDIDATES, RULES_VERSION, Match, WhyNot
from services.referral.model.values import ServiceRequest
from shared.db import Tx

KEEP = """
INSERT INTO decision (service_request_id, version, decided_at, rules_version, directory_change,
                      candidates, excluded)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
OF_REQUEST = """
SELECT decided_at, rules_version, directory_change, candidates, excluded
FROM decision WHERE service_request_id = $1 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One look at the directory: its change number, who could be asked and who could not."""

    decided_at: datetime
    rules_version: str
    directory_change: str
    candidates: list[dict[str, Any]]
    excluded: list[dict[str, Any]]


async def keep(tx: Tx, request: ServiceRequest, found: Match, change: str) -> None:
    """Writes down what one look found."""
    candidates = [
        {
            "service": each.service,
            "organisation": each.organisation,
            "distance": each.distance,
            "free": each.free,
            "why": each.why,
        }
        for each in found.candidates
    ]
    excluded = [
        {"service": each.service, "organisation": each.organisation, "reason": each.reason}
        for each in found.excluded
        if each.reason != WhyNot.OUTSIDE_AREA
    ]
    await tx.execute(
        KEEP,
        request.id,
        request.version,
        tx.now,
        RULES_VERSION,
        change,
        json.dumps(candidates),
        json.dumps(excluded[:MOST_CANDIDATES]),
    )


async def of_request(tx: Tx, request_id: str) -> list[Record]:
    """The records of a service request, oldest first."""
    return [
        Record(
            row["decided_at"],
            row["rules_version"],
            row["directory_change"],
            json.loads(row["candidates"]),
            json.loads(row["excluded"]),
        )
        for row in await tx.fetch(OF_REQUEST, request_id)
    ]
