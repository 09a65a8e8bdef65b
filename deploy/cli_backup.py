"""``tirek backup`` and ``tirek restore``: copies that only somebody offline can read."""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import asyncpg
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy import running_demo
from deploy.backup import load as loading
from deploy.backup.dump import Count, Say, dump
from deploy.backup.load import Found
from deploy.backup.sealed import BadBackup, Sealer, new_keys
from deploy.local import provision
from deploy.local.errors import StackError
from deploy.local.key_topics import Silent
from deploy.topology import ROLES, SCHEMAS, SUPERUSER
from shared.cli import ERR, OUT, fail
from shared.errors import TirekError

PARTS = {"data": "tirek", "keys": "tirek_keys"}
"""The two files of a backup, and the database of each: keep them in two places."""
ENDING = ".sealed"
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

backup = typer.Typer(no_args_is_help=True, help="Copies that only somebody offline can read.")

Secrets = Annotated[
    Path, typer.Option(envvar="TIREK_SECRETS", help="The folder with passwords.json.")
]
Postgres = Annotated[
    str | None,
    typer.Option(envvar="TIREK_POSTGRES", help="host:port. Left out: the running demo's."),
]
Kafka = Annotated[
    str | None, typer.Option(envvar="TIREK_KAFKA", help="host:port. Left out: the running demo's.")
]


@backup.command()
def keygen(
    private: Annotated[Path, typer.Argument(help="Where the private key goes: a memory stick.")],
) -> None:
    """Make a pair of keys. The private one is taken away; the public one, FILE.pub, stays here.

    Who holds the private key can read every backup; without it nobody can, not even you.
    """
    public = private.with_name(private.name + ".pub")
    for path in (private, public):
        if path.exists():
            raise fail(f"{path} is there already: it may be the key of your backups")
    secret, known = new_keys()
    fd = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(secret + "\n")
    public.write_text(known + "\n")
    OUT.print(f"private key: {private}  (take it away, keep two copies, never on a server)")
    OUT.print(f"public key:  {public}  (tirek backup make --to FOLDER --for {public})")


@backup.command()
def make(
    to: Annotated[Path, typer.Option(help="The folder that the two files go to.")],
    recipient: Annotated[Path, typer.Option("--for", help="The public key of who may read them.")],
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
) -> None:
    """Copy the data and the key store, each as of one moment, while all runs.

    Two files: without the keys' file nobody's name can be read in the data's. Keep them in two
    places, and the keys' for 30 days at most: a key that was forgotten must not come back.
    """
    server = Server(secrets, postgres)
    name = f"tirek-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    with _said():
        public = recipient.read_text(encoding="utf-8")
        to.mkdir(parents=True, exist_ok=True)
        for part, database in PARTS.items():  # the keys last: what has data has its key
            path = to / f"{name}.{part}{ENDING}"
            count = _dumped(server, database, path, public)
            size = path.stat().st_size / 2**20
            OUT.print(
                f"{path}: {sum(count.rows.values()):,} rows of {count.tables} tables "
                f"as of {count.at:%Y-%m-%d %H:%M:%S} UTC, {size:.1f} MB",
                soft_wrap=True,
            )


@backup.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Files of `tirek backup make`.")],
    key: Annotated[Path, typer.Option(help="The private key.")],
) -> None:
    """Read backups whole, and touch nothing: can they be restored?"""
    with _said():
        for path in files:
            found = _looked(path, key)
            OUT.print(f"{path}: whole; {_told(found)}", soft_wrap=True)


def restore(
    *,
    data: Annotated[Path, typer.Option(help="The file of the data.")],
    keys: Annotated[Path, typer.Option(help="The file of the key store.")],
    key: Annotated[Path, typer.Option(help="The private key.")],
    erasures: Annotated[
        Path | None,
        typer.Option(help="Persons erased since the backup, an id a line: their keys go again."),
    ] = None,
    replace: Annotated[
        bool, typer.Option(help="Also where there are data: they are lost.")
    ] = False,
    secrets: Secrets = running_demo.SECRETS,
    postgres: Postgres = None,
    kafka: Kafka = None,
) -> None:
    """Put a backup back. The services are stopped for it; their topics are made anew.

    Both files are read whole before anything is touched. Afterwards start the services: they say
    again what the topics lost, and act at once on every deadline that has passed meanwhile.
    """
    server, began = Server(secrets, postgres), monotonic()
    with _said():
        given = {"data": data, "keys": keys}
        erased = loading.register(erasures.read_text(encoding="utf-8")) if erasures else []
        for part, path in given.items():
            found = _looked(path, key)
            if found.manifest["database"] != PARTS[part]:
                raise fail(f"{path} is not the file of the {part}")
            OUT.print(f"{path}: whole; {_told(found)}", soft_wrap=True)
        _refuse_if_in_the_way(server, replace=replace)
        private = key.read_text(encoding="utf-8")
        with _progress("Restoring") as say:
            rows = sum(
                asyncio.run(_put_back(server, PARTS[part], path, private, say))
                for part, path in given.items()
            )
            if erasures is not None:
                gone = asyncio.run(loading.forget(server.dsn("tirek_keys"), erased))
            say("topics")
            asyncio.run(provision.topics_anew(kafka or running_demo.kafka()))
    OUT.print(f"{rows:,} rows are back, in {monotonic() - began:.0f} s; the topics are empty")
    if erasures is not None:
        OUT.print(f"{gone} keys of persons in {erasures} were destroyed again")
    else:
        OUT.print("no register of erasures was given: whoever was erased since is readable again")
    OUT.print(
        "now start the services; what came after the moment of the backup must be reported anew"
    )


class Server:
    """The database server, with the superuser's password out of the secrets."""

    def __init__(self, secrets: Path, place: str | None) -> None:
        try:
            self._passwords = json.loads((secrets / "passwords.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise fail(f"no passwords.json in {secrets}: say --secrets FOLDER") from None
        self._place = place or running_demo.postgres()

    def dsn(self, database: str) -> str:
        """The superuser's."""
        return f"postgresql://{SUPERUSER}:{self._passwords[SUPERUSER]}@{self._place}/{database}"

    def owner(self, role: str) -> str:
        """An owner's, who migrates."""
        return f"postgresql://{role}:{self._passwords[role]}@{self._place}/{ROLES[role]}"


def _dumped(server: Server, database: str, path: Path, public: str) -> Count:
    new = path.with_suffix(".new")
    try:
        with new.open("xb") as file, _progress(f"Copying {database}") as say:
            new.chmod(0o600)
            sealer = Sealer(file, public, database=database)
            count = asyncio.run(dump(server.dsn(database), database, sealer.write, say))
            sealer.close()
    except BaseException:
        new.unlink(missing_ok=True)  # half a backup must not look like one
        raise
    new.rename(path)
    return count


def _looked(path: Path, key: Path) -> Found:
    try:
        with path.open("rb") as file, _progress(f"Reading {path.name}"):
            return loading.look(file, key.read_text(encoding="utf-8"))
    except BadBackup as problem:
        raise BadBackup(f"{path}: {problem}") from problem


def _told(found: Found) -> str:
    at = datetime.fromisoformat(found.manifest["at"])
    return f"{sum(found.rows.values()):,} rows as of {at:%Y-%m-%d %H:%M:%S} UTC"


def _refuse_if_in_the_way(server: Server, *, replace: bool) -> None:
    if users := asyncio.run(loading.in_use(server.dsn("postgres"))):
        raise fail(f"stop the services first: {', '.join(users)} are connected")
    for database in PARTS.values():
        if not replace and (full := asyncio.run(loading.filled(server.dsn(database), database))):
            raise fail(f"{', '.join(full)} hold data: say --replace to lose them")


async def _put_back(server: Server, database: str, path: Path, private: str, say: Say) -> int:
    with path.open("rb") as file:
        manifest = loading.look(file, private).manifest
        await loading.empty(server.dsn(database), database)
        owners = {each.name: server.owner(each.owner) for each in SCHEMAS}
        for schema, described in manifest["schemas"].items():
            if described["head"]:
                await asyncio.to_thread(loading.prepare, schema, owners[schema], described["head"])
        rows = await loading.load(server.dsn(database), file, private, say)
        for schema, described in manifest["schemas"].items():
            if described["head"]:
                await asyncio.to_thread(loading.modernise, schema, owners[schema])
        return rows


@contextmanager
def _progress(title: str) -> Iterator[Say]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True) as shown:
        task = shown.add_task(title)

        def say(what: str) -> None:
            shown.update(task, description=f"{title}: {what}")

        yield say


@contextmanager
def _said() -> Iterator[None]:
    """What goes wrong, in one line."""
    try:
        yield
    except asyncpg.InvalidPasswordError:
        raise fail("the database knows another password than the one in passwords.json") from None
    except (BadBackup, StackError, TirekError, Silent) as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"{type(problem).__name__}: {problem}") from None
