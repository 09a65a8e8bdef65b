"""Verb ``tirek ledger export``: the ledger as files, for whoever is to verify it without us."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from services.audit.files import placed, write
from services.audit.ledger import verify
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.errors import Unreadable
from services.audit.ledger.export import CHECKPOINT, all_tiles, bundle_path, tile_path
from services.audit.ledger.notes import Note
from services.audit.ledger.tiles import TILE_WIDTH
from shared.cli import ERR, OUT, call, fail, say


def export(
    folder: Annotated[
        Path, typer.Argument(help="Where to; an earlier export there is gone on from.")
    ],
) -> None:
    """Write the ledger as files, for whoever is to verify it without us: what was signed last, all
    entries behind it and all hashes (C2SP tlog-tiles).

    No personal data is in it. Cut short, it goes on where it was. `tirek ledger verify` reads it.
    Status 1, and the checkpoint there stays, if what is in the folder is damaged, or is not an
    earlier export of this ledger.
    """
    note = call("audit", "GET", "/ledger/checkpoint")
    now, before = Checkpoint.parse(Note.parse(note.encode()).text), _before(folder / CHECKPOINT)
    if before and verify.LATER.sub("", before.origin) != verify.LATER.sub("", now.origin):
        raise fail(f"{folder}: {say('holds an export of another ledger: nothing was written')}")
    size = now.size
    files = [*map(partial(bundle_path, size=size), range(-(-size // TILE_WIDTH)))]
    files += [tile_path(tile, size) for tile in all_tiles(size)]
    for path in track(
        files, say("exporting"), console=ERR, transient=True, disable=not ERR.is_terminal
    ):
        if not (folder / path).exists():  # it never changes: a tile that grows has another name
            write(placed(folder / path), call("audit", "GET", f"/ledger/{path}"))
    _check(folder, now, before)
    write(placed(folder / CHECKPOINT), note)
    OUT.print(f"{say('exported')}: {size}", markup=False)


def _before(file: Path) -> Checkpoint | None:
    """What was exported here before."""
    try:
        return Checkpoint.parse(Note.parse(file.read_bytes()).text)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None
    except Unreadable:
        raise fail(
            f"{file}: {say('is no checkpoint of an export, or damaged: nothing was written')}"
        ) from None


def _check(folder: Path, now: Checkpoint, before: Checkpoint | None) -> None:
    """Ends the command unless the files are what the checkpoint signs, and what was here before is
    a beginning of it."""
    try:
        hashes = verify.exported(folder, now.size)
    except (verify.Unproven, verify.Unreadable, OSError) as problem:
        raise fail(f"{folder}: {say(_DAMAGED)}\n  {say(str(problem))}") from None
    if verify.Peaks().root(hashes) != now.root:
        raise fail(f"{folder}: {say(_DAMAGED)}")
    if before and (
        before.size > now.size or verify.Peaks().root(hashes[: before.size]) != before.root
    ):
        raise fail(f"{folder}: {say(_FORKED)}")


_DAMAGED = "files that were here are damaged, or another ledger's: export to a new folder"
_FORKED = (
    "the ledger does not begin with the checkpoint that is here: it was changed, or cut short. Keep"
    " this folder, and export to a new one"
)
