"""Appeals in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.committee.appeals.model import (
    Answer,
    Appeal,
    Applicant,
    Kind,
    Reply,
    Sex,
    State,
    Subject,
    Way,
)
from shared.db import Tx
from shared.errors import NotFound

INSERT = """
INSERT INTO appeals (appeal_id, committee_id, matter_id, received_on, journal_no, way, collective,
                     kind, subject, village, sex, age_band, answer_by, version, entered_at,
                     entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15)
ON CONFLICT DO NOTHING
"""
UPDATE = """
UPDATE appeals SET
    received_on = $2, journal_no = $3, way = $4, collective = $5, kind = $6, subject = $7,
    village = $8, sex = $9, age_band = $10, answer_by = $11, incident_id = $12, linked_on = $13,
    answer = $14, answered_on = $15, forwarded_to = $16, version = $17,
    changed_at = $18, changed_by = $19
WHERE appeal_id = $1
"""
FIND = "SELECT * FROM appeals WHERE appeal_id = $1"
HOLD = "SELECT * FROM appeals WHERE appeal_id = $1 FOR UPDATE"
LISTED = """
SELECT * FROM appeals
WHERE committee_id = $1
  AND ($2::date IS NULL OR (received_on, appeal_id) < ($2, $3))
  AND ($4::text IS NULL OR $4 = CASE WHEN incident_id IS NOT NULL THEN 'incident'
                                     WHEN answered_on IS NOT NULL THEN 'answered'
                                     ELSE 'open' END)
  AND (NOT $5 OR coalesce(least(linked_on, answered_on), $6) > answer_by)
  AND ($7::int IS NULL OR received_on BETWEEN make_date($7, 1, 1) AND make_date($7, 12, 31))
  AND ($8::bool IS NULL OR $8 = EXISTS (
      SELECT FROM agenda WHERE agenda.matter_id = appeals.matter_id
      AND closed_at IS NOT NULL AND result <> 'postponed'))
ORDER BY received_on DESC, appeal_id DESC LIMIT $9
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which appeals of a committee are asked for; ``late``: only those, as of ``today``;
    ``year``: in which they were received; ``dealt_with``: whether a sitting has, and closed it."""

    committee_id: str
    today: date
    state: State | None = None
    late: bool = False
    year: int | None = None
    dealt_with: bool | None = None


async def insert(tx: Tx, appeal: Appeal, by: str) -> None:
    """A new one; raises `NotFound` for an id that stands for one which the viewer may not see."""
    done = await tx.execute(
        INSERT,
        appeal.appeal_id,
        appeal.committee_id,
        appeal.matter_id,
        *_entered(appeal),
        tx.now,
        by,
    )
    if done != "INSERT 0 1":
        raise NotFound("no such appeal")


async def update(tx: Tx, appeal: Appeal, by: str) -> None:
    """What has changed of one."""
    reply = appeal.reply
    await tx.execute(
        UPDATE,
        appeal.appeal_id,
        *_entered(appeal),
        appeal.incident_id,
        appeal.linked_on,
        reply and reply.answer,
        reply and reply.day,
        reply and reply.body,
        appeal.version,
        tx.now,
        by,
    )


async def held(tx: Tx, appeal_id: str) -> Appeal | None:
    """One that the viewer may see, locked until the end of the transaction."""
    row = await tx.fetchrow(HOLD, appeal_id)
    return None if row is None else _appeal(row)


async def hold(tx: Tx, appeal_id: str) -> Appeal:
    """The same; raises `NotFound`."""
    return _found(await tx.fetchrow(HOLD, appeal_id))


async def find(tx: Tx, appeal_id: str) -> Appeal:
    """One that the viewer may see; raises `NotFound`."""
    return _found(await tx.fetchrow(FIND, appeal_id))


async def listed(
    tx: Tx, wanted: Wanted, behind: tuple[date, str] | None, limit: int
) -> Sequence[Appeal]:
    """Those that the viewer may see, the last received first, behind ``behind``."""
    day, appeal_id = behind or (None, "")
    rows = await tx.fetch(
        LISTED,
        wanted.committee_id,
        day,
        appeal_id,
        wanted.state,
        wanted.late,
        wanted.today,
        wanted.year,
        wanted.dealt_with,
        limit,
    )
    return [_appeal(row) for row in rows]


def _entered(appeal: Appeal) -> tuple[Any, ...]:
    applicant = appeal.applicant
    return (
        appeal.received_on,
        appeal.journal_no,
        appeal.way,
        appeal.collective,
        appeal.kind,
        appeal.subject,
        applicant.village,
        applicant.sex,
        applicant.age_band,
        appeal.answer_by,
    )


def _found(row: Any) -> Appeal:
    if row is None:
        raise NotFound("no such appeal")
    return _appeal(row)


def _appeal(row: Any) -> Appeal:
    sex, answer = row["sex"], row["answer"]
    return Appeal(
        appeal_id=row["appeal_id"],
        committee_id=row["committee_id"],
        matter_id=row["matter_id"],
        received_on=row["received_on"],
        journal_no=row["journal_no"],
        way=Way(row["way"]),
        collective=row["collective"],
        kind=Kind(row["kind"]),
        subject=Subject(row["subject"]),
        applicant=Applicant(
            village=row["village"],
            sex=None if sex is None else Sex(sex),
            age_band=row["age_band"],
        ),
        answer_by=row["answer_by"],
        incident_id=row["incident_id"],
        linked_on=row["linked_on"],
        reply=None
        if answer is None
        else Reply(answer=Answer(answer), day=row["answered_on"], body=row["forwarded_to"]),
        version=row["version"],
    )
