"""The committee service's settings, read from the environment."""

from typing import ClassVar

from shared.settings import Settings


class CommitteeSettings(Settings):
    """Nothing of its own."""

    SERVICE: ClassVar[str] = "committee"
