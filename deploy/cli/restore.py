"""``tirek restore``: the way back from a backup."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from deploy.backup import erasures
from deploy.backup.again import Again
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup
from deploy.backup.restoring import Done, Wish
from deploy.backup.restoring import restore as put_back
from deploy.cli.backup import PrivateKey, ServerUrl, bars, described, of, private_of, said
from deploy.cli.keys import Secrets
from deploy.operations import running_demo
from shared.cli import OUT
from shared.clock import wall


class _Bars:
    """The bar of the step that is being taken."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def step(self, name: str, size: int) -> None:
        """The next bar."""
        self._task = self._progress.add_task(name, total=size)

    def told(self, count: int) -> None:
        """Moves it."""
        if self._task is not None:
            self._progress.advance(self._task, count)


def restore(  # noqa: PLR0917 - each is an option of the command
    private_key: PrivateKey,
    data: Annotated[Path | None, typer.Option(help="File of the data.")] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="File of the key store. Left out: the one that is there stays, which is best."
        ),
    ] = None,
    erasures_file: Annotated[
        Path | None,
        typer.Option(
            "--erasures", help="Register of erased incidents, an id a line: erased again first."
        ),
    ] = None,
    no_erasures: Annotated[
        bool, typer.Option("--no-erasures", help="Nobody was erased since the backup.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of data that are there.")
    ] = False,
    different_ages: Annotated[
        bool, typer.Option("--different-ages", help="The two files are of two backups.")
    ] = False,
    without_details: Annotated[
        bool,
        typer.Option(
            "--without-details",
            help="The secrets are lost for good: restore although nobody's details can be read.",
        ),
    ] = False,
    secrets: Secrets = running_demo.SECRETS,
    server: ServerUrl = None,
    kafka: Annotated[
        str | None,
        typer.Option(envvar="TIREK_KAFKA", help="host:port. Left out: the running demo's."),
    ] = None,
) -> None:
    """Put a backup in place, with the services stopped. Erased people stay erased.

    The files are checked to the last byte first, and nothing that is there changes before all is
    restored beside it. The secrets of this machine must open what comes back: on a new one put the
    saved ones in place first (`tirek secrets restore`). The topics are emptied, and the services
    will say again what the data hold; readers pass over what they know. Everybody is signed
    out of the console. If it is interrupted, run it again.
    """
    with said():
        if data is None and keys is None:
            raise BackupError("say what to restore: --data FILE, --keys FILE or both")
        if (erasures_file is None) != no_erasures:
            raise BackupError("say who was erased since: one of --erasures FILE and --no-erasures")
        erased = erasures.register(erasures_file) if erasures_file else frozenset()
        secret = private_of(private_key)
        files = {
            kind: Backup(path, secret) for kind, path in (("data", data), ("keys", keys)) if path
        }
        where = running_demo.kafka(kafka, secrets)
        wish = Wish(files, erased, where, replace, different_ages, secrets, without_details)
        with bars() as progress:
            done = asyncio.run(put_back(of(server), wish, _Bars(progress)))
    for line in _lines(done):
        OUT.print(line, markup=False, soft_wrap=True)


def _lines(done: Done) -> Iterator[str]:
    """What was done, and what that means."""
    for manifest in done.manifests.values():
        yield f"restored {described(manifest)}"
    ready = done.ready
    erased = ready.erased
    if erased.listed:
        yield (
            f"erased again: {erased.known} of {erased.listed} incidents of the register are in the "
            f"data, {erased.keys} keys destroyed"
        )
    if ready.closed:
        yield (
            f"the keys of {ready.closed} of {ready.people} people do not open with the secrets of "
            "this machine: their details cannot be read"
        )
    if ready.unreadable:
        yield (
            f"no key for {ready.unreadable} of {ready.people} people: their details cannot be read "
            "(they were erased, or the key store is older than the data)"
        )
    yield from _ages(done)
    if done.older:
        names = ", ".join(done.older)
        yield f"older than this release: {names}. Migrations bring it forward before services start"
    if data := done.manifests.get("data"):
        yield f"topics emptied: {', '.join(done.emptied) or 'none was there'}"
        yield from _said_again(done.ready.again)
        gap = str(timedelta(seconds=int((wall() - data.at).total_seconds())))
        yield (
            f"The data reach to {data.at:%Y-%m-%d %H:%M:%S} UTC. What was reported, answered or "
            f"decided in the {gap} since then is lost: ask those who were at work."
        )
        yield "Start the services: deadlines that have passed meanwhile fire at once."


def _said_again(again: Again) -> Iterator[str]:
    yield f"to be published: {again.events:,} events; readers pass over what they know"
    if again.silent:
        names = ", ".join(again.silent)
        yield f"without the key of its outbox here, and so without saying that it is back: {names}"
    if again.ended is None:
        yield (
            "nobody was signed out: what was ended since the backup is open again. Once services "
            "run: `tirek account sessions end-all`"
        )
    else:
        sessions, telephones = again.ended
        count = f"{sessions} sessions, {telephones} telephones, and all invitations"
        yield f"everybody is signed out: {count}"


def _ages(done: Done) -> Iterator[str]:
    data, keys = done.manifests.get("data"), done.manifests.get("keys")
    if data is None:
        yield "the data are those that were there"
    elif keys is None:
        yield "the key store is the one that was there"
    elif data.backup != keys.backup:
        older = "the key store is older" if keys.at < data.at else "the data are older"
        apart = str(timedelta(seconds=int(abs((data.at - keys.at).total_seconds()))))
        yield f"data and key store are of different ages: {older}, by {apart}"
