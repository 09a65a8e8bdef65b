"""The port through which every identifier is made, so that tests may give their own."""

from secrets import choice
from typing import Protocol
from uuid import uuid4

from shared.symbols import PUBLIC_ID_LENGTH, SYMBOLS


class Ids(Protocol):
    """Makes opaque identifiers."""

    def new(self) -> str:
        """A new identifier: the text of a UUID, no order or time to be read from it."""
        ...

    def public(self) -> str:
        """A new short identifier, for people to read out and type; may have been made before."""
        ...


class RandomIds:
    """Version 4 UUIDs. Not version 7: the time of a report is not for everyone who sees its id."""

    def new(self) -> str:
        """A new identifier."""
        return str(uuid4())

    def public(self) -> str:
        """Signs of the codes' alphabet, without any order."""
        return "".join(choice(SYMBOLS) for _ in range(PUBLIC_ID_LENGTH))
