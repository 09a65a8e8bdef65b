"""The audit service's settings, read from the environment."""

import re
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, field_validator

from shared.settings import Settings

LATER = re.compile("/[0-9]+$")


class AuditSettings(Settings):
    """What its ledger is called, and how often it is signed."""

    SERVICE: ClassVar[str] = "audit"
    ledger_origin: str = Field(default="kezek.example/ledger", pattern=r"^[^\s+]+$", max_length=120)
    """The ledger's name on each checkpoint, for good: like an address, and without a word of what
    the ledger is about, since checkpoints go to everybody."""
    checkpoint_every: float = Field(default=180.0, gt=0)
    """Seconds from one checkpoint to the next, as long as something new is said."""
    policies: Path | None = None
    """Others than the jurisdiction's: those that referral has."""
    witnesses: Path | None = None
    """Who the witnesses are (C2SP tlog-policy), where the jurisdiction's own file does not say."""

    @field_validator("ledger_origin")
    @classmethod
    def _a_first_name(cls, said: str) -> str:
        if LATER.search(said):
            raise ValueError("a number at its end is for a ledger that was forked")
        return said

    @field_validator("witnesses", mode="before")
    @classmethod
    def _no_file(cls, said: Any) -> Any:
        return said or None
