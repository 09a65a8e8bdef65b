"""What referral throws, and what throwaway says of it."""

from typing import ClassVar

from shared.events.envelope import Body


class About(Body):
    """Of one thing, in its order."""

    what: str

    @property
    def key(self) -> str:
        """The thing."""
        return self.what


class Thrown(About):
    """Something was thrown."""

    TYPE: ClassVar[str] = "thing.thrown"


class Caught(About):
    """It was caught."""

    TYPE: ClassVar[str] = "thing.caught"
