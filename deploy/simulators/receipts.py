"""Delivery receipts: what the SMSC says became of a text, truthfully or on request otherwise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Receipts(StrEnum):
    """Which receipts follow a text that was taken and that asked for one."""

    ONCE = "once"
    """Delivered, said at once."""
    NONE = "none"
    TWICE = "twice"
    LATE = "late"
    """Delivered, said after so many seconds."""
    CONTRADICTORY = "contradictory"
    """Undeliverable, then delivered, then expired."""
    STRAY = "stray"
    """Delivered, and so is another text, which nobody ever sent."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said of a text; ``state`` in SMPP's seven letters, ``after`` in seconds."""

    message_id: str
    state: str
    after: float = 0.0

    def octets(self, now: datetime) -> bytes:
        """The body of the deliver_sm (SMPP 3.4, appendix B)."""
        minute, arrived = now.strftime("%y%m%d%H%M"), self.state == "DELIVRD"
        return (
            f"id:{self.message_id} sub:001 dlvrd:{int(arrived):03d} submit date:{minute} "
            f"done date:{minute} stat:{self.state} err:{0 if arrived else 1:03d} text:"
        ).encode("latin-1")


def receipts(kind: Receipts, message_id: str, seconds: float) -> list[Receipt]:
    """What is said of a text, in this order."""
    usual = Receipt(message_id, "DELIVRD")
    said = {
        Receipts.ONCE: [usual],
        Receipts.TWICE: [usual, usual],
        Receipts.LATE: [Receipt(message_id, "DELIVRD", seconds)],
        Receipts.CONTRADICTORY: [
            Receipt(message_id, "UNDELIV"),
            usual,
            Receipt(message_id, "EXPIRED"),
        ],
        Receipts.STRAY: [usual, Receipt(f"9{message_id}", "DELIVRD")],
    }
    return said.get(kind, [])
