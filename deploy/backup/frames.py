"""What is inside a backup: a manifest, each table's rows as PostgreSQL copies them, a count."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from deploy.backup.sealed import BadBackup

MANIFEST, TABLE, ROWS, END = b"M", b"T", b"R", b"E"
_KINDS = {MANIFEST, TABLE, ROWS, END}
_HEAD = 5
Write = Callable[[bytes], None]
Frame = tuple[bytes, Any]


def frame(write: Write, kind: bytes, content: bytes | dict[str, Any]) -> None:
    """One of them: its kind, its length in four octets, its content."""
    octets = content if isinstance(content, bytes) else json.dumps(content).encode()
    write(kind + len(octets).to_bytes(4, "big") + octets)


def frames(stream: Iterator[bytes]) -> Iterator[Frame]:
    """All of them, the content of rows as octets and of others as a value. Raises `BadBackup`."""
    held = bytearray()
    for chunk in stream:
        held += chunk
        while len(held) >= _HEAD:
            kind, size = bytes(held[:1]), int.from_bytes(held[1:_HEAD], "big")
            if kind not in _KINDS:
                raise BadBackup("it holds what no release of Tirek writes")
            if len(held) < _HEAD + size:
                break
            content = bytes(held[_HEAD : _HEAD + size])
            del held[: _HEAD + size]
            yield kind, content if kind == ROWS else json.loads(content)
    if held:
        raise BadBackup("it ends in the middle of a row")
