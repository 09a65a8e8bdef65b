"""What is wrong with a note, a proof or an export that somebody hands us."""

from shared.errors import TirekError


class Unreadable(TirekError):
    """It is no such thing: cut short, of another format, or not spelled as the format asks."""


class Unproven(TirekError):
    """It can be read, and does not prove what it says."""
