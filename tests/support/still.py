"""Live files that never change, for tests that have no files."""

from typing import TypeVar

from shared.jurisdiction.live import Live

T = TypeVar("T")


def still(value: T) -> Live[T]:
    """``value``, for ever."""
    return Live("still", lambda: None, lambda _: value, lambda _: "still")
