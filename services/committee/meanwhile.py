"""Meanwhile: what somebody was shown may be another by the time they act on it. Pure."""

from shared.errors import Conflict


def must_be_as_seen(now: int | str, seen: int | str) -> None:
    """Raises `Conflict` where the version, or the tag, of a thing is not the one that was shown."""
    if now != seen:
        raise Conflict("it was changed meanwhile: look at it again")
