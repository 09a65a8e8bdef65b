"""Sparse: an answer in which what is not known is left out, read as if it were there and empty."""

from typing import Any


class Sparse(dict[str, Any]):
    """A mapping in which every other name is none."""

    def __missing__(self, name: str) -> None:
        """What was not said."""


def sparse(answer: Any) -> Any:
    """The same answer, with every mapping in it sparse."""
    if isinstance(answer, dict):
        return Sparse({name: sparse(value) for name, value in answer.items()})
    return [sparse(each) for each in answer] if isinstance(answer, list) else answer
