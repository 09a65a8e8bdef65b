"""``tirek outbox``: the ledger of the bus, checked."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from aiokafka.errors import KafkaError
from rich.progress import Progress

from deploy.operations import running_demo
from deploy.operations.outbox_proof import Looked, Proof, size
from deploy.operations.service_database import of_service
from deploy.topology import SERVICES
from shared.bus.access import Access
from shared.cli import ERR, OUT, fail, sound_url
from shared.errors import NotFound, Unavailable
from shared.key_files import KeyFileError
from shared.logging import quiet
from shared.macs import FILE, Macs

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

outbox = typer.Typer(no_args_is_help=True, help="What a service has said, kept 14 days.")


@outbox.callback()
def group() -> None:
    """What a service has said, kept 14 days."""


@outbox.command()
def verify(
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="TIREK_DATABASE_URL",
            help="One service's database. Left out: all services, at TIREK_POSTGRES with the "
            "passwords of TIREK_SECRETS, or of the running demo.",
        ),
    ] = None,
    kafka: Annotated[
        str | None,
        typer.Option(
            envvar="TIREK_KAFKA",
            help="host:port. Left out: the running demo's; with --database-url none is read.",
        ),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option(help=f"One of {', '.join(SERVICES)}. Left out: whose role it is, or all."),
    ] = None,
) -> None:
    """Check that no event was removed, inserted or altered since it was said.

    Numbers, links and digests of the outbox are held together, then against the topic; where the
    service's key is at hand (TIREK_SECRETS), each row's MAC is checked, and rows of its state are
    held against the last event about each. Only codes, ids and numbers are printed. Exit status 1
    if anything is found, or cannot be checked.
    """
    if service is not None and service not in SERVICES:
        raise fail(f"no service {service}: one of {', '.join(SERVICES)}")
    if database_url is not None:
        url = sound_url(database_url, "TIREK_DATABASE_URL")
        where: dict[str | None, str] = {service: url}
    else:
        where = {
            name: dsn for name, dsn in running_demo.databases().items() if service in (None, name)
        }
    # one database that is named may be of any stack, and so no broker is guessed
    bus = running_demo.kafka(kafka) if kafka or database_url is None else None
    secrets = running_demo.secrets(guess=database_url is None)
    whole = [_shown(name, dsn, bus, secrets) for name, dsn in where.items()]
    if not all(whole):
        raise typer.Exit(1)


def _shown(service: str | None, dsn: str, kafka: Access | None, secrets: Path | None) -> bool:
    """Checks one outbox and says how it is; whether all is in order."""
    try:
        with quiet("aiokafka", logging.CRITICAL):  # what fails is said once, here
            name, looked = asyncio.run(_verified(service, dsn, kafka, secrets))
    except KafkaError as problem:
        raise fail(f"Kafka does not answer at {kafka}: {type(problem).__name__}") from None
    except (NotFound, Unavailable, KeyFileError) as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"the database does not answer: {type(problem).__name__}") from None
    OUT.print(f"{name}: {_extent(looked)}", markup=False, soft_wrap=True)
    wrong = [str(finding) for finding in looked.findings]
    if looked.strange:
        wrong.append(f"records that are no event on the topic: {looked.strange}")
    if looked.refused:
        wrong.append(f"rows that no process of it said, and its relay refuses: {looked.refused}")
    wrong += map(str, looked.differing or ())
    for line in wrong or ["in order"]:
        OUT.print(f"  {line}", markup=False, soft_wrap=True)
    return not wrong


def _extent(looked: Looked) -> str:
    said = f"{looked.rows} rows"
    if looked.since is not None and looked.until is not None:
        span = f"{looked.since:%Y-%m-%d %H:%M:%S} to {looked.until:%Y-%m-%d %H:%M:%S} UTC"
        said += f", numbers {looked.first} to {looked.last}, {span}"
    if looked.waiting:
        said += f"; {looked.waiting} not yet published"
    if looked.differing is None:
        said += "; no key at hand, so no MAC was checked"
    elif looked.unsigned:
        said += f"; {looked.unsigned} without a MAC"
    read = "the topic was not read" if looked.records is None else f"{looked.records} records"
    return f"{said}; {read}"


async def _verified(
    service: str | None, dsn: str, kafka: Access | None, secrets: Path | None
) -> tuple[str, Looked]:
    async with of_service(dsn, service, command_timeout=60) as (name, database):
        macs = _macs(secrets / name) if secrets else None
        with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
            # each row is looked at once, and about once more as a record
            total = await size(database) * (1 if kafka is None else 2)
            task = bar.add_task(name, total=total)
            proof = Proof(database, name, lambda n: bar.advance(task, n), macs)
            return name, await proof.verify(kafka)


def _macs(keys: Path) -> Macs | None:
    """By the key of a service, if it is there; raises `KeyFileError`."""
    if not (keys / FILE).exists():
        return None
    return Macs.of(keys, os.environ.get("TIREK_OUTBOX_MAC"))
