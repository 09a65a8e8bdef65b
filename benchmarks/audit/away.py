"""After a day away: what was said meanwhile waits on the real broker, and audit comes back."""

import json
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from uuid import uuid4

import asyncpg

from deploy.local.stack import ROOT, Stack
from shared.db import Database
from shared.events import BODIES, Body
from shared.settings import Settings
from tests.stack import scratch
from tests.support.bus import NotifyLike, ReferralLike, relaying, settings
from tests.support.eventually import eventually

LIVES, AT_ONCE = 1_000, 50
"""Service requests, and how many are said in a transaction."""
SAMPLES = ROOT / "tests" / "contract" / "samples"
OF_A_LIFE: Mapping[type[Settings], tuple[str, ...]] = {
    ReferralLike: (
        "tirek.servicerequest.changed.v1+timers",
        "tirek.offer.requested.v1+territory",
        "tirek.offer.changed.v1",
        "tirek.answer.judged.v1",
        "tirek.offer.changed.v1+contact-by",
        "tirek.servicerequest.changed.v1+closed",
    ),
    NotifyLike: (
        "tirek.alert.sent.v1",
        "tirek.answer.received.v1",
        "tirek.answer.received.v1+said",
        "tirek.answer.received.v1",
    ),
}
"""What is said of a service request and its offer, as the contract's samples have it: ten events of
which audit opens each."""
WAITING = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
IN_THE_TREE = """
SELECT count(*) FROM audit.leaves JOIN audit.heard ON heard.id = heard_id WHERE source <> 'audit'
"""
WITHIN = 120.0


async def caught_up() -> tuple[int, float]:
    """How many events were said while audit was stopped, and seconds from its start until all of
    them are in the tree, and their facts are made."""
    parts = "referral.migrate", "notify.migrate", "audit.work"
    async with scratch(*parts, embedded=True) as stack:
        audit = stack.part("audit.work")
        await audit.stop()
        said = await _said(stack)
        looking = await asyncpg.connect(stack.superuser("tirek"))

        async def in_the_tree() -> bool:
            return bool(await looking.fetchval(IN_THE_TREE) == said)

        try:
            began = time.perf_counter()
            await audit.start()
            await eventually(in_the_tree, within=WITHIN)
            return said, time.perf_counter() - began
        finally:
            await looking.close()


async def _said(stack: Stack) -> int:
    """All is said and published, by each producer's own outbox and relay; how much it was."""
    ids = [str(uuid4()) for _ in range(LIVES)]
    async with AsyncExitStack() as ends:
        for kind, names in OF_A_LIFE.items():
            db = Database(settings(stack, kind))
            ends.push_async_callback(db.close)
            await ends.enter_async_context(relaying(stack, db))
            bodies = [_body(name) for name in names]
            for first in range(0, LIVES, AT_ONCE):
                await _say(db, bodies, ids[first : first + AT_ONCE])
            await eventually(partial(_published, db), within=WITHIN)
    return LIVES * sum(map(len, OF_A_LIFE.values()))


async def _published(db: Database) -> bool:
    async with db.transaction() as tx:
        return not await tx.fetchval(WAITING)


async def _say(db: Database, bodies: list[Body], ids: list[str]) -> None:
    async with db.transaction() as tx:
        for each in ids:
            of = {"incident_id": each, "service_request_id": each, "offer_id": f"{each}-1"}
            for version, body in enumerate(bodies, 1):
                known = {name: of[name] for name in of if name in type(body).model_fields}
                tx.emit(body.model_copy(update=known), subject=each, version=version)


def _body(name: str) -> Body:
    """As a contract's sample shows it."""
    content = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["data"]
    return BODIES[name.partition("+")[0]].model_validate_json(json.dumps(content))
