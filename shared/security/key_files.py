"""Key files: JSON Web Key Sets, one file a purpose, newest key first."""

import base64
import binascii
import json
from pathlib import Path
from typing import Any

from shared.errors import TirekError

_PLAIN = str.maketrans("-_", "+/")


class KeyFileError(TirekError):
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
    if not isinstance(keys, list) or not keys or any(_lacks(key, needs) for key in keys):
        raise KeyFileError(f"{path}: every key needs {', '.join(needs)}")
    return keys


def _lacks(key: Any, needs: tuple[str, ...]) -> bool:
    return not isinstance(key, dict) or any(name not in key for name in needs)


def generation(kid: str) -> tuple[str, int]:
    """``intake.2`` → ``("intake", 2)``: whose key it is, and which, counted from 1.

    Raises `ValueError` for anything else.
    """
    service, _, number = kid.rpartition(".")
    if not (service and number.isascii() and number.isdigit() and number[0] != "0"):
        raise ValueError("a key's id is <service>.<n>")
    return service, int(number)


def b64(raw: bytes) -> str:
    """base64url without padding, as JOSE wants it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The way back; `ValueError` for anything else."""
    padded = text.translate(_PLAIN) + "=" * (-len(text) % 4)
    try:  # not by `base64`, which makes its table anew for each of the five parts of every event
        return binascii.a2b_base64(padded, strict_mode=True)
    except binascii.Error as problem:
        raise ValueError("not base64url") from problem
