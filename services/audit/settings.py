"""The audit service's settings, read from the environment."""

from typing import ClassVar

from pydantic import Field

from shared.settings import Settings


class AuditSettings(Settings):
    """What its ledger is called, and how often it is signed."""

    SERVICE: ClassVar[str] = "audit"
    ledger_origin: str = Field(default="kezek.example/ledger", pattern=r"^[^\s+]+$")
    """The ledger's name on each checkpoint, for good: like an address, and without a word of what
    the ledger is about, since checkpoints go to everybody."""
    checkpoint_every: float = Field(default=180.0, gt=0)
    """Seconds from one checkpoint to the next, as long as something new is said."""
