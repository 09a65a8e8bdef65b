"""The port through which every identifier is made, so that tests may give their own."""

from typing import Protocol
from uuid import uuid4


class Ids(Protocol):
    """Makes opaque identifiers."""

    def new(self) -> str:
        """A new identifier: the text of a UUID, no order or time to be read from it."""
        ...


class RandomIds:
    """Version 4 UUIDs. Not version 7: the time of a report is not for everyone who sees its id."""

    def new(self) -> str:
        """A new identifier."""
        return str(uuid4())
