"""Failures of a send. The three differ in what may be done next, so nothing else is raised.

Provider texts are never quoted: they repeat numbers and addresses.
"""

from shared.errors import TirekError


class SendFailed(TirekError):
    """The message was not surely sent. Its ``reason`` fits a record: never a destination."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        meaning = (self.__doc__ or "").splitlines()[0]
        shown = reason if code is None else f"{reason}, code {code}"
        super().__init__(f"{meaning} ({shown})")
        self.reason = reason
        self.code = code


class SendRefused(SendFailed):
    """Refused for good: sending the same again to the same destination changes nothing."""


class SendUnavailable(SendFailed):
    """Surely not sent: it may be tried again without anybody getting it twice."""


class SendOutcomeUnknown(SendFailed):
    """Handed over and never answered: it may have been sent, so a repeat may be the second."""
