"""``tirek keys``: sealing keys are changed while all runs, and nothing becomes unreadable."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import Progress, TaskID
from rich.table import Column, Table

from deploy.errors import StackError
from deploy.operations import (
    exclusion_keys,
    ledger_keys,
    outbox_keys,
    resealing,
    running_demo,
    sealing_keys,
)
from deploy.operations.key_topics import Silent, on_topics
from deploy.operations.key_use import Look, Need, Told, in_columns, rings
from deploy.provision.secrets import SHARED, Jwk
from deploy.topology import SERVICES
from services.audit.settings import AuditSettings
from shared.cli import ERR, OUT, fail
from shared.key_files import KeyFileError

TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

ADDED = (*SHARED, *outbox_keys.NAMES, ledger_keys.NAME)
KINDS = (sealing_keys, outbox_keys, exclusion_keys, ledger_keys)

keys = typer.Typer(
    no_args_is_help=True,
    help="Keys by which services seal events for each other, named <service>.<n>, by which they "
    "know their own word, named outbox-<service>.<n>, and by which cases are hidden from whom they "
    "exclude, named tags.<n> and exclusions.<n>, and by which audit signs, named ledger.<n>.",
)

Secrets = Annotated[
    Path,
    typer.Option(envvar="TIREK_SECRETS", help="A folder of key files for each service."),
]
Kafka = Annotated[
    str | None, typer.Option(envvar="TIREK_KAFKA", help="host:port. Left out: the running demo's.")
]
Postgres = Annotated[
    str | None,
    typer.Option(
        envvar="TIREK_POSTGRES",
        help="host:port; passwords.json of the secrets is used. Left out: the running demo's.",
    ),
]
ORIGIN = str(AuditSettings.model_fields["ledger_origin"].default)
Origin = Annotated[
    str,
    typer.Option(envvar="TIREK_LEDGER_ORIGIN", help="What the ledger is called, with `ledger`."),
]
Kid = Annotated[str, typer.Argument(help="A key, for instance intake.1: see `tirek keys list`.")]


@keys.command("list")
def listed(secrets: Secrets = running_demo.SECRETS) -> None:
    """Show every key: which are in use, which can still be read with, which are retired."""
    table = Table(
        Column("key", no_wrap=True), "service", "made", "state", "private key", "not known to"
    )
    with _said():
        for key in [each for kind in KINDS for each in kind.standings(secrets)]:
            made = f"{key.made:%Y-%m-%d %H:%M} UTC" if key.made else "unknown"
            here = "here" if key.private_here else "no"
            lacking = ", ".join(key.lacking) if key.state != "retired" else ""
            table.add_row(key.kid, key.service, made, key.state, here, lacking)
    OUT.print(table)


@keys.command()
def rotate(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")],
    secrets: Secrets = running_demo.SECRETS,
) -> None:
    """Give a service a new sealing key, while all run.

    Every reader has it before anybody seals with it. Run it again if it was interrupted: it goes
    on. The older key stays, for what was sealed with it, until `tirek keys retire`.
    """
    if service not in SERVICES:
        raise fail(f"no service {service}: one of {', '.join(SERVICES)}")
    with _said():
        for step in sealing_keys.rotate(secrets, service):
            OUT.print(step)


@keys.command()
def add(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(ADDED)}.")],
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
    origin: Origin = ORIGIN,
) -> None:
    """Add a key, while all run: see what each kind is for in the runbook.

    A key of an outbox is in use at once, and so is one of the ledger, beside the one before, until
    that is retired: witnesses are given what is printed. One by which cases are hidden takes two
    runs: first whoever finds people by it gets it; with `tags`, notify then says everybody anew.
    The second time intake uses it, unless it is too early for that.
    """
    if name not in ADDED:
        raise fail(f"no keys {name}: one of {', '.join(ADDED)}")
    if name in outbox_keys.NAMES:
        with _said():
            OUT.print(f"{outbox_keys.add(secrets, name)}: in use")
        return

    if name == ledger_keys.NAME:
        with _said():
            OUT.print(f"{ledger_keys.add(secrets)}: in use")
            for key in ledger_keys.public(secrets, origin):
                OUT.print(f"log {key}", markup=False, soft_wrap=True)
        return

    def ready(key: Jwk) -> str | None:
        if waits := exclusion_keys.unsettled(secrets, name):
            return waits
        if name != "tags":
            return None
        return asyncio.run(exclusion_keys.unheard(running_demo.databases(secrets, postgres), key))

    with _said():
        for step in exclusion_keys.add(secrets, name, ready):
            OUT.print(step)


@keys.command()
def retire(
    kid: Kid,
    secrets: Secrets = running_demo.SECRETS,
    kafka: Kafka = None,
    postgres: Postgres = None,
) -> None:
    """Take an older sealing key out of use, unless something that is kept still needs it.

    All records on the topics, parked records and sealed columns are looked through first. The
    private key is kept aside: `tirek keys restore` undoes it. A key of tags or exclusions stays.
    The older key of the ledger is removed for good: every witness must know the newer one.
    """
    if kid.rpartition(".")[0] == ledger_keys.NAME:
        with _said():
            ledger_keys.retire(secrets, kid)
        OUT.print(f"{kid}: no longer signs")
        return
    with _said():
        sealing_keys.may_retire(secrets, kid)
        needs = asyncio.run(_needs(kid, secrets, kafka, postgres))
        if needs:
            _print(needs)
            raise fail(f"{kid} is still needed: nothing was changed")
        for step in sealing_keys.retire(secrets, kid):
            OUT.print(step)


@keys.command()
def restore(kid: Kid, secrets: Secrets = running_demo.SECRETS) -> None:
    """Undo a retirement: what was sealed with that key can be read again."""
    with _said():
        for step in sealing_keys.restore(secrets, kid):
            OUT.print(step)


@keys.command()
def reseal(kid: Kid, secrets: Secrets = running_demo.SECRETS, postgres: Postgres = None) -> None:
    """Seal with the keys in use what stands in a database for years, sealed with an older key.

    That is who may not be told of a case. Records and what was said stay as they are: they go by
    themselves. Safe to repeat, and while all run.
    """
    databases = running_demo.databases(secrets, postgres)
    with _said():
        sealing_keys.may_retire(secrets, kid)
        again = resealing.Again(kid, secrets)
        with _progress() as told:
            count = asyncio.run(resealing.reseal(again, databases, told))
    OUT.print(f"{kid}: {count} rows sealed again")


async def _needs(kid: str, secrets: Path, kafka: str | None, postgres: str | None) -> list[Need]:
    """Where the key is needed. A record on its way from a topic to a database is seen in one."""
    look = Look(kid, rings(secrets))
    databases = running_demo.databases(secrets, postgres)
    with _progress() as told:
        found = await on_topics(look, running_demo.kafka(kafka, secrets), told)
        return found + await in_columns(look, databases, told)


def _print(needs: list[Need]) -> None:
    table = Table("where", "how many", "until", "")
    for need in needs:
        table.add_row(need.where, str(need.count), need.until, need.reason)
    OUT.print(table)


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar for each place that is looked through, on standard error."""
    with Progress(console=ERR, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def told(place: str, done: int, total: int) -> None:
            if place not in bars:
                bars[place] = progress.add_task(place, total=total)
            progress.update(bars[place], completed=done, total=total)

        yield told


@contextmanager
def _said() -> Iterator[None]:
    """Whatever goes wrong is one clear line and status 1."""
    try:
        yield
    except (KeyFileError, StackError, sealing_keys.Refused, Silent) as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        if isinstance(problem, OSError) and problem.filename:
            raise fail(f"{problem.filename}: {problem.strerror}") from None
        raise fail(f"the database does not answer: {type(problem).__name__}") from None
