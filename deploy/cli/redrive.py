"""``tirek parked redrive``: what was parked is tried again by the services' workers."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Annotated

import typer
from rich.progress import Progress

from deploy.cli.parked import DatabaseUrl, Service, at_desks, the_one
from deploy.operations.parked import Asked, Desk, Outcome
from shared.cli import ERR, OUT, fail
from shared.clock import pause

LOOK_EVERY = 0.2
PATIENCE = 30.0
"""Seconds without any progress, after which nobody waits on."""


def redrive(
    number: Annotated[
        int | None, typer.Option("--id", min=1, help="One record, the first of its key.")
    ] = None,
    key_of: Annotated[
        int | None, typer.Option("--key-of", min=1, help="All records of this record's key.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is parked.")] = False,
    wait: Annotated[bool, typer.Option(help="Look on until all has been tried.")] = True,
    database_url: DatabaseUrl = None,
    service: Service = None,
) -> None:
    """Have parked records tried again: each key's in their order, oldest first.

    Do this when the cause is gone: a bug mended, a newer release installed. A record that fails
    again stays parked with its new reason, and those behind it are not tried; other keys go on.
    Nothing is handled twice. Exit status 1 if some failed again or were not tried in time.
    """
    if [number is not None, key_of is not None, everything].count(True) != 1:
        raise fail("say what to redrive: one of --id N, --key-of N and --all")

    async def asked(desks: Sequence[Desk]) -> list[tuple[str, Outcome]]:
        sets = await _ask(desks, number, key_of)
        if not wait:
            return [(at.service, await at.progress(each)) for at, each in sets]
        with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bars:
            ends = await asyncio.gather(*(followed(at, each, bars) for at, each in sets))
        return [(at.service, end) for (at, _), end in zip(sets, ends, strict=True)]

    outcomes = at_desks(database_url, service, asked)
    for name, end in outcomes:
        for line in said(name, end):
            OUT.print(line, markup=False, soft_wrap=True)
    if wait and not all(end.well for _, end in outcomes):
        raise typer.Exit(1)


async def _ask(
    desks: Sequence[Desk], number: int | None, key_of: int | None
) -> list[tuple[Desk, Asked]]:
    if number is not None:
        at, row = await the_one(desks, number)
        return [(at, await at.ask_one(row))]
    if key_of is not None:
        at, row = await the_one(desks, key_of)
        return [(at, await at.ask_key(row))]
    return [(at, await at.ask_all()) for at in desks]


async def followed(at: Desk, asked: Asked, bars: Progress) -> Outcome:
    """Looks on until everything was tried, or nothing has moved for `PATIENCE`."""
    bar = bars.add_task(at.service, total=len(asked.tries))
    moved, before = monotonic(), None
    while True:
        now = await at.progress(asked)
        bars.update(bar, completed=now.handled + len(now.failed), total=now.asked)
        if now != before:
            moved, before = monotonic(), now
        if not now.waiting or monotonic() - moved > PATIENCE:
            return now
        await pause(LOOK_EVERY)


def said(service: str, end: Outcome) -> list[str]:
    """The outcome, line by line."""
    if not end.asked:
        return [f"{service}: nothing is parked"]
    counts = [
        f"{end.asked} asked for",
        f"{end.handled} handled",
        f"{len(end.failed)} failed again" if end.failed else "",
        f"{end.behind} behind those, not tried" if end.behind else "",
        f"{end.waiting} still to be tried: its worker goes on by itself" if end.waiting else "",
    ]
    lines = [f"{service}: {', '.join(filter(None, counts))}"]
    return lines + [f"  record {row_id}: {reason}" for row_id, reason in end.failed]
