"""COMMITs as they look on PostgreSQL's wire: just enough to lose the reply to one."""

import asyncio
from dataclasses import dataclass, field

COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""How asyncpg sends it: one simple query, alone, after every earlier answer has come."""
COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
READY = b"Z\x00\x00\x00\x05"


@dataclass(slots=True)
class LostReply:
    """Which COMMIT's reply is lost, and whether that has happened."""

    nth: int
    silently: bool = False
    happened: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the server has said that it committed, and nobody was told."""

    def is_it(self, request: bytes) -> bool:
        """Whether these octets of a client end with the COMMIT; counts."""
        if self.nth < 1 or not request.endswith(COMMIT):
            return False
        self.nth -= 1
        return self.nth == 0

    def again(self) -> None:
        """That one came to nothing: the next one it shall be."""
        self.nth = 1


@dataclass(slots=True)
class Reply:
    """What the server answers to that COMMIT, as it comes in."""

    lost: LostReply
    octets: bytes = b""

    def add(self, chunk: bytes) -> bool | None:
        """Whether it committed; None while that cannot be said yet."""
        self.octets += chunk
        if COMMITTED in self.octets:
            self.lost.happened.set()
            return True
        if READY in self.octets:  # the transaction had failed before, and was rolled back
            self.lost.again()
            return False
        return None
