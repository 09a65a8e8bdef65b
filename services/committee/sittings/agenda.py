"""Agendas in PostgreSQL: items that the viewer may see, what came of them, and decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.committee.actions.model import Control, What
from services.committee.sittings.model import (
    Decision,
    Item,
    Outcome,
    Result,
    Source,
    Topic,
    Votes,
)
from shared.db import Tx
from shared.errors import NotFound

# as the system: a place that somebody else's hidden item has is taken all the same
POSITION = "SELECT coalesce(max(position), 0) + 1 FROM agenda WHERE sitting_id = $1"
ADD = """
INSERT INTO agenda (item_id, sitting_id, committee_id, matter_id, position, source, topic,
                    entered_at, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING RETURNING item_id
"""
CARRY = "UPDATE sittings SET matters = matters || $2::text WHERE sitting_id = $1"
REMOVE = "DELETE FROM agenda WHERE item_id = $1"
# as the system: to whom all else is hidden, the sitting is hidden from here on
DROP = "UPDATE sittings SET matters = array_remove(matters, $2) WHERE sitting_id = $1"
OF = """
SELECT a.*, row_number() OVER (ORDER BY a.position) AS number,
       ARRAY(
           SELECT DISTINCT staff_id FROM recusals JOIN matters m USING (matter_id)
           WHERE m.matter_id = this.matter_id OR m.incident_id = this.incident_id) AS away
FROM agenda a JOIN matters this USING (matter_id)
WHERE a.sitting_id = $1 ORDER BY a.position
"""
DECIDED = """
SELECT d.* FROM decisions d JOIN agenda a USING (item_id)
WHERE d.sitting_id = $1 ORDER BY a.position, d.point
"""
RECORD = """
UPDATE agenda SET result = $2, votes_for = $3, votes_against = $4, votes_abstained = $5, chair = $6,
                  filled = $7
WHERE item_id = $1
"""
UNDECIDE = "DELETE FROM decisions WHERE item_id = $1"
DECIDE = """
INSERT INTO decisions (decision_id, item_id, sitting_id, committee_id, matter_id, point, what, body,
                       person, due, control, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
# as the system: what is hidden from whoever asks stands too
DEALT_WITH = "SELECT EXISTS (SELECT FROM agenda WHERE sitting_id = $1 AND result IS NOT NULL)"
CLOSE = "UPDATE agenda SET closed_at = $2 WHERE item_id = $1"


async def position(tx: Tx, sitting_id: str) -> int:
    """The next free one."""
    free: int = await tx.fetchval(POSITION, sitting_id)
    return free


async def add(tx: Tx, item: Item, place: int, by: str) -> bool:
    """A new item at a position; False where its id is taken."""
    added = await tx.fetchval(
        ADD,
        item.item_id,
        item.sitting_id,
        item.committee_id,
        item.matter_id,
        place,
        item.source,
        item.topic,
        tx.now,
        by,
    )
    if added is not None:
        await tx.execute(CARRY, item.sitting_id, item.matter_id)
    return added is not None


async def remove(tx: Tx, item: Item) -> None:
    """It is not on the agenda any more; as the system."""
    await tx.execute(REMOVE, item.item_id)
    await tx.execute(DROP, item.sitting_id, item.matter_id)


async def items(tx: Tx, sitting_id: str) -> list[Item]:
    """All of a sitting that the viewer may see, in their order."""
    decisions: dict[str, list[Decision]] = {}
    for row in await tx.fetch(DECIDED, sitting_id):
        decisions.setdefault(row["item_id"], []).append(_decision(row))
    return [_item(row, decisions) for row in await tx.fetch(OF, sitting_id)]


async def item(tx: Tx, sitting_id: str, item_id: str) -> Item:
    """One of them; raises `NotFound`."""
    for each in await items(tx, sitting_id):
        if each.item_id == item_id:
            return each
    raise NotFound("no such item")


async def dealt_with(tx: Tx, sitting_id: str) -> bool:
    """Whether an outcome of any item is recorded; as the system."""
    any_of_them: bool = await tx.fetchval(DEALT_WITH, sitting_id)
    return any_of_them


async def record(tx: Tx, item: Item, outcome: Outcome, filled: int) -> None:
    """What came of an item, in the place of what was recorded before."""
    votes = outcome.votes
    counted = (votes.in_favour, votes.against, votes.abstained) if votes else (None, None, None)
    await tx.execute(UNDECIDE, item.item_id)
    await tx.execute(RECORD, item.item_id, outcome.result, *counted, outcome.chair, filled)
    rows = [
        (
            each.decision_id,
            item.item_id,
            item.sitting_id,
            item.committee_id,
            item.matter_id,
            point,
            each.what,
            each.body,
            each.person,
            each.due,
            each.control,
            tx.now,
        )
        for point, each in enumerate(outcome.decisions, 1)
    ]
    await tx.executemany(DECIDE, rows)


async def close(tx: Tx, item: Item) -> None:
    """Its minutes are closed: nothing of it changes any more."""
    await tx.execute(CLOSE, item.item_id, tx.now)


def _item(row: Any, decisions: Mapping[str, Sequence[Decision]]) -> Item:
    return Item(
        item_id=row["item_id"],
        sitting_id=row["sitting_id"],
        committee_id=row["committee_id"],
        matter_id=row["matter_id"],
        source=Source(row["source"]),
        topic=Topic(row["topic"]),
        number=row["number"],
        left=frozenset(row["away"]),
        outcome=_outcome(row, decisions.get(row["item_id"], ())),
        closed_at=row["closed_at"],
    )


def _outcome(row: Any, decisions: Sequence[Decision]) -> Outcome | None:
    if row["result"] is None:
        return None
    cast = row["votes_for"], row["votes_against"], row["votes_abstained"]
    return Outcome(
        result=Result(row["result"]),
        votes=None if None in cast else Votes(*cast),
        chair=row["chair"],
        decisions=tuple(decisions),
    )


def _decision(row: Any) -> Decision:
    return Decision(
        decision_id=row["decision_id"],
        what=What(row["what"]),
        body=row["body"],
        due=row["due"],
        control=Control(row["control"]),
        person=row["person"],
    )
