"""``tirek secrets``: key files are saved for another machine, sealed like a backup."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.backup import key_files, keys
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup
from deploy.cli.backup import PrivateKey, described, private_of, said
from deploy.cli.keys import Secrets
from deploy.operations import running_demo
from shared.cli import OUT

group = typer.Typer(
    no_args_is_help=True,
    help="Key files of this machine: without them nobody's details in a backup can be read.",
)


@group.command()
def save(
    to: Annotated[
        Path, typer.Option(help="File of public keys, one a line: each of them opens the file.")
    ],
    into: Annotated[Path, typer.Option(help="Folder for the file.")] = Path(),
    secrets: Secrets = running_demo.SECRETS,
) -> None:
    """Save every key file, sealed for the offline key. Passwords are not among them.

    Do it once, and again after every change of a key. Keep the file apart from those of the data
    and of the key store.
    """
    with said():
        recipients = keys.recipients(to)
        if not into.is_dir():
            raise BackupError(f"{into} is no folder")
        taken = key_files.save(secrets, into, recipients)
    OUT.print(f"{described(taken.manifest)}\n  {taken.path}, {taken.size:,} bytes", soft_wrap=True)


@group.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `tirek secrets save` wrote.")],
    private_key: PrivateKey,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put them in the place of other keys that are there."),
    ] = False,
    secrets: Secrets = running_demo.SECRETS,
) -> None:
    """Put saved key files in place: on a new machine before anything else runs.

    Where the services have run already they must be stopped, and started anew afterwards.
    """
    with said():
        saved = Backup(file, private_of(private_key))
        manifest = key_files.put_back(saved, secrets, replace=replace)
    OUT.print(f"restored {described(manifest)}\n  {secrets}", soft_wrap=True)
