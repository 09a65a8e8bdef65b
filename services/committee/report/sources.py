"""Sources: what each register gives to a report, as rows of one shape. SQL alone.

A source answers ``committee_id, figure, parts, day, value``: ``parts`` as `figures.Figure.axes`
has them, ``day`` by which it counts. Every source of a statement may name its arguments:

$1 first and $2 after of the period, $3 and $4 of the one before · $5 whether by the day on which
things were entered · $6 the zone · $7 the days as of which what stands is counted · $8 of which
committees: their ids.

Rows of matters that are hidden from the viewer are left out here as well: where figures of many
committees are read, the database shows all rows.
"""

COMMITTEES = """
SELECT committee_id, 'committees', '{}'::text[], day, 1::bigint
FROM terms JOIN unnest($7::date[]) AS day ON day BETWEEN term_from AND term_to
"""
MEMBERS = """
SELECT committee_id, 'members', ARRAY[sector], day, 1
FROM members CROSS JOIN unnest($7::date[]) AS day
WHERE member_from <= day AND (member_to IS NULL OR member_to >= day)
"""
ACTIVITIES = """
SELECT committee_id,
       CASE kind WHEN 'meeting' THEN 'meetings' WHEN 'training' THEN 'trainings'
                 ELSE 'informing' END,
       CASE kind WHEN 'meeting' THEN '{}'::text[] WHEN 'training' THEN ARRAY[days::text]
                 ELSE ARRAY[channel] END,
       counted_on($5::boolean, happened_on, first_at, $6::text), 1
FROM activities WHERE ended_at IS NULL
"""
PEOPLE = """
SELECT committee_id, CASE kind WHEN 'meeting' THEN 'met' ELSE 'trained' END,
       CASE kind WHEN 'meeting' THEN ARRAY[sex, age] ELSE ARRAY[days::text, sex, age] END,
       counted_on($5, happened_on, first_at, $6), count
FROM activities
CROSS JOIN LATERAL unnest(present_sex, present_age, present_count) AS present (sex, age, count)
WHERE ended_at IS NULL
"""
REACHED = """
SELECT committee_id, 'reached', ARRAY[channel],
       counted_on($5, happened_on, first_at, $6), reach
FROM activities WHERE ended_at IS NULL AND kind = 'informing'
"""
AID = """
SELECT committee_id, figure, ARRAY[kind], counted_on($5, given_on, first_at, $6), value
FROM aid CROSS JOIN LATERAL (VALUES ('aid', 1), ('aid-som', coalesce(som, 0))) AS as_counted
    (figure, value)
WHERE ended_at IS NULL AND NOT is_hidden(matter_id)
"""
AIDED = """
-- a matter counts once a period, however often it was helped
SELECT DISTINCT ON (matter_id, first) committee_id, 'aided', '{}'::text[], first, 1
FROM aid JOIN (VALUES ($1::date, $2::date), ($3::date, $4::date)) AS period (first, after)
    ON counted_on($5, given_on, first_at, $6) >= first
    AND counted_on($5, given_on, first_at, $6) < after
WHERE ended_at IS NULL AND NOT is_hidden(matter_id)
"""
APPEALS = """
SELECT committee_id, 'appeals',
       ARRAY[kind, way, coalesce(sex, 'unknown'), coalesce(age_band, 'unknown')],
       counted_on($5, received_on, entered_at, $6), 1
FROM appeals WHERE NOT is_hidden(matter_id)
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
NEEDS = """
-- a statement names it ``needs``: of incidents that are committees', each once a committee, in both
-- periods and a day about them
SELECT committee_id, incident_id, status, fulfilment, closed,
       (opened_at AT TIME ZONE $6::text)::date AS day
FROM service_requests JOIN (SELECT DISTINCT committee_id, incident_id FROM matters
                            WHERE committee_id = ANY ($8::text[]) AND incident_id IS NOT NULL
                                AND NOT is_hidden(matter_id)) AS opened USING (incident_id)
WHERE status <> 'entered-in-error'
    AND opened_at >= $3::date - 1 AND opened_at < $2::date + 1
"""
REFERRED = """
-- by the time at which a need was opened alone, whatever clock is asked for; once a period, so that
-- where no case is, no referral is
SELECT DISTINCT ON (committee_id, incident_id, first) committee_id, 'referred', '{}'::text[],
       first, 1
FROM needs JOIN (VALUES ($1::date, $2::date), ($3::date, $4::date)) AS period (first, after)
    ON day >= first AND day < after
"""
REFERRALS = """
SELECT committee_id, 'referrals',
       ARRAY[CASE WHEN closed IS NOT NULL OR status = 'revoked' THEN 'ended'
                  WHEN status = 'completed' THEN 'completed'
                  WHEN status = 'draft' THEN 'awaiting-consent'
                  WHEN status = 'on-hold' OR fulfilment IN ('placed', 'in-service') THEN 'accepted'
                  WHEN fulfilment = 'exhausted' THEN 'exhausted' ELSE 'no-answer' END],
       day, 1
FROM needs
"""
STANDING = (COMMITTEES, MEMBERS)
ENTERED = (
    APPEALS,
    SITTINGS,
    DECISIONS,
    ACTIONS,
    REFERRED,
    REFERRALS,
    ACTIVITIES,
    PEOPLE,
    REACHED,
    AID,
    AIDED,
)
REPORTED = (ACTIVITIES, APPEALS, SITTINGS, DECISIONS, ACTIONS, REFERRED, AID)
"""Those that have something of each entry: a committee without any has not reported."""
