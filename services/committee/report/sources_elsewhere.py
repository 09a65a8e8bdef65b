"""Sources of registers whose tables are not here yet: sittings, decisions, actions.

With the migrations of those tables each goes into `sources.ENTERED`, and ``kept=False`` from its
`figures.Figure`. Arguments are those of `sources`.
"""

SITTINGS = """
SELECT committee_id, 'sittings', ARRAY[kind], counted_on($5, held_on, recorded_at, $6), 1
FROM sittings WHERE status = 'held' AND NOT all_hidden(matters)
"""
DECISIONS = """
SELECT committee_id, 'decisions', '{}'::text[], counted_on($5, held_on, decided_at, $6), 1
FROM decisions JOIN sittings USING (committee_id, sitting_id) WHERE NOT is_hidden(matter_id)
"""
ACTIONS = """
-- in the period in which they are due; open ones are overdue as of the day on which it stands
SELECT committee_id, 'actions',
       ARRAY[CASE WHEN status = 'open' AND due < ($7::date[])[1] THEN 'overdue' ELSE status END],
       counted_on($5, due, entered_at, $6), 1
FROM actions WHERE NOT is_hidden(matter_id)
"""
