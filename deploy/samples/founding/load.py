"""Loading: fourteen committees entered over the APIs, each by its own secretary.

Safe to repeat: what is there stays as it is, and what a cut left half done is done to its end. It
needs the sample country running, with its people and rosters loaded.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from deploy.samples.founding import activities, planning, registry
from deploy.samples.founding.desk import Desk
from deploy.samples.founding.figures import Calendar, Founding
from deploy.samples.founding.referring import refer
from deploy.samples.founding.sitting import sit
from deploy.samples.founding.voice import AT_ONCE, Refused, Voice, heard
from shared.security.tokens import Signer

__all__ = ["Refused", "play"]
TIMEOUT = 30.0
Tell = Callable[[str, int, int], None]
"""Hears of a committee that is done: which, how many are, and of how many."""


@dataclass(frozen=True, slots=True)
class Where:
    """A running country. ``url``: of a service by its name; ``key``: the console's private one."""

    url: Callable[[str], str]
    key: Path
    zone: ZoneInfo


async def play(where: Where, founding: Founding, now: datetime, tell: Tell) -> None:
    """Enters everything, as of ``now`` (wall time).

    Raises `Refused`, `TimeoutError`, `httpx.HTTPError` or `KeyFileError`; it is repeated then.
    """
    calendar = Calendar.at(now, where.zone)
    signer = Signer.from_file(where.key)
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        voice = Voice(http, signer, where.url, asyncio.Semaphore(AT_ONCE))
        desks = [Desk(voice, founding, calendar, each) for each in founding.committees]
        tasks = [asyncio.create_task(_one(each, desks)) for each in desks]
        try:
            for done, finished in enumerate(asyncio.as_completed(tasks), 1):
                tell(await finished, done, len(desks))
            await planning.link(voice, founding)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _one(desk: Desk, desks: list[Desk]) -> str:
    share = (desks.index(desk) + 0.5) / len(desks)
    # 503: a part of it was away, and all of it is safe to repeat
    await heard(lambda: _entered(desk, share), httpx.codes.SERVICE_UNAVAILABLE)
    return desk.committee.organisation


async def _entered(desk: Desk, share: float) -> None:
    await registry.found(desk)
    await planning.plan(desk)
    await activities.hold(desk)
    referred = desk.committee.referred
    if referred is not None:
        await sit(desk, referred, await refer(desk, referred, share))
