"""Files that leave by ``tirek ledger``: as a whole or not at all."""

from pathlib import Path

from shared.cli import fail, say


def placed(file: Path) -> Path:
    """The file, with the folders above it made."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise fail(f"{file.parent}: {problem.strerror}") from None
    return file


def write(file: Path, said: str | bytes) -> None:
    """As a whole or not at all: what is half there would be taken for the rest."""
    whole = said.encode(errors="surrogateescape") if isinstance(said, str) else said
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(whole)
        part.replace(file)
    except OSError as problem:
        raise fail(f"{file}: {problem.strerror}") from None


def write_new(file: Path, said: str | bytes) -> None:
    """The same, and nothing that is there is written over."""
    if file.exists():
        raise fail(f"{file}: {say('is there already: nothing was written')}")
    write(file, said)
