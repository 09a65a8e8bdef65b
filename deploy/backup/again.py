"""What a restored database must forget about the bus, so that nobody misses and nobody repeats.

The outbox and every inbox are of one snapshot, but the topics have gone on since. So all that the
outboxes hold is made unpublished, as after any loss of the bus (docs/decisions/0008), with the
numbers and digests it had; readers pass over what their restored inboxes know. These marks begin
their 35 days anew: an old backup's would be swept while what they guard against is on its way.
"""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.backup import heads, telling
from deploy.backup.files import Manifest
from deploy.topology import SERVICES
from services.console import upkeep
from shared.bus.cluster_state import FORGET
from shared.clock import reading
from shared.db import BEGIN
from shared.events.words import SYSTEM
from shared.settings import Environment

TURNED = reading(Environment.TEST)
"""In use nobody turns the clock, and both readings are one."""
BEGUN = BEGIN.format(clock=TURNED)
TAKE_BACK = """
UPDATE outbox SET published_at = NULL, partition = NULL, "offset" = NULL
WHERE published_at IS NOT NULL
"""
WAITING = "SELECT count(*) FROM outbox"
GUARD = "UPDATE inbox SET received_at = greatest(received_at, $1)"
SEARCH_PATH = "SELECT set_config('search_path', $1, true)"


@dataclass(frozen=True, slots=True)
class Again:
    """How many events will be published, and which services cannot say that they were restored.

    ``ended``: how many sessions, and how many telephones; none where they could not be ended.
    """

    events: int = 0
    silent: tuple[str, ...] = ()
    ended: tuple[int, int] | None = None


async def say_again(data: asyncpg.Connection, secrets: Path, backup: Manifest) -> Again:
    """Prepares the schema of every service that the backup has."""
    events, silent, ended = 0, list[str](), None
    async with data.transaction():
        for service in (each for each in SERVICES if each in backup.heads):
            await data.execute(SEARCH_PATH, service)
            [begun] = await data.fetch(BEGUN, SYSTEM)
            await data.execute(FORGET)
            await data.execute(TAKE_BACK)
            await data.execute(GUARD, begun["now"])
            tx = await telling.speaking(data, begun, service, secrets)
            if tx is None:
                silent.append(service)
            else:
                await telling.tell(tx, service, backup)
                if service == "console" and backup.heads[service] == heads.newest(service):
                    ended = await upkeep.sign_everybody_out(tx)
                await tx.flush()
            events += await data.fetchval(WAITING)
    return Again(events, tuple(silent), ended)
