"""The key pair of a backup: the public half stays on the server, the private half never is there.

Both are text files as age's own tools write and read them, so that a backup can be opened on a
machine that has no Tirek.
"""

from pathlib import Path

from deploy.backup import age, bech32
from deploy.backup.errors import BackupError
from deploy.provision.private_files import create

PUBLIC_NAME, PRIVATE_NAME = "tirek-backup.public", "tirek-backup.private"


def make(folder: Path) -> tuple[Path, Path]:
    """A new pair in ``folder``; answers the paths of the public and the private half.

    Raises `BackupError` rather than overwrite a key that may be the only one to open something.
    """
    public, private = folder / PUBLIC_NAME, folder / PRIVATE_NAME
    for path in (public, private):
        if path.exists():
            raise BackupError(f"{path} is there already: nothing was made")
    secret = age.new_private()
    name = age.public_of(secret)
    folder.mkdir(parents=True, exist_ok=True)
    create(private, f"# public key: {name}\n{secret}\n", 0o600)
    create(public, f"{name}\n", 0o644)
    return public, private


def recipients(path: Path) -> list[str]:
    """The public keys of a file, one a line; each can open alone. Raises `BackupError`."""
    lines = _lines(_read(path))
    if any(line.upper().startswith(age.PRIVATE.upper()) for line in lines):
        raise BackupError(f"{path} holds a private key: it must not be on this machine")
    try:
        for line in lines:
            bech32.decode(age.PUBLIC, line)
    except ValueError as problem:
        raise BackupError(f"{path} holds something that is no public key: {problem}") from None
    if not lines:
        raise BackupError(f"{path} holds no public key: `tirek backup keygen` makes one")
    return lines


def private(text: str, where: str) -> str:
    """The private key in the text of a file; ``where`` names it in `BackupError`."""
    found = _lines(text)
    if len(found) != 1:
        raise BackupError(f"{where} holds no private key, or more than one")
    try:
        age.public_of(found[0])
    except ValueError:
        raise BackupError(f"{where} holds something that is no private key") from None
    return found[0]


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BackupError(f"{path} is no file of keys") from None
