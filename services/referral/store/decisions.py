"""Decision records: what matching saw when an offer was made, so that it can be explained later.

Kept: the candidates, and those of the area that were left out, with scores and coded reasons. The
rest is explained by replaying the rules of that version on that directory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.referral.model.matching import MOST_CANDIDATES, RULES_VERSION, Match, WhyNot
from services.referral.model.service_request import ServiceRequest
from services.referral.store.rows import as_json
from shared.db import Tx

KEEP = """
INSERT INTO decision (service_request_id, version, decided_at, rules_version, directory_change,
                      candidates, excluded)
SELECT look.request, look.version, $3, $4, look.change, look.candidates, look.excluded
FROM unnest($1::text[], $2::bigint[], $5::text[], $6::jsonb[], $7::jsonb[])
     AS look (request, version, change, candidates, excluded)
"""
OF_REQUEST = """
SELECT decided_at, rules_version, directory_change, candidates, excluded
FROM decision WHERE service_request_id = $1 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found, and the request in the version that came of it."""

    request: ServiceRequest
    directory_change: str
    found: Match


@dataclass(frozen=True, slots=True)
class Record:
    """One look at the directory: its change number, who could be asked and who could not."""

    decided_at: datetime
    rules_version: str
    directory_change: str
    candidates: list[dict[str, Any]]
    excluded: list[dict[str, Any]]


async def keep(tx: Tx, looks: Sequence[Look]) -> None:
    """Writes down what looks at the directory found."""
    await tx.execute(
        KEEP,
        [each.request.id for each in looks],
        [each.request.version for each in looks],
        tx.now,
        RULES_VERSION,
        [each.directory_change for each in looks],
        [_candidates(each.found) for each in looks],
        [_excluded(each.found) for each in looks],
    )


def _candidates(found: Match) -> str:
    return as_json(
        [
            {
                "service": each.service,
                "organisation": each.organisation,
                "area": each.area,
                "distance": each.distance,
                "free": each.free,
                "why": each.why,
            }
            for each in found.candidates
        ]
    )


def _excluded(found: Match) -> str:
    kept = [
        {"service": each.service, "organisation": each.organisation, "reason": each.reason}
        for each in found.excluded
        if each.reason != WhyNot.OUTSIDE_AREA
    ]
    return as_json(kept[:MOST_CANDIDATES])


async def of_request(tx: Tx, request_id: str) -> list[Record]:
    """The records of a service request, oldest first."""
    return [
        Record(
            row["decided_at"],
            row["rules_version"],
            row["directory_change"],
            orjson.loads(row["candidates"]),
            orjson.loads(row["excluded"]),
        )
        for row in await tx.fetch(OF_REQUEST, request_id)
    ]
