"""Bundles of entries, as C2SP tlog-tiles writes them: each behind its length, two bytes."""

from collections.abc import Iterable


def bundle(entries: Iterable[bytes]) -> bytes:
    """As one; raises `OverflowError` for an entry of 64 KB, which no event's outside has."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)
