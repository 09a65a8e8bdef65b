"""Routes of what runs: as much as services say to whoever asks them over HTTP."""

import asyncio
import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.refusals import PARTS
from services.console.frame.texts import say
from services.console.peers.client import PeerDown, PeerRefused
from shared.events.words import Role

router = APIRouter()
Keeping = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
SERVICES = ("intake", "referral", "notify")
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
    """A line each."""
    parts = await asyncio.gather(*(_look(desk, name) for name in SERVICES))
    return desk.page("running/running.html", parts=parts)


async def _look(desk: Desk, name: str) -> Part:
    what = say(PARTS[name])
    try:
        said = json.loads(await desk.front.peers.read(name, READY))
    except (PeerDown, PeerRefused, ValueError):
        return Part(name, what, ready=False)
    return Part(name, what, ready=True, refused=tuple(said.get("refused", ())))
