"""What has done its work goes, and never a day too early: a late repeat must still be known."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.notify import jobs
from shared.bus.retention import sweep
from shared.db import Database
from tests.stack import scratch, turn_clock
from tests.support.bus import NotifyLike, answer, new_incident, settings

MARK = "INSERT INTO inbox (event_id, source, received_at) VALUES ('an-event', 'referral', $1)"
MARKS = "SELECT count(*) FROM inbox"
SAID = "SELECT count(*) FROM outbox"
PUBLISHED = """
UPDATE outbox SET published_at = $1, producer_seq = id, prev = '', digest = ''
"""
AGED = "UPDATE outbox SET time = time - $1::interval, published_at = published_at - $1::interval"
"""The database's own clock keeps them, and no test turns that."""


@pytest_asyncio.fixture
async def own() -> AsyncIterator[Stack]:
    """A database whose clock nobody else turns."""
    async with scratch("notify.migrate") as stack:
        yield stack


async def test_marks_stay_35_days_and_published_rows_14_but_the_last(own: Stack) -> None:
    """The last row stays for ever: the next event is chained to it."""
    db = Database(settings(own, NotifyLike))
    owner = await asyncpg.connect(own.dsn("tirek_notify_owner"))
    try:
        for number in range(3):
            await answer(db, new_incident(), number)
        async with db.transaction() as tx:
            await tx.execute(MARK, tx.now)
            await tx.execute(PUBLISHED, tx.now)
        kept: list[tuple[int, int]] = []
        for days in (13, 2, 19, 2):
            await turn_clock(own, timedelta(days=days))
            async with db.transaction() as tx:
                await sweep(tx)
                assert await tx.fetchval(SAID) == (kept[-1][0] if kept else 3), "not by that clock"
            await owner.execute(AGED, timedelta(days=days))
            async with db.transaction() as tx:
                await sweep(tx)
                kept.append((await tx.fetchval(SAID), await tx.fetchval(MARKS)))
        assert kept == [(3, 1), (1, 1), (1, 1), (1, 0)]
    finally:
        await owner.close()
        await db.close()


TOLD = """
INSERT INTO organisations (organisation, kind, territories, version, changed_at, changed_by)
VALUES ('desk', 'crisis-centre', '{}', 1, now(), 'system');
INSERT INTO offers (offer_id, incident_id, service_request_id, organisation, status, version,
                    changed_at)
VALUES ('offer', 'incident', 'request', 'desk', 'accepted', 1, now());
INSERT INTO alerts (alert_id, offer_id, tier, urgency, deadline, requested_at, outcome, settled_at)
SELECT which, 'offer', 1, 'high', now(), now(), 'sent', now()
FROM unnest(ARRAY['one', 'two', 'waits']) which;
INSERT INTO messages (message_id, dedup_key, kind, template, channel, lane, priority, urgency,
                      staff_id, offer_id, alert_id, valid_until, status, next_attempt_at, queued_at)
SELECT alert_id, alert_id, 'alert', 'alert', 'sms', 'sms', 1, 'high', 'st-one', offer_id, alert_id,
       now(), CASE alert_id WHEN 'waits' THEN 'queued' ELSE 'sent' END, now(), now()
FROM alerts;
INSERT INTO codes (offer_id, staff_id, kid, counter, fingerprint, issued_at, closed_at)
SELECT 'offer', alert_id, 'k', 1, alert_id, now(), CASE WHEN alert_id <> 'waits' THEN now() END
FROM alerts;
INSERT INTO answers (answer_id, offer_id, staff_id, answer, channel, received_at)
SELECT alert_id, 'offer', 'st-one', 'accept', 'sms', now() FROM alerts;
INSERT INTO replies (reply_id, sender_hash, text_hash, received_at, outcome, answer_id)
SELECT answer_id, 'sender', 'text', received_at, 'answer', answer_id FROM answers;
INSERT INTO receipts_early (provider_id, receipt, receipt_at)
SELECT alert_id, 'delivered', now() FROM alerts;
INSERT INTO notices (dedup_key, notice_id, incident_id, template, people, escalated, requested_at)
SELECT alert_id, alert_id, 'incident', 'notice-exhausted', 1, false, now() FROM alerts;
INSERT INTO number_readings (reading_id, read_at, read_by, organisation, staff_id, offer_id, reason)
SELECT alert_id, now(), 'st-naryn', 'ministry', 'st-one', 'offer', 'nobody answers' FROM alerts;
INSERT INTO lookups (lookup_id, asked_by, asked_at, organisation)
SELECT alert_id, 'st-rep', now(), 'desk' FROM alerts;
INSERT INTO rosters_removed
    (removal_id, roster_id, organisation, tier, people, windows, removed_at, removed_by)
SELECT alert_id, alert_id, 'desk', 1, '{}', '[]', now(), 'st-admin' FROM alerts;
INSERT INTO calendar_feeds
    (feed_id, staff_id, secret_hash, made_at, revoked_at, counted_since)
SELECT alert_id, 'st-one', alert_id, now(), CASE WHEN alert_id <> 'waits' THEN now() END, now()
FROM alerts;
INSERT INTO contact_checks
    (staff_id, channel, message_id, destination, sent_at, tries, sendings, counted_since)
SELECT alert_id, 'sms', alert_id, '+996000000001', now(), 0, 1, now() FROM alerts;
INSERT INTO telephone_checks
    (check_id, staff_id, checked_by, organisation, checked_at, outcome)
SELECT alert_id, 'st-one', 'st-desk', 'desk', now(), 'right' FROM alerts;
INSERT INTO roster_overrides
    (override_id, roster_id, starts_at, ends_at, leaves, reason, made_at, made_by)
SELECT alert_id, 'desk-1', now() - interval '1 day', now(), 'st-one', 'illness', now(), 'st-admin'
FROM alerts;
"""
"""Three of each, of which one message and one code still wait, and one address holds."""
DAYS = {
    "contact_checks": 1,
    "receipts_early": 7,
    "replies": 30,
    "codes": 90,
    "calendar_feeds": 90,
    "notices": 90,
    "answers": 1098,
    "messages": 1098,
    "alerts": 1098,
    "number_readings": 1098,
    "lookups": 1098,
    "rosters_removed": 1098,
    "telephone_checks": 1098,
    "roster_overrides": 1098,
}


async def test_notify_keeps_each_thing_as_long_as_is_promised(
    own: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day before it is all there, a day after only what still waits; a backlog goes in parts."""
    monkeypatch.setattr(jobs, "FORGOTTEN_AT_ONCE", 2)
    superuser = await asyncpg.connect(own.superuser("tirek"))
    db = Database(settings(own, NotifyLike))
    try:
        async with db.transaction() as tx:
            now = tx.now
        await superuser.execute("SET search_path = notify")
        await superuser.execute(TOLD.replace("now()", f"'{now.isoformat()}'::timestamptz"))
        past = 0
        for day in sorted({each + side for each in DAYS.values() for side in (-1, 1)}):
            await turn_clock(own, timedelta(days=day - past))
            past = day
            again = True
            while again:
                async with db.transaction() as tx:
                    due = await jobs.forget(tx)
                    again = due is not None and due <= tx.now
            left = {each: await superuser.fetchval(f"SELECT count(*) FROM {each}") for each in DAYS}
            waits = {"codes": 1, "messages": 1, "alerts": 1, "calendar_feeds": 1}
            assert left == {
                each: 3 if day < kept else waits.get(each, 0) for each, kept in DAYS.items()
            }, day
    finally:
        await db.close()
        await superuser.close()
