"""Throwaway's settings, read from the environment."""

from typing import ClassVar

from shared.settings import Settings


class ThrowawaySettings(Settings):
    """Nothing of its own."""

    SERVICE: ClassVar[str] = "throwaway"
