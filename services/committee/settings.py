"""The committee service's settings, read from the environment."""

from typing import ClassVar

from shared.settings import Settings


class CommitteeSettings(Settings):
    """Nothing of its own but how much it takes."""

    SERVICE: ClassVar[str] = "committee"
    body_limit: int = 1536 * 1024
    """A file of the handbook is one body: 1 MB, in base64."""
