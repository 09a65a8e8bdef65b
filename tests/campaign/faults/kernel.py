"""What only the kernel can do: a disk that is full, packets that vanish, a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from deploy.local.variant import Variant
from tests.campaign.faults.database import OUTAGE, away
from tests.campaign.faults.processes import IN_FLIGHT
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.faults import groups
from tests.support.faults.clocks import FakedClock, faked_clock
from tests.support.faults.disks import Disk, small_disk
from tests.support.services import LISTENING

ROOM = 900
"""Megabytes: what a round writes, and what PostgreSQL keeps of its log."""
WORKERS = {f"{service}.work": number for number, service in enumerate(LISTENING, start=1)}
"""Each worker with the number of its group."""
SILENT = 8.0
LOSSY = 12.0


def _disk(state: Path) -> AbstractContextManager[Disk]:
    return small_disk(state / "postgres", ROOM)


@asynccontextmanager
async def _full(scene: Scene) -> AsyncIterator[None]:
    assert isinstance(scene.prepared, Disk)
    with scene.prepared.full():
        yield
    await scene.stack.part("postgres").ready(60)


def _members() -> Variant:
    return Variant(before={name: groups.member(number) for name, number in WORKERS.items()})


Rule = Callable[..., AbstractContextManager[None]]


def partition(rule: Rule, port: str, seconds: float, *, together: bool = True) -> Make:
    """Packets of the workers to a port get lost: of all together, or of each in turn."""

    async def make(scene: Scene) -> int:
        number = scene.stack.port(port)
        turns = [list(WORKERS.values())] if together else [[each] for each in WORKERS.values()]

        async def once(turn: int) -> None:
            with _ruled(rule, turns[turn], number):
                await asyncio.sleep(seconds)

        return await scene.spread(len(turns), once)

    return make


@contextmanager
def _ruled(rule: Rule, members: list[int], port: int) -> Iterator[None]:
    with ExitStack() as stack:
        for member in members:
            stack.enter_context(rule(member, port))
        yield


def jumping(*parts: str) -> Make:
    """Forward by twenty minutes, back by forty, and right again."""

    async def make(scene: Scene) -> int:
        async with faked_clock(scene.stack, *parts) as clock:
            jumps = (timedelta(minutes=20), timedelta(minutes=-40), timedelta(minutes=20))

            async def jump(number: int) -> None:
                await _jump(scene, clock, jumps[number], "postgres" in parts)

            return await scene.spread(len(jumps), jump)

    return make


async def _jump(scene: Scene, clock: FakedClock, by: timedelta, noted: bool) -> None:
    if noted and by > timedelta():
        async with scene.turning("SELECT clock_timestamp()"):
            clock.jump(by)
    else:
        clock.jump(by)


_NETNS = ("netns",)
_LOST = Must(late=60.0, repeats=IN_FLIGHT)
_dropping_some = partial(groups.dropping, share=0.3)

TABLE = (
    Fault(
        "disk-full",
        "PostgreSQL's disk, a tmpfs, is full for 7 s.",
        # a page that has room takes a report, and the oracle sees that it is kept
        away(_full, OUTAGE, frozenset({"201"})),
        _LOST,
        needs=("root",),
        prepare=_disk,
    ),
    Fault(
        "packets-dropped-database",
        "Every packet from the workers to the database vanishes for 8 s.",
        partition(groups.dropping, "postgres", SILENT),
        _LOST,
        _members,
        needs=_NETNS,
    ),
    Fault(
        "packets-dropped-broker",
        "Every packet from each worker in turn to the broker vanishes for 8 s.",
        partition(groups.dropping, "kafka", SILENT, together=False),
        Must(late=60.0),
        _members,
        needs=_NETNS,
        seconds=25.0,
    ),
    Fault(
        "packets-lossy",
        "Three of ten packets from the workers to the database vanish for 12 s.",
        partition(_dropping_some, "postgres", LOSSY),
        _LOST,
        _members,
        needs=_NETNS,
    ),
    Fault(
        "packets-rejected",
        "Every packet from the workers to the database is answered by a reset for 8 s.",
        partition(groups.rejecting, "postgres", SILENT),
        _LOST,
        _members,
        needs=_NETNS,
    ),
    Fault(
        "clock-of-workers-jumps",
        "The clocks of all workers jump by 20 minutes and back: no rule knows them.",
        jumping(*WORKERS),
        Must(late=10.0, repeats=IN_FLIGHT),
        needs=("faketime",),
        seconds=25.0,
    ),
    Fault(
        "clock-of-database-jumps",
        "The database's clock jumps by 20 minutes, back by 40, and right again.",
        jumping("postgres"),
        # it jumps in the middle of the load, and the database is restarted for it, before and after
        Must(late=10.0, late_after_jump=10.0, repeats=IN_FLIGHT, normal=90.0),
        needs=("faketime",),
        seconds=25.0,
    ),
)
"""Faults that need the kernel or a library of the system."""
