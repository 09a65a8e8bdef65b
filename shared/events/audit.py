"""What audit says: checkpoints of its ledger, what it found, and what was taken out of it.

Ids, numbers and codes only. Its words are leaves of its own ledger, like everybody's.
"""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import Body


class CheckpointSigned(Body):
    """The ledger had ``size`` leaves and this ``root`` (RFC 9162, base64), signed as ``origin``."""

    TYPE: ClassVar[str] = "checkpoint.signed"

    origin: str
    size: int
    root: str

    @property
    def key(self) -> str:
        """The ledger."""
        return self.origin


class FindingRaised(Body):
    """Something in what ``producer`` says does not fit, at its numbers ``first`` to ``last``.

    ``kind`` is a code; ``event_id`` is what shows it, where one event does.
    """

    TYPE: ClassVar[str] = "finding.raised"

    finding_id: str
    kind: str
    producer: str
    first: int
    last: int
    event_id: str | None = None

    @property
    def key(self) -> str:
        """The finding."""
        return self.finding_id


class FiguresExported(Body):
    """Somebody took figures with them: ``report`` is a code. ``cut`` and ``size``: up to when, and
    up to how many leaves of the ledger, they count."""

    TYPE: ClassVar[str] = "figures.exported"

    export_id: str
    staff_id: str
    report: str
    rows: int
    cut: datetime
    size: int

    @property
    def key(self) -> str:
        """The member of staff: what is said of one comes in its order."""
        return self.staff_id


BODIES: tuple[type[Body], ...] = (CheckpointSigned, FindingRaised, FiguresExported)
