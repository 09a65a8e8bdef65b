"""How the SMSC misbehaves on request, and what habits it has."""

from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic


class Mode(StrEnum):
    """What happens to a submitted text."""

    NONE = "none"
    THROTTLE = "throttle"
    """Answered with ESME_RTHROTTLED, not taken."""
    REFUSE = "refuse"
    """Answered with ESME_RINVDSTADR, not taken."""
    SILENT = "silent"
    """Taken, shown on the phone, never answered."""
    DROP_BIND = "drop-bind"
    """Taken, then the connection breaks instead of an answer. With seconds and no count: every bind
    breaks at once and none is admitted until they are over."""
    SLOW = "slow"
    """Taken and answered after so many seconds."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What gateways do that the standard allows, or that many do all the same; none by default."""

    speaks_first: bool = False
    """Asks whether the client is there before it answers the bind."""
    by_data_sm: bool = False
    """Delivers by data_sm, the text as an option."""
    marks_receipts: bool = True
    """Whether esm_class says that something is a receipt."""
    wide_receipts: bool = False
    """Receipts in UCS-2."""
    coding: tuple[int, str] | None = None
    """The data_coding of replies, and Python's codec for it; by default GSM or UCS-2."""


@dataclass(slots=True)
class Faults:
    """The mode in force: for the next ``count`` texts, for so many seconds, or until changed."""

    mode: Mode = Mode.NONE
    delay: float = 0.0
    _left: int | None = None
    _until: float | None = field(default=None)

    def set(self, mode: Mode, count: int | None, seconds: float | None) -> None:
        """With `Mode.SLOW` the seconds are the delay, else how long the mode lasts."""
        self.mode = mode
        self.delay = seconds or 0.0 if mode is Mode.SLOW else 0.0
        self._left = count
        lasts = seconds is not None and mode is not Mode.SLOW
        self._until = monotonic() + (seconds or 0.0) if lasts else None

    @property
    def refusing_binds(self) -> bool:
        """Whether nobody may bind now."""
        return self.mode is Mode.DROP_BIND and self._left is None and self._in_force()

    def next(self) -> Mode:
        """What to do with the text that just came; counts it."""
        if not self._in_force():
            self.mode = Mode.NONE
        elif self._left is not None:
            self._left -= 1
        return self.mode

    def _in_force(self) -> bool:
        over = self._until is not None and monotonic() >= self._until
        return not over and self._left != 0
