"""Forgers: somebody with a service's database role says things in its name."""

from uuid import UUID

import asyncpg

from tests.campaign.scene import Fault, Must, Scene
from tests.support.eventually import eventually

FORGED = 24
BACK_DATED = """
INSERT INTO outbox (event_id, type, key, subject, time, correlation_id, aggregate_version, document,
                    mac_key, mac)
SELECT $1, type, key, $1, time, correlation_id, aggregate_version,
       convert_to(replace(convert_from(document, 'UTF8'), 'received_at":"20', 'received_at":"19'),
                  'UTF8'), mac_key, mac
FROM outbox WHERE type = 'tirek.answer.received.v1' ORDER BY random() LIMIT 1
"""
"""An answer that is a hundred years older than its limit, with another answer's MAC."""
REFUSED = "SELECT count(*) FROM notify.outbox WHERE event_id = ANY ($1) AND refused_at IS NOT NULL"
BELIEVED = "SELECT count(*) FROM referral.inbox WHERE event_id = ANY ($1)"


async def back_date(scene: Scene) -> int:
    """Answers are forged in notify's outbox, while others answer; none is believed."""
    await scene.taken(0.2)
    role = await asyncpg.connect(scene.stack.dsn("tirek_notify"), timeout=5)
    made: list[str] = []

    async def once(_number: int) -> None:
        event = str(UUID(int=scene.rng.getrandbits(128), version=4))
        if (await role.execute(BACK_DATED, event)).endswith(" 1"):
            made.append(event)

    async def all_refused() -> bool:
        return bool(await scene.ask(REFUSED, made) == len(made))

    try:
        await scene.spread(FORGED, once)
        await eventually(all_refused, within=30)
    finally:
        await role.close()
    believed = await scene.ask(BELIEVED, made)
    scene.measured["forged and believed"] = f"{believed} of {len(made)}"
    scene.require(believed == 0, f"{believed} forged answers were believed")
    owner = await asyncpg.connect(scene.stack.dsn("tirek_notify_owner"), timeout=5)
    try:  # nobody else may, and they would be counted as never published
        await owner.execute("DELETE FROM outbox WHERE event_id = ANY ($1)", made)
    finally:
        await owner.close()
    return len(made)


TABLE = (
    Fault(
        "rows-forged",
        "Somebody with notify's database role back-dates answers in its outbox.",
        back_date,
        Must(late=2.0),
    ),
)
"""Faults of who writes to the database."""
