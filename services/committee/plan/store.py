"""Plans of work in PostgreSQL.

A row's number is its place among those that the viewer may see: nobody counts what is hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.committee.plan.model import Indicator, Item, Joint, Money, Target, Terms, Work
from shared.db import Tx
from shared.errors import NotFound

INSERT = """
INSERT INTO plan_items (item_id, committee_id, organisation, matter_id, year, quarter, work,
                        prepares, reports, indicator, target, money, joint_with, version,
                        entered_at, entered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15)
ON CONFLICT DO NOTHING
"""
UPDATE = """
UPDATE plan_items SET
    year = $2, quarter = $3, work = $4, prepares = $5, reports = $6, indicator = $7, target = $8,
    money = $9, joint_with = $10, joint_yes = $11, joint_by = $12, done_on = $13, version = $14,
    changed_at = $15, changed_by = $16
WHERE item_id = $1
"""
DELETE = "DELETE FROM plan_items WHERE item_id = $1"
HOLD = "SELECT * FROM plan_items WHERE item_id = $1 FOR UPDATE"
OF_YEAR = """
SELECT *, row_number() OVER (ORDER BY quarter, entered_at, item_id) AS number
FROM plan_items WHERE committee_id = $1 AND year = $2
ORDER BY number
"""
JOINT = """
SELECT * FROM plan_items
WHERE joint_with = $1 AND done_on IS NULL AND year >= $2
  AND (year, quarter, item_id) > ($3, $4, $5)
ORDER BY year, quarter, item_id LIMIT $6
"""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row, and its number for whoever looks."""

    number: int
    item: Item


async def insert(tx: Tx, item: Item, by: str) -> None:
    """A new row; raises `NotFound` for an id that stands for one which the viewer may not see."""
    done = await tx.execute(
        INSERT,
        item.item_id,
        item.committee_id,
        item.organisation,
        item.matter_id,
        *_planned(item),
        item.joint and item.joint.organisation,
        tx.now,
        by,
    )
    if done != "INSERT 0 1":
        raise NotFound("no such row")


async def update(tx: Tx, item: Item, by: str) -> None:
    """What has changed of one."""
    joint = item.joint
    await tx.execute(
        UPDATE,
        item.item_id,
        *_planned(item),
        joint and joint.organisation,
        joint.yes if joint else None,
        joint and joint.by,
        item.done_on,
        item.version,
        tx.now,
        by,
    )


async def delete(tx: Tx, item_id: str) -> None:
    """One that should never have been there."""
    await tx.execute(DELETE, item_id)


async def held(tx: Tx, item_id: str) -> Item | None:
    """One that the viewer may see, locked until the end of the transaction."""
    row = await tx.fetchrow(HOLD, item_id)
    return None if row is None else _item(row)


async def hold(tx: Tx, item_id: str) -> Item:
    """The same; raises `NotFound`."""
    item = await held(tx, item_id)
    if item is None:
        raise NotFound("no such row")
    return item


async def of_year(tx: Tx, committee_id: str, year: int) -> list[Numbered]:
    """A committee's plan for a year, so far as the viewer may see it."""
    rows = await tx.fetch(OF_YEAR, committee_id, year)
    return [Numbered(row["number"], _item(row)) for row in rows]


async def joint(
    tx: Tx, organisation: str, since: int, behind: tuple[int, int, str], limit: int
) -> Sequence[Item]:
    """What others plan with this organisation from a year on and is not done, behind ``behind``
    (year, quarter, item_id), in that order."""
    rows = await tx.fetch(JOINT, organisation, since, *behind, limit)
    return [_item(row) for row in rows]


def _planned(item: Item) -> tuple[Any, ...]:
    terms, target = item.terms, item.terms.target
    return (
        terms.year,
        terms.quarter,
        terms.work,
        terms.prepares,
        terms.reports,
        target and target.indicator,
        target and target.count,
        item.money,
    )


def _item(row: Any) -> Item:
    indicator, joint_with = row["indicator"], row["joint_with"]
    return Item(
        item_id=row["item_id"],
        committee_id=row["committee_id"],
        organisation=row["organisation"],
        matter_id=row["matter_id"],
        terms=Terms(
            year=row["year"],
            quarter=row["quarter"],
            work=Work(row["work"]),
            prepares=row["prepares"],
            reports=row["reports"],
            target=None
            if indicator is None
            else Target(indicator=Indicator(indicator), count=row["target"]),
        ),
        money=Money(row["money"]),
        joint=None
        if joint_with is None
        else Joint(organisation=joint_with, yes=row["joint_yes"], by=row["joint_by"]),
        done_on=row["done_on"],
        version=row["version"],
    )
