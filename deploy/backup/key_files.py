"""The key files of this machine, sealed for the offline key, and the way back to a new machine.

They are a file of their own, beside the data and the key store, and hold no person's key: those are
in the key store alone. Passwords are not among them, since a new server has its own.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex

from deploy.backup import files
from deploy.backup.errors import BackupError
from deploy.backup.files import Backup, Manifest
from deploy.backup.taking import Taken, stem_of
from deploy.errors import StackError
from deploy.provision.secrets import Jwk, changing, read_set, write_set
from deploy.topology import SERVICES
from shared.clock import wall

FOLDERS = SERVICES
"""Whose key files they are; what else the folder of secrets holds is made anew with a server."""
MASTER = "intake/master.json"
KeyFiles = Mapping[str, list[Jwk]]
"""Key sets by their file's path in the folder of secrets."""


def save(secrets: Path, into: Path, recipients: Sequence[str]) -> Taken:
    """Writes every key file of a folder of secrets into one sealed file. Raises `BackupError`."""
    found = _locked(secrets)
    if MASTER not in found:
        raise BackupError(f"{secrets} holds no {MASTER}: these are not all secrets")
    counts = {path: len(keys) for path, keys in found.items()}
    manifest = Manifest("secrets", token_hex(8), wall(), {}, counts, "")
    path = into / f"{stem_of(manifest)}.secrets.age"
    with files.written(path, manifest, recipients) as sealed:
        sealed.write(json.dumps(found, indent=2).encode())
    return Taken(path, manifest)


def put_back(saved: Backup, secrets: Path, *, replace: bool) -> Manifest:
    """Writes the saved key files into a folder of secrets.

    Raises `BackupError`, without ``replace`` also where keys would go that the file has not: what
    was sealed with them would open no more. Files that the saved ones do not name stay.
    """
    manifest, wanted = _content(saved)
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with changing(secrets):
            there = _read(secrets)
            others = [path for path in wanted if _more(there.get(path, []), wanted[path])]
            if others and not replace:
                raise BackupError(
                    f"{secrets} holds other keys, in {others[0]} and {len(others) - 1} more files: "
                    "nothing was changed. Give --replace if nothing was sealed with them that is "
                    "needed"
                )
            for path, keys in wanted.items():
                write_set(secrets / path, keys)
    except StackError as problem:
        raise BackupError(str(problem)) from None
    return manifest


def _content(saved: Backup) -> tuple[Manifest, KeyFiles]:
    manifest = saved.checked(lambda _: None)
    if manifest.kind != "secrets":
        raise BackupError(f"{saved.path} holds {manifest.kind}, and was given for secrets")
    with saved.archive(lambda _: None) as pieces:
        content = b"".join(pieces)
    try:
        wanted = json.loads(content)
        ours = all(_is_key_file(path, keys) for path, keys in wanted.items())
    except (ValueError, AttributeError):
        ours = False
    if not ours:
        raise BackupError(f"{saved.path} holds files that are no key files")
    return manifest, wanted


def _is_key_file(path: str, keys: object) -> bool:
    """Whoever has the public key can make such a file: it must not write anywhere else."""
    folder, _, name = path.partition("/")
    own = folder in FOLDERS and name.endswith(".json") and Path(name).name == name
    return own and isinstance(keys, list)


def _locked(secrets: Path) -> KeyFiles:
    try:
        with changing(secrets):
            return _read(secrets)
    except StackError as problem:
        raise BackupError(str(problem)) from None


def _read(secrets: Path) -> KeyFiles:
    try:
        return {
            str(path.relative_to(secrets)): read_set(path)
            for folder in FOLDERS
            for path in sorted((secrets / folder).glob("*.json"))
        }
    except (ValueError, KeyError, TypeError):
        raise BackupError(f"a file in {secrets} is no JSON Web Key Set") from None


def _more(there: list[Jwk], wanted: list[Jwk]) -> bool:
    return any(key not in wanted for key in there)
