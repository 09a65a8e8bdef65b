"""A country full of committees, laid straight into the database: five years of all registers.

What each does in a year is more than the founding document counts, so that a report has no easy
year. Rows are told apart by their numbers alone, so two runs have the same country.
"""

import asyncpg

from deploy.local.stack import ROOT, Stack
from shared.jurisdiction import load_jurisdiction
from shared.settings import JURISDICTION

COMMITTEES, YEARS = 452, 5
MEMBERS, RAION = 19, 8
APPEALS, SITTINGS, ITEMS, ACTIVITIES = 24, 6, 3, 12
"""Of a committee and year; items of a sitting. One appeal in four is an incident with two needs;
two items in three are decided, and one decision in four gives aid."""

SECTORS = "state-police,state-health,state-education,community-activist,ngo"
QUICKLY = """
SET search_path TO committee;
SET session_replication_role TO replica;  -- no foreign key looks at each of a million rows
"""
COMMITTEE = f"""
INSERT INTO committees (committee_id, organisation, territory, order_no, order_on, term_from,
                        term_to, version, entered_at, entered_by)
SELECT 'bench-' || n, 'bench-' || n,
       raions[1 + n % cardinality(raions)] || 8 || 10 + n / cardinality(raions) || '000',
       '1', first, first, first + interval '9 years', 1, now(), 'bench'
FROM generate_series(0, {COMMITTEES - 1}) AS n,
     (SELECT $1::text[] AS raions, make_date($2 - {YEARS - 1}, 1, 1) AS first) AS given
"""
DAYS = f"""
CREATE TEMPORARY TABLE days AS
SELECT committee_id, territory, n, year.id || '-' || n AS id, year.id AS year_id,
       first::date + 30 + abs(n * 97 + hashtext(year.id)) % 300 AS day
FROM committees,
     LATERAL (SELECT term_from + make_interval(years => nth) AS first,
                     committee_id || '-' || nth AS id
              FROM generate_series(0, {YEARS - 1}) AS nth) AS year,
     generate_series(0, {APPEALS - 1}) AS n
WHERE entered_by = 'bench'
"""
REST = f"""
INSERT INTO members (member_id, committee_id, staff_id, body, sector, order_no, order_on,
                     member_from, entered_at, entered_by)
SELECT committee_id || '-' || n, committee_id, committee_id || '-' || n, 'body',
       (string_to_array('{SECTORS}', ','))[1 + n % 5], '1', term_from, term_from, now(), 'bench'
FROM committees, generate_series(1, {MEMBERS}) AS n WHERE entered_by = 'bench';

INSERT INTO matters (matter_id, committee_id, incident_id, opened_at)
SELECT id, committee_id, CASE WHEN n % 4 = 0 THEN id END, day FROM days;

INSERT INTO appeals (appeal_id, committee_id, matter_id, received_on, journal_no, way, collective,
                     kind, subject, sex, age_band, incident_id, linked_on, version, entered_at,
                     entered_by)
SELECT id, committee_id, id, day, n::text, (ARRAY['written', 'oral', 'electronic'])[1 + n % 3],
       false, (ARRAY['application', 'complaint', 'proposal'])[1 + n % 3], 'housing',
       (ARRAY['female', 'male'])[1 + n % 2], (ARRAY['18-29', '30-44', '45-59'])[1 + n % 3],
       CASE WHEN n % 4 = 0 THEN id END, CASE WHEN n % 4 = 0 THEN day END, 1, day, 'bench'
FROM days;

INSERT INTO service_requests (service_request_id, incident_id, service_type, status, fulfilment,
                              version, opened_at, changed_at)
SELECT id || '-' || need, id, 'shelter', 'active',
       (ARRAY['placed', 'offering', 'exhausted'])[1 + n % 3], 1, day, day
FROM days, generate_series(1, 2) AS need WHERE n % 4 = 0;

INSERT INTO sittings (sitting_id, committee_id, kind, status, starts, ends, place, held_on, no,
                      seats, needed, filled, matters, version, entered_at, recorded_at, entered_by)
SELECT id, committee_id, (ARRAY['ordinary', 'emergency'])[1 + n % 2], 'held', day,
       day + interval '1 hour', territory, day, n + 1, 19, 10, 14,
       ARRAY(SELECT year_id || '-' || n * {ITEMS} + item
             FROM generate_series(0, {ITEMS - 1}) AS item), 1, day, day, 'bench'
FROM days WHERE n < {SITTINGS};

INSERT INTO agenda (item_id, sitting_id, committee_id, matter_id, position, source, topic, result,
                    filled, closed_at, entered_at, entered_by)
SELECT id || '-' || item, id, committee_id, year_id || '-' || n * {ITEMS} + item, item, 'appeal',
       'appeal', (ARRAY['decided', 'noted'])[1 + item % 2], 14, day, day, 'bench'
FROM days, generate_series(0, {ITEMS - 1}) AS item WHERE n < {SITTINGS};

INSERT INTO decisions (decision_id, item_id, sitting_id, committee_id, matter_id, point, what, body,
                       due, control, decided_at)
SELECT item_id, item_id, sitting_id, committee_id, matter_id, 1, 'refer', 'police',
       closed_at::date + 14, 'visit', closed_at
FROM agenda WHERE result = 'decided' AND entered_by = 'bench';

INSERT INTO actions (action_id, decision_id, sitting_id, committee_id, matter_id, what, body,
                     decided_on, due, control, status, reported_on, version, entered_at, changed_at,
                     changed_by)
SELECT decision_id, decision_id, sitting_id, committee_id, matter_id, what, body, due - 14, due,
       control, CASE WHEN open THEN 'open' ELSE 'done' END, CASE WHEN NOT open THEN due END, 1,
       decided_at, decided_at, 'bench'
FROM decisions, LATERAL (SELECT hashtext(decision_id) % 3 = 0 AS open) AS status
WHERE starts_with(committee_id, 'bench-');

INSERT INTO aid (entry_id, committee_id, matter_id, decision_id, kind, som, source, given_on,
                 entered_at, entered_by, first_id, first_at)
SELECT decision_id, committee_id, matter_id, decision_id, 'cash', 6500, 'local-budget', due,
       decided_at, 'bench', decision_id, decided_at
FROM decisions WHERE starts_with(committee_id, 'bench-') AND hashtext(decision_id) % 4 = 0;

INSERT INTO activities (entry_id, committee_id, kind, happened_on, territory, topic, days, channel,
                        reach, present_sex, present_age, present_count, entered_at, entered_by,
                        first_id, first_at)
SELECT id, committee_id, (ARRAY['meeting', 'training', 'informing'])[1 + n % 3], day, territory,
       'law', CASE WHEN n % 3 = 1 THEN 1 + n % 2 END, CASE WHEN n % 3 = 2 THEN 'press' END,
       CASE WHEN n % 3 = 2 THEN 100 END, sexes, ages, counts, day, 'bench', id, day
FROM days, LATERAL (
    SELECT coalesce(array_agg(sex), '{{}}') AS sexes, coalesce(array_agg(age), '{{}}') AS ages,
           coalesce(array_agg(9), '{{}}') AS counts
    FROM unnest(ARRAY['female', 'male']) AS sex, unnest(ARRAY['18-29', '30-44', '45-59']) AS age
    WHERE n % 3 <> 2) AS present
WHERE n < {ACTIVITIES}
"""
ANALYZED = "VACUUM (ANALYZE) committees, members, matters, appeals, service_requests, sittings, "
ANALYZED += "agenda, decisions, actions, aid, activities"
ROWS = """
SELECT sum(n_live_tup)::int FROM pg_stat_user_tables WHERE schemaname = 'committee'
"""


async def lay(stack: Stack, year: int) -> int:
    """Puts the country there, its last year ``year``; how many rows it has."""
    territories = load_jurisdiction(ROOT / JURISDICTION).territories
    raions = [each.prefix for each in territories.listed.values() if len(each.prefix) == RAION]
    db = await asyncpg.connect(stack.superuser("tirek"))
    try:
        await db.execute(QUICKLY)
        await db.execute(COMMITTEE, raions, year)
        await db.execute(DAYS)
        await db.execute(REST)
        await db.execute(ANALYZED)
        return int(await db.fetchval(ROWS))
    finally:
        await db.close()
