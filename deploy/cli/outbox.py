"""``tirek outbox``: the ledger of the bus, checked."""

import asyncio
import logging
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

    Numbers, links and digests of the outbox are held together, and then against the topic. Only
    codes and numbers are printed. Exit status 1 if anything is found, or cannot be checked.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what fails is said once, here
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
    whole = [_shown(name, dsn, bus) for name, dsn in where.items()]
    if not all(whole):
        raise typer.Exit(1)


def _shown(service: str | None, dsn: str, kafka: Access | None) -> bool:
    """Checks one outbox and says how it is; whether all is in order."""
    try:
        name, looked = asyncio.run(_verified(service, dsn, kafka))
    except KafkaError as problem:
        raise fail(f"Kafka does not answer at {kafka}: {type(problem).__name__}") from None
    except (NotFound, Unavailable) as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"the database does not answer: {type(problem).__name__}") from None
    OUT.print(f"{name}: {_extent(looked)}", markup=False, soft_wrap=True)
    wrong = [str(finding) for finding in looked.findings]
    if looked.strange:
        wrong.append(f"records that are no event on the topic: {looked.strange}")
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
    read = "the topic was not read" if looked.records is None else f"{looked.records} records"
    return f"{said}; {read}"


async def _verified(service: str | None, dsn: str, kafka: Access | None) -> tuple[str, Looked]:
    async with of_service(dsn, service, command_timeout=60) as (name, database):
        with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
            # each row is looked at once, and about once more as a record
            total = await size(database) * (1 if kafka is None else 2)
            task = bar.add_task(name, total=total)
            looked = await Proof(database, name, lambda n: bar.advance(task, n)).verify(kafka)
        return name, looked
