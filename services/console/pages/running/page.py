"""Routes of what runs: as much as services say to whoever asks them over HTTP."""

import asyncio
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console import upkeep
from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.refusals import PARTS
from services.console.frame.texts import say
from services.console.peers.client import PeerDown, PeerRefused
from shared.events.words import SYSTEM, Role
from shared.key_files import KeyFileError

router = APIRouter()
Keeping = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
SERVICES = ("intake", "referral", "notify", "committee", "audit")
READY = "/health/ready"


@dataclass(frozen=True, slots=True)
class Part:
    """A service: whether it answers with its database, and the names of files that it refuses."""

    name: str
    what: str
    ready: bool
    refused: tuple[str, ...] = ()


@router.get("/running")
async def running(desk: Keeping) -> Response:
    """A line each: services, the last backup, sealing keys that are to be rotated, the ledger."""
    parts = await asyncio.gather(*(_look(desk, name) for name in SERVICES))
    ledger = await _ledger(desk)
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        taken = await upkeep.backup_taken(tx)
    return desk.page(
        "running/running.html",
        parts=parts,
        ledger=ledger,
        taken=taken,
        late=taken is None or taken + upkeep.BACKUP_LATE <= desk.now,
        due=_keys_due(desk),
    )


def _keys_due(desk: Desk) -> list[upkeep.SealingKey] | None:
    """Keys to rotate; none where the file of them cannot be read."""
    try:
        known = upkeep.sealing_keys(desk.deps.settings.keys_dir)
    except (KeyFileError, ValueError):
        return None
    return [each for each in known if each.is_due(desk.now)]


async def _ledger(desk: Desk) -> Any:
    """How the ledger is; none where audit does not say."""
    try:
        return await desk.get("audit", "/ledger/status")
    except (PeerDown, PeerRefused):
        return None


async def _look(desk: Desk, name: str) -> Part:
    what = say(PARTS[name])
    try:
        said = json.loads(await desk.front.peers.read(name, READY))
    except (PeerDown, PeerRefused, ValueError):
        return Part(name, what, ready=False)
    return Part(name, what, ready=True, refused=tuple(said.get("refused", ())))
