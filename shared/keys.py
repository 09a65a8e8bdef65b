"""Key files: JSON Web Key Sets, one file a purpose, newest key first."""

import json
from pathlib import Path
from typing import Any


class KeyFileError(Exception):
    """A key file is missing or broken: the message names the file and what it should hold."""


def read_jwks(path: Path, *, needs: tuple[str, ...]) -> list[dict[str, Any]]:
    """The keys of a set, each holding the members in ``needs``; raises `KeyFileError`."""
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))["keys"]
    except FileNotFoundError:
        raise KeyFileError(f"{path} is missing: set TIREK_KEYS_DIR or generate the keys") from None
    except OSError as problem:
        raise KeyFileError(f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise KeyFileError(f"{path} is no JSON Web Key Set") from None
    if not keys or any(name not in key for key in keys for name in needs):
        raise KeyFileError(f"{path}: every key needs {', '.join(needs)}")
    found: list[dict[str, Any]] = keys
    return found
