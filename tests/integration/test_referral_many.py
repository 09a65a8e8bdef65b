"""Referral's lists among 100,000 offers: a page is a walk along an index, however deep it lies."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from services.referral.bodies import Wanted
from services.referral.handlers import lists as handlers
from services.referral.store import lists, rows
from services.referral.store.lists import InQueue, InWaiting
from shared.events.words import Fulfilment, ServiceRequestStatus, Urgency
from shared.security.visibility import Viewer
from tests.stack import scratch
from tests.support.referral import NOON
from tests.support.referral_house import House, coordinator, opened, worker
from tests.support.referral_lists import ORGANISATION, Lists, asked, exhausted

MANY, LEFT = 100_000, 517
MULTIPLY = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {table} AS old, generate_series(1, $1) AS n WHERE old.id = $2
"""
GIVEN = """
INSERT INTO public_id SELECT public_id FROM service_request ON CONFLICT DO NOTHING
"""
NEW: dict[str, str] = {
    "id": "'case-' || old.id || n",
    "incident_id": "'incident-' || old.id || n",
    "need_id": "'need-' || old.id || n",
    "public_id": "new_public_id()",
    "opened_at": "old.opened_at + n * interval '1 second'",
    "service_request_id": "'case-' || old.service_request_id || n",
    "answer_by": "old.answer_by + n * interval '1 second'",
    "alert_id": "'alert-' || n",
}
DEEP = timedelta(seconds=MANY // 4)
PAGE = 201


@pytest_asyncio.fixture(scope="module")
async def crowd() -> AsyncIterator[House]:
    """100,000 open offers to one organisation, and 517 cases that wait for a person."""
    async with scratch("referral.migrate") as stack, opened(stack) as house:
        await _fill(house)
        owner = await asyncpg.connect(stack.superuser("tirek"))
        try:
            await owner.execute("ANALYZE referral.offer, referral.service_request")
        finally:
            await owner.close()
        yield house


async def _fill(house: House) -> None:
    first = asked(Urgency.STANDARD, id="offered"), exhausted(Urgency.STANDARD, id="left")
    await lists_of(house).put(list(first))
    async with house.db.transaction() as tx:
        await tx.execute("SET LOCAL statement_timeout = 0")
        # among 100,000 drawn ones, one in a hundred runs would else draw one of these again
        await tx.execute(GIVEN)
        for case, count in zip(first, (MANY, LEFT), strict=True):
            await _multiply(tx, "service_request", rows.REQUEST_COLUMNS, count, case.id)
        (offer,) = first[0].offers
        await _multiply(tx, "offer", rows.OFFER_COLUMNS, MANY, offer.id)


def lists_of(house: House) -> Lists:
    """To save cases with; nothing is asked over HTTP here."""
    return Lists(house, None, None)  # type: ignore[arg-type]


async def _multiply(tx: Any, table: str, columns: list[str], count: int, of: str) -> None:
    values = ", ".join(NEW.get(name, f"old.{name}") for name in columns)
    statement = MULTIPLY.format(table=table, columns=", ".join(columns), values=values)
    await tx.conn.execute(statement, count, of, timeout=100)


async def planned(house: House, viewer: Viewer, statement: str, *args: Any) -> dict[str, Any]:
    """How the database runs it for a viewer, with the rules of visibility; and what it came to."""
    async with house.as_seen_by(viewer) as tx:
        told = await tx.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *args)
    (plan,) = json.loads(told)
    found: dict[str, Any] = plan["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan and all that is below it."""
    return [plan, *(below for each in plan.get("Plans", ()) for below in nodes(each))]


def assert_a_short_walk(plan: dict[str, Any]) -> None:
    """By an index, and never far beyond the page."""
    assert "Seq Scan" not in {each["Node Type"] for each in nodes(plan)}, plan
    (walk,) = (each for each in nodes(plan) if each.get("Alias") in ("offer", "service_request"))
    looked_at = walk["Actual Rows"] + walk.get("Rows Removed by Filter", 0)
    assert looked_at <= LEFT + PAGE, walk


@pytest.mark.parametrize("after", [timedelta(), DEEP])
@pytest.mark.parametrize("tab", [None, *lists.Tab])
async def test_a_page_of_a_queue_is_a_short_walk(
    crowd: House, after: timedelta, tab: lists.Tab | None
) -> None:
    """From the top, and 25,000 offers further down; and nothing open is passed for what is held."""
    viewer = worker(ORGANISATION)
    begin = lists.HELD_BEGIN if tab is lists.Tab.WORK else None
    at = tuple(begin.model_dump(exclude={"of"}).values()) if begin else (None,) * 4
    if after:
        at = (tab is lists.Tab.WORK, Urgency.STANDARD.rank, NOON + after, "x")
    which = lists.InTheirs(ORGANISATION, None, tab, NOON + 2 * DEEP)
    assert_a_short_walk(await planned(crowd, viewer, lists.QUEUE, *which, *at, PAGE))


@pytest.mark.parametrize("after", [timedelta(), DEEP])
@pytest.mark.parametrize("fulfilment", [None, Fulfilment.EXHAUSTED, Fulfilment.OFFERING])
@pytest.mark.parametrize("status", [None, ServiceRequestStatus.ACTIVE])
async def test_a_page_of_service_requests_is_a_short_walk(
    crowd: House,
    after: timedelta,
    fulfilment: Fulfilment | None,
    status: ServiceRequestStatus | None,
) -> None:
    """Whatever is asked for, for who watches over the country."""
    viewer = coordinator()
    deep = after if fulfilment is not Fulfilment.EXHAUSTED else after * LEFT / MANY
    at = (False, Urgency.STANDARD.rank, NOON + deep, "x") if after else (None,) * 4
    args = (viewer.areas, fulfilment, status, None, None, *at, PAGE)
    assert_a_short_walk(await planned(crowd, viewer, lists.SERVICE_REQUESTS, *args))


async def test_an_emergency_is_first_among_all_of_them(crowd: House) -> None:
    """In both lists, whatever came before it."""
    late = NOON + timedelta(days=30)
    offered = asked(Urgency.IMMEDIATE, answer_by=late, opened_at=late)
    left = exhausted(Urgency.IMMEDIATE, -timedelta(days=30))
    await lists_of(crowd).put([offered, left])
    viewer = worker(ORGANISATION)
    async with crowd.as_seen_by(viewer) as tx:
        places = await lists.queue(tx, lists.InTheirs(ORGANISATION, None, None, NOON), None, 2)
    assert [each for _, each in places] == [offered.id, "offered"]
    assert places[0][0] == InQueue(held=False, rank=0, due=late, id=offered.offers[0].id)
    viewer = coordinator()
    async with crowd.as_seen_by(viewer) as tx:
        wanted = Wanted(fulfilment=Fulfilment.EXHAUSTED, limit=1)
        page = await handlers.service_requests(tx, crowd.deps, viewer, wanted)
    assert [each.id for each in page.rows] == [left.id]
    assert page.next == InWaiting(ended=False, rank=0, opened_at=late, id=left.id).cursor()
