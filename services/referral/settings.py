"""Settings of referral."""

from pathlib import Path
from typing import ClassVar

from shared.settings import Settings


class ReferralSettings(Settings):
    """``directory``: the file of organisations. ``policies``: others than the jurisdiction's."""

    SERVICE: ClassVar[str] = "referral"

    directory: Path = Path("deploy/samples/directory.yaml")
    policies: Path | None = None
