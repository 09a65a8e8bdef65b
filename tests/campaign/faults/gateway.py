"""The SMSC: slow, throttling, dropping the bind, silent; and receipts that cannot be relied on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from deploy.local.variant import Variant
from deploy.simulators.faults import Mode
from deploy.simulators.receipts import Receipts
from tests.campaign.ledger import Ledger, Receipt
from tests.campaign.scene import Fault, Make, Must, Scene
from tests.support.faults.centre import receipts, smsc

BINDS = 11
"""Messages that both binds may have in flight: 10 and 1."""
AWAY = 8.0
DROPPED = 4
LATE = timedelta(seconds=4)
"""Between what the SMSC has to say and when it is heard."""

Absence = Callable[[Scene], AbstractAsyncContextManager[None]]


def during(absence: Absence, seconds: float, times: int = 1) -> Make:
    """The SMSC misbehaves for so long, so many times."""

    async def make(scene: Scene) -> int:
        async def once(_number: int) -> None:
            async with absence(scene):
                await asyncio.sleep(seconds)

        return await scene.spread(times, once)

    return make


def receipting(kind: Receipts, seconds: float | None, lasts: float) -> Make:
    """The SMSC's receipts are odd for so long; that some were is counted."""

    async def make(scene: Scene) -> int:
        made = await during(_receipts(kind, seconds), lasts)(scene)
        seen = Ledger.read(scene.stack.state / "none", scene.stack.state / "simulators.jsonl")
        scene.measured["texts with such receipts"] = count = odd(seen.receipts)
        scene.require(count > 0, "no text had such receipts")
        return made

    return make


def odd(receipts: Iterable[Receipt]) -> int:
    """Of how many texts the SMSC said something more than once, or late."""
    said: dict[str, list[Receipt]] = defaultdict(list)
    for each in receipts:
        said[each.id].append(each)
    return sum(
        sum(not each.taken for each in of_one) > 1 or of_one[-1].at - of_one[0].at >= LATE
        for of_one in said.values()
    )


def _mode(mode: Mode, seconds: float | None = None, count: int | None = None) -> Absence:
    return lambda scene: smsc(scene.stack, mode, seconds=seconds, count=count)


def _receipts(kind: Receipts, seconds: float | None = None) -> Absence:
    return lambda scene: receipts(scene.stack, kind, seconds=seconds)


@asynccontextmanager
async def _cut(scene: Scene) -> AsyncIterator[None]:
    async with scene.link("notify.work:smpp").cut():
        yield


@asynccontextmanager
async def _silent_link(scene: Scene) -> AsyncIterator[None]:
    async with scene.link("notify.work:smpp").blackholed():
        yield


_LINKED = Variant(links=("notify.work:smpp",))

TABLE = (
    Fault(
        "smsc-slow",
        "The SMSC answers each text after 1.5 s, for 8 s.",
        during(_mode(Mode.SLOW, 1.5), AWAY),
        Must(late=2.0),
    ),
    Fault(
        "smsc-throttling",
        "The SMSC throttles every text for 8 s.",
        during(_mode(Mode.THROTTLE), AWAY),
        Must(late=2.0),
    ),
    Fault(
        "smsc-refusing",
        "The SMSC refuses every text for 4 s: for good, as of a number that is none.",
        during(_mode(Mode.REFUSE), 4.0),
        Must(late=2.0),
    ),
    Fault(
        "smsc-drops-bind",
        "The SMSC takes a text and breaks the connection instead of an answer, 4 times in a row.",
        during(_mode(Mode.DROP_BIND, count=DROPPED), 3.0, times=3),
        Must(late=2.0, repeats=DROPPED * BINDS),
        seconds=20.0,
    ),
    Fault(
        "smsc-no-bind",
        "The SMSC breaks every bind and admits none for 6 s.",
        during(_mode(Mode.DROP_BIND, 6.0), 6.0, times=2),
        Must(late=2.0, repeats=BINDS),
        seconds=20.0,
    ),
    Fault(
        "smsc-silent",
        "The SMSC takes 3 texts, shows them, and never answers.",
        during(_mode(Mode.SILENT, count=3), 5.0, times=3),
        Must(late=2.0, repeats=3, normal=90.0),
        seconds=20.0,
        within=400.0,
    ),
    Fault(
        "smsc-link-cut",
        "The line to the SMSC is cut for 5 s, three times.",
        during(_cut, 5.0, times=3),
        Must(late=2.0, repeats=BINDS),
        _LINKED,
        seconds=20.0,
    ),
    Fault(
        "smsc-link-silent",
        "Nothing passes on the line to the SMSC for 8 s, then all of it.",
        during(_silent_link, AWAY),
        Must(late=2.0, repeats=BINDS),
        _LINKED,
    ),
    *(
        Fault(
            f"receipts-{kind.name.lower()}",
            sentence,
            receipting(kind, seconds, 12.0),
            Must(late=2.0),
        )
        for kind, seconds, sentence in (
            (Receipts.TWICE, None, "Every delivery receipt comes twice."),
            (Receipts.LATE, 5.0, "Delivery receipts come 5 s late."),
            (Receipts.CONTRADICTORY, None, "Receipts that contradict each other."),
        )
    ),
)
"""Faults to the gateway."""
