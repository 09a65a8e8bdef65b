"""Failures by their consequence. A docstring is the message a person reads."""


class TirekError(Exception):
    """Something went wrong in Tirek."""


# --- what a consumer does with a record it could not handle -------------------------------------


class RetryLater(TirekError):
    """The record is fine, the world is not: its partition waits and it is tried again, for ever."""

    def __init__(self, name: str) -> None:
        super().__init__(f"waiting for {name}")
        self.name = name


class Unprocessable(TirekError):
    """The record can never be handled as it is: it is parked for a person to look at."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownEventType(Unprocessable):
    """An event of a type or version this release does not know."""

    def __init__(self, ce_type: str) -> None:
        super().__init__(f"unknown event type {ce_type}")
        self.ce_type = ce_type


class Forged(Unprocessable):
    """An event that the service it names cannot have said.

    Its type, its topic or the key that sealed it is another service's. It is parked, and pages.
    """


class Halt(TirekError):
    """Going on would do harm: the process stops, loudly, and a person must look."""


# --- what a caller did, or may not do ------------------------------------------------------------


class Refused(TirekError):
    """A command that will not be done. Subclasses say why; the HTTP edge gives each a status."""


class Invalid(Refused):
    """A value that cannot be: names the field, as a path like ``needs[0]``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Unstorable(Invalid):
    """A value that PostgreSQL refuses however often: a NUL, a number or an id beyond its bounds.

    The last defence: whoever takes text from outside makes it fit first. It is refused once, and
    nobody is asked to repeat it.
    """

    def __init__(self) -> None:
        super().__init__("request", "holds a value that cannot be stored")


class NotFound(Refused):
    """No such thing, or none that this caller may know of: the two look alike on purpose."""


class Forbidden(Refused):
    """The caller is known, and may not do this."""


class Conflict(Refused):
    """It cannot be done any more: something else stands. ``detail`` tells what.

    ``state`` is where it stands instead, ``judgement`` what became of an answer, ``first_at`` and
    ``first_by`` whose answer was first. They stand in a problem beside RFC 9457's own members, so
    their names are closed: one called ``status`` would be the other.
    """

    def __init__(
        self,
        message: str,
        *,
        state: str | None = None,
        judgement: str | None = None,
        first_at: str | None = None,
        first_by: str | None = None,
    ) -> None:
        super().__init__(message)
        told = {"state": state, "judgement": judgement, "first_at": first_at, "first_by": first_by}
        self.detail = {name: value for name, value in told.items() if value is not None}


class TooMany(Refused):
    """Asked too often: ``wait`` is after how many seconds it may be asked again."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Gone(Refused):
    """It is not done here any more; the message says where it is."""


class Unauthenticated(Refused):
    """No valid token: missing, expired, foreign or broken."""


class Unavailable(TirekError):
    """A part this service needs does not answer. Nothing was stored; try again."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} does not answer")
        self.part = part


class RolledBack(Unavailable):
    """The database itself undid the transaction: surely nothing of it stands."""


class RowHeld(RolledBack):
    """Another transaction holds a row that this one needs, longer than it waits."""
