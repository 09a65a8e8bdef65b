"""Side fields of a report: what of them is kept, and what is said of the rest."""

from collections.abc import Callable
from typing import TypeVar

from services.intake.model.report import LeftOut
from shared.errors import Invalid
from shared.http.schemas import Unread

WITHOUT = "was left out"
NO_CONTACT = "the safe contact was taken to be none"
CUT = "was cut at its end"
TAKEN_AS = "was taken to be {}"
T = TypeVar("T")


class SideFields:
    """Of one report. What cannot be is left out, and named with what was done ``instead``."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []

    def leave_out(self, path: str, message: str, instead: str = WITHOUT) -> None:
        """Says that a field is not as it was sent; the words repeat nothing of it."""
        self.left_out.append(LeftOut(path, message, instead))

    def kept(self, path: str, value: T | Unread | None, instead: str = WITHOUT) -> T | None:
        """What a field holds; none, and said so, where it could not be read."""
        if not isinstance(value, Unread):
            return value
        if not value.blank:
            dot = "." if value.where and value.where[0] != "[" else ""
            self.leave_out(f"{path}{dot}{value.where}", value.message, instead)
        return None

    def fit(self, read: Callable[[], T], instead: str = WITHOUT) -> T | None:
        """What ``read`` returns; none, and said so, where it raises `Invalid`."""
        try:
            return read()
        except Invalid as why:
            self.leave_out(why.field, why.message, instead)
            return None
