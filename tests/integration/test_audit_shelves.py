"""The copy of facts that a process keeps says what the database says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.audit.facts import shelf_rows, shelves, store
from services.audit.facts.model.fold import Facts
from services.audit.facts.store import Begun
from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.figures.period import Period
from services.audit.figures.report import THEIR_AXES, Axis, of_packed, report
from services.audit.handlers.figures import Wanted, understood
from shared.db import Database
from shared.security.visibility import Viewer
from tests.support.audit_ledger import AUDITOR, Ledger, ledger
from tests.support.response_facts import keep

BEGIN = datetime(2024, 2, 27, tzinfo=UTC)
OBLAST, RAION = "41703", "41703211000000"
"""Where no other test has anything: what has a day to come is in every month till then."""
LIVES, ROUNDS = 40, 12
YEAR = "2024"


@pytest_asyncio.fixture(scope="module")
async def audit(stack: Stack) -> AsyncIterator[Ledger]:
    """The service."""
    async with ledger(stack) as own:
        yield own


def life(chance: Random, number: int, now: datetime) -> Facts:
    """A need and its offer, of which anything may have come, and some is still to come."""
    start = BEGIN + timedelta(hours=chance.randrange(48))

    def some() -> datetime | None:
        coming = (None, now + timedelta(days=1), start + timedelta(minutes=chance.randrange(9000)))
        return chance.choices(coming, (5, 1, 6))[0]

    def stamps(kind: type[RequestFact | OfferFact]) -> dict[str, Any]:
        given = {each for each in kind._field_defaults if each.endswith(("_at", "_by", "_now"))}
        return {each: some() for each in sorted(given - {"decision_now"})}

    place = chance.choice((None, RAION, "41706211000000"))
    request = RequestFact(
        f"shelf-{number}", "shelter", start, territory=place, **stamps(RequestFact)
    )
    limit = start + timedelta(minutes=30)
    offer = OfferFact(
        *(f"{request.service_request_id}-1", request.service_request_id, "shelter", "made-up"),
        *(start, limit, limit + timedelta(minutes=chance.randrange(60))),
        territory=place,
        **stamps(OfferFact),
    )
    return Facts(request, (offer,))


def wanted(chance: Random, clock: Clock, now: datetime) -> Wanted:
    """Anything that may be asked."""
    axes = [None, *(axis for axis in Axis if not (clock.hers and axis in THEIR_AXES))]
    return Wanted(
        clock=clock,
        period=Period.read(chance.choice((YEAR, "2024-02", "2024-03"))),
        cut=chance.choice((None, now, now - timedelta(hours=1), BEGIN + timedelta(days=4))),
        by=chance.choice(axes),
        area=chance.choice((None, OBLAST)),
        outside=chance.random() < 0.5,
        now=chance.random() < 0.3,
        working=chance.random() < 0.5,
    )


async def same(audit: Ledger, chance: Random, db: Database) -> None:
    """By each clock."""
    country = audit.deps.country.current
    viewer = Viewer.of(AUDITOR, country.territories)
    for clock in Clock:
        async with db.transaction() as tx:
            asked = understood(tx, country, viewer, wanted(chance, clock, tx.now))
            begun = Begun(*asked.period.instants(asked.zone))
            read = store.requests if clock.hers else store.offers
            told = report(await read(tx, begun), asked)
            packs, names = await audit.deps.shelves.packed(tx, country, asked)
        assert of_packed(packs, names, asked) == told


async def test_a_copy_says_what_the_database_says(
    audit: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever changes, moves or comes between two askings, whoever commits first, at any cut; and
    however little may be kept."""
    monkeypatch.setattr(shelf_rows, "WIDTH", 16)
    chance = Random(60_000)
    async with audit.db.transaction() as tx:
        now = tx.now
    for round_ in range(ROUNDS):
        if round_ == ROUNDS - 2:
            monkeypatch.setattr(shelves, "MOST", 9)
        one, *others = [life(chance, chance.randrange(LIVES), now) for _ in range(6)]
        async with audit.db.transaction() as slow:
            await store.put(slow, [one])
            await keep(audit.db, [each for each in others if each[0][0] != one[0][0]])
            await same(audit, chance, audit.db)
        await same(audit, chance, audit.db)


@pytest.mark.parametrize("role", ["tirek_audit", "tirek_audit_owner"])
async def test_no_fact_is_taken_away(audit: Ledger, role: str) -> None:
    """So a copy need not look for what is no longer there."""
    connection = await asyncpg.connect(audit.stack.dsn(role))
    try:
        for table in ("request_facts", "offer_facts"):
            for attempt in (f"DELETE FROM audit.{table}", f"TRUNCATE audit.{table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(attempt)
    finally:
        await connection.close()
