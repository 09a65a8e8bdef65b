"""Sources of registers that are not here yet: appeals, sittings, decisions, actions, referrals.

Each goes into `sources.ENTERED`, and ``kept=False`` from its `figures.Figure`, with the migration
of its tables; columns are those of the registers' drafts. Arguments are those of `sources`.
"""

APPEALS = """
SELECT committee_id, 'appeals', ARRAY[kind, way, sex, age_band],
       counted_on($5, received_on, entered_at, $6), 1
FROM appeals WHERE NOT is_hidden(matter_id)
"""
REFERRED = """
-- by the time at which intake received the incident alone, whatever clock is asked for
SELECT committee_id, 'referred', ARRAY[answer], (received_at AT TIME ZONE $6)::date, 1
FROM referred JOIN matters USING (incident_id) WHERE NOT is_hidden(matter_id)
"""
SITTINGS = """
SELECT committee_id, 'sittings', ARRAY[kind],
       counted_on($5, (starts AT TIME ZONE $6)::date, entered_at, $6), 1
FROM sittings WHERE status IN ('held', 'closed')
"""
DECISIONS = """
SELECT committee_id, 'decisions', '{}'::text[],
       counted_on($5, (starts AT TIME ZONE $6)::date, decided_at, $6), 1
FROM decisions JOIN sittings USING (committee_id, sitting_id) WHERE NOT is_hidden(matter_id)
"""
ACTIONS = """
-- in the period in which they were due: open ones of the past are overdue
SELECT committee_id, 'actions',
       ARRAY[CASE WHEN status = 'open' AND due < (statement_timestamp() AT TIME ZONE $6)::date
                  THEN 'overdue' ELSE status END],
       due, 1
FROM actions WHERE NOT is_hidden(matter_id)
"""
