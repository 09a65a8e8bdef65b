"""``tirek backup``: the data and the key store, each into a file that only an offline key opens."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.backup import keys
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup, Manifest
from deploy.backup.server import Server
from deploy.backup.taking import take
from deploy.operations import running_demo
from shared.cli import ERR, OUT, fail, sound_url

TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, TimeoutError)

backup = typer.Typer()

ServerUrl = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="TIREK_SUPERUSER_URL",
        help="postgresql://SUPERUSER@HOST:PORT; the password may come from PGPASSWORD or "
        "PGPASSFILE. Left out: the running demo's.",
    ),
]
PrivateKey = Annotated[
    str,
    typer.Option(
        help="The private key's file; - reads it from standard input, so that it touches no disk."
    ),
]


@backup.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(help="File of public keys, one a line: each of them opens the backup."),
    ] = None,
    into: Annotated[Path, typer.Option(help="Folder for the file of the data.")] = Path(),
    keys_into: Annotated[
        Path | None,
        typer.Option(help="Folder for the file of the key store. Left out: the same folder."),
    ] = None,
    server: ServerUrl = None,
) -> None:
    """Back up the data and the key store, while all runs, into two sealed files.

    The data are of one moment, with outboxes and inboxes. Keep the two files apart, and those of
    the key store no longer than 30 days: an erased key must not come back. The secrets, without
    which nobody's details can be read, are in neither: `tirek secrets save`.
    """
    if context.invoked_subcommand is not None:
        return
    if to is None:
        raise fail("say to which public key: --to FILE (`tirek backup keygen` makes one)")
    with said(), bars() as progress:
        recipients = keys.recipients(to)
        folders = {"data": into, "keys": keys_into or into}
        for folder in folders.values():
            if not folder.is_dir():
                raise BackupError(f"{folder} is no folder")
        task = progress.add_task("backing up", total=None)
        taken = asyncio.run(take(of(server), folders, recipients, partial(progress.advance, task)))
    for each in taken:
        OUT.print(f"{described(each.manifest)}\n  {each.path}, {each.size:,} bytes", soft_wrap=True)


@backup.command()
def keygen(
    folder: Annotated[Path, typer.Argument(help="Where both halves are written.")],
) -> None:
    """Make a key pair for backups. Run it on a machine that is not the server.

    The public half goes to the server. The private half opens every backup and can be made by
    nobody again: keep it in two places, offline.
    """
    with said():
        public, private = keys.make(folder)
    OUT.print(f"{public}: give it to the server", soft_wrap=True)
    OUT.print(f"{private}: take it away, and keep two copies offline", soft_wrap=True)


@backup.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="Files of a backup.")],
    private_key: PrivateKey,
) -> None:
    """Read files of a backup to their last byte and say what they are. Nothing is restored."""
    with said(), bars() as progress:
        secret = private_of(private_key)
        found = []
        for path in files:
            one = Backup(path, secret)
            task = progress.add_task(path.name, total=one.size)
            found.append(one.checked(partial(progress.advance, task)))
    for path, manifest in zip(files, found, strict=True):
        OUT.print(f"{described(manifest)}\n  {path}, whole and unaltered", soft_wrap=True)


def described(manifest: Manifest) -> str:
    """What a file holds, in one line."""
    at = f"{manifest.at:%Y-%m-%d %H:%M:%S} UTC"
    if manifest.kind == "secrets":
        return f"secrets of {at}: {manifest.total} keys in {len(manifest.rows)} files"
    heads = ", ".join(f"{name} {head}" for name, head in sorted(manifest.heads.items()))
    return f"{manifest.kind} of {at}: {manifest.total:,} rows; migrations {heads}"


def of(dsn: str | None) -> Server:
    """The server that was named, or the demo's."""
    return Server(sound_url(dsn, "TIREK_SUPERUSER_URL") if dsn else running_demo.superuser())


def private_of(where: str) -> str:
    """The private key that was named."""
    if where == "-":
        return keys.private(typer.get_text_stream("stdin").read(), "standard input")
    path = Path(where)
    try:
        return keys.private(path.read_text(encoding="utf-8-sig"), where)
    except UnicodeDecodeError:
        raise BackupError(f"{where} is no file of keys") from None


@contextmanager
def said() -> Iterator[None]:
    """Whatever goes wrong is one clear line and status 1."""
    try:
        yield
    except BackupError as problem:
        raise fail(str(problem)) from None
    except TROUBLE as problem:
        raise fail(f"the database server does not answer: {type(problem).__name__}") from None
    except OSError as problem:
        raise fail(f"{problem.filename or 'a file'}: {problem.strerror}") from None


def bars() -> Progress:
    """A bar for each step, in bytes, on standard error of a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
    )
