"""Key files: JSON Web Key Sets, one file a purpose, newest key first."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Generic, TypeVar, overload

import structlog

from shared.errors import TirekError

Held = TypeVar("Held")
LOOK_EVERY = 1.0
"""Seconds after which a process that uses a key looks whether its files have changed."""
_PLAIN = str.maketrans("-_", "+/")


class KeyFileError(TirekError):
    """A key file is missing or broken: the message names the file and what it should hold."""


def read_jwks(path: Path, *, needs: tuple[str, ...]) -> list[dict[str, Any]]:
    """The keys of a set, each holding the members in ``needs``; raises `KeyFileError`."""
    try:
        keys = json.loads(path.read_text(encoding="utf-8-sig"))["keys"]
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


Stamp = tuple[tuple[int, int, int] | None, ...]
"""Which file each is and when it was last touched: another one stands there after every change."""


class Followed(Generic[Held]):
    """Key files of a running process, read again when they changed.

    ``held`` is what ``read`` made of them last. A broken file changes nothing: the keys that are
    held stay. ``name`` and ``shown`` are for the log.
    """

    def __init__(
        self,
        name: str,
        paths: Iterable[Path],
        read: Callable[[], Held],
        shown: Callable[[Held], dict[str, object]],
    ) -> None:
        """Raises `KeyFileError`: nothing starts without its keys."""
        self._name = name
        self._paths = tuple(paths)
        self._read = read
        self._shown = shown
        self._stamp = self._look()
        self._complained: Stamp | None = None
        self._looked = monotonic()
        self.held = read()

    def now(self) -> Held:
        """The keys of at most a second ago."""
        if monotonic() - self._looked < LOOK_EVERY:
            return self.held
        return self.fresh()

    def fresh(self) -> Held:
        """The keys as they are now."""
        self._looked = monotonic()
        stamp = self._look()
        if stamp != self._stamp:
            self._read_again(stamp)
        return self.held

    def _read_again(self, stamp: Stamp) -> None:
        log = structlog.get_logger()
        try:
            self.held = self._read()
        except KeyFileError as problem:
            if stamp != self._complained:  # one line for each mistake
                log.warning(f"{self._name}.keys_broken", reason=str(problem))
            self._complained = stamp
            return
        self._stamp, self._complained = stamp, None
        log.info(f"{self._name}.keys_read", **self._shown(self.held))

    def _look(self) -> Stamp:
        return tuple(map(_stamp, self._paths))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


class Secrets(Sequence[bytes]):
    """The symmetric keys that a file holds now, newest first."""

    def __init__(self, name: str, path: Path) -> None:
        """``name`` is for the log; raises `KeyFileError`."""
        self._file = Followed(
            name, [path], lambda: _secrets(path), lambda keys: {"count": len(keys)}
        )

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, place: int | slice) -> bytes | tuple[bytes, ...]:
        return self._file.now()[place]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._file.now())

    def __len__(self) -> int:
        return len(self._file.now())


def _secrets(path: Path) -> tuple[bytes, ...]:
    try:
        return tuple(unb64(jwk["k"]) for jwk in read_jwks(path, needs=("k",)))
    except (ValueError, TypeError, AttributeError):
        raise KeyFileError(f"{path} holds what is no symmetric key") from None
