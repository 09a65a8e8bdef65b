"""One run: a Tirek with the sample country, four measurements, the table and the last line."""

import time
from collections.abc import Sequence

from benchmarks.console import crowd, live, weights
from benchmarks.console.weights import Load
from benchmarks.figures import Json, latencies
from benchmarks.machine import load
from tests.console.conftest import CONSOLE
from tests.stack import scratch
from tests.support.browsing import chromium
from tests.support.desks import Desks, desks
from tests.support.pages import VISITS, Played, play, who_opens
from tests.support.town import Town, town
from tests.support.visitor import Visitor

LANGUAGE = "ru"
WARM = "/sign-in"


async def bench() -> int:
    """Measures, prints what a person wants to see, and the last line; the exit status."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)

    say("console: starting a Tirek of its own")
    async with scratch(*CONSOLE, embedded=True) as stack, town(stack) as own:
        await stack.ensure(*CONSOLE)
        async with desks(stack) as seats, chromium() as browser:
            say("console: an act at one desk until the other shows it")
            acted = latencies(await live.acts(browser, own, seats))
            say(f"console: {len(VISITS)} pages, each for the first time on a slow telephone")
            played = await play(own, seats)
            pages = await visits(own, seats, played)
            loads = await weights.first_loads(browser, seats, pages, LANGUAGE)
        async with desks(stack) as seats:
            say(f"console: {crowd.DESKS} desks open")
            opened = await crowd.open_desks(own, seats)
            say(f"console: {crowd.PEOPLE} people at once")
            busy = await crowd.many_people(own, seats)
    _summary(loads, acted, opened, busy)
    print(last_line(loads, acted, busy), flush=True)
    return 0


async def visits(
    own: Town, seats: Desks, played: Played, under: str = ""
) -> list[tuple[str, Visitor]]:
    """Every page whose address begins so, with somebody who may open it."""
    return [
        (played.path(path), await _visitor(own, seats, played, who, path))
        for who, path in VISITS
        if path.startswith(under)
    ]


async def _visitor(own: Town, seats: Desks, played: Played, who: str, path: str) -> Visitor:
    caller = who_opens(own, played, who, path)
    return await seats.of(caller, LANGUAGE) if caller else seats.nobody(LANGUAGE)


def _summary(loads: Sequence[Load], acted: Json, opened: Json, busy: Json) -> None:
    print(f"{'a first load':40}{'KB':>8}{'requests':>10}{'paint ms':>10}")
    for each in sorted(loads, key=lambda one: -one.octets):
        print(f"{each.path:40}{_kb(each):8.1f}{each.requests:10}{each.paint_ms:10.0f}")
    print(
        f"an act until another desk shows it, ms: p50 {acted['p50_ms']}, p90 {acted['p90_ms']}, "
        f"slowest {acted['max_ms']} of {acted['count']}"
    )
    print(
        f"{opened['desks']} desks: the console has {opened['mb_with_them']} MB, before "
        f"{opened['mb_before']}; after a report half of them hear within {opened['heard_ms']} ms, "
        f"the last one {opened['last_heard_ms']} ms"
    )
    print(
        f"{busy['people']} people: {busy['per_s']} pages/s, p50 {busy['p50_ms']} ms, "
        f"p99 {busy['p99_ms']} ms"
    )
    print(f"machine: load {load()} at the end")


def _kb(seen: Load) -> float:
    return seen.octets / 1024


def last_line(loads: Sequence[Load], acted: Json, busy: Json) -> str:
    """The line that other programs read."""
    return (
        f"console worst_kb={max(map(_kb, loads)):.1f} "
        f"worst_paint_ms={max(each.paint_ms for each in loads):.0f} "
        f"live_p95_ms={acted['p95_ms']:.0f} pages_per_s={busy['per_s']:.0f}"
    )
