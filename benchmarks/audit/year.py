"""A year of a country: 60,000 service requests and two offers of each, as facts of response.

Made of their numbers alone, so two runs have the same year.
"""

import asyncpg

from deploy.local.stack import ROOT, Stack
from shared.jurisdiction import load_jurisdiction
from shared.settings import JURISDICTION

REQUESTS, OFFERS, RAION = 60_000, 2, 8
YEAR = 2025
REQUEST = f"""
INSERT INTO request_facts (service_request_id, service_type, opened_at, urgency, territory,
    permitted_at, accept_by, contact_by, accepted_at, accepted_now, asked)
SELECT 'bench-' || n, (ARRAY['shelter', 'police-protection', 'crisis-counselling'])[1 + n % 3],
    at, 'high', raions[1 + n % cardinality(raions)] || '000000', at, at + interval '30 minutes',
    at + interval '2 hours', accepted, accepted, {OFFERS}
FROM (SELECT $1::text[] AS raions) AS given, generate_series(1, {REQUESTS}) AS n,
    LATERAL (SELECT make_timestamptz($2, 1, 1, 0, 0, 0, 'UTC') + n * interval '8 minutes' AS at)
        AS opened,
    LATERAL (SELECT CASE WHEN n % 5 > 0 THEN at + n % 2700 * interval '1 second' END AS accepted)
        AS answered
"""
OFFER = f"""
INSERT INTO offer_facts (offer_id, service_request_id, service_type, organisation, requested_at,
    answer_by, decide_by, urgency, territory, channel, tier, told_at, decided_at, decided_now,
    decision, decision_now, accepted_at, accepted_now, ended_at, end_reason)
SELECT service_request_id || '-' || nth, service_request_id, service_type, 'org-' || tag % 150,
    opened_at, opened_at + interval '15 minutes', opened_at + interval '30 minutes', urgency,
    territory, 'sms', 1, opened_at + interval '5 seconds', said, said, word, word,
    CASE WHEN nth = 1 THEN said END, CASE WHEN nth = 1 THEN said END,
    CASE WHEN said IS NULL THEN opened_at + interval '15 minutes' END,
    CASE WHEN said IS NULL THEN 'expired' END
FROM request_facts, generate_series(1, {OFFERS}) AS nth,
    LATERAL (SELECT abs(hashtext(service_request_id)) + nth AS tag,
                    CASE WHEN nth = 1 THEN accepted_at END AS said) AS answered,
    LATERAL (SELECT CASE WHEN said IS NOT NULL THEN 'accept' END AS word) AS worded
"""

CHANGE = """
UPDATE request_facts SET on_hold_at = opened_at
WHERE number = (SELECT max(number) FROM request_facts);
UPDATE offer_facts SET on_hold_at = requested_at
WHERE number = (SELECT max(number) FROM offer_facts);
"""


async def lay(stack: Stack) -> None:
    """Puts the year there."""
    territories = load_jurisdiction(ROOT / JURISDICTION).territories
    raions = [each.prefix for each in territories.listed.values() if len(each.prefix) == RAION]
    db = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await db.execute("SET search_path TO audit")
        await db.execute(REQUEST, raions, YEAR)
        await db.execute(OFFER)
        await db.execute("VACUUM (ANALYZE) request_facts, offer_facts")
    finally:
        await db.close()


async def change(stack: Stack) -> None:
    """The newest need and the newest offer are not what they were."""
    db = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await db.execute("SET search_path TO audit")
        await db.execute(CHANGE)
    finally:
        await db.close()
