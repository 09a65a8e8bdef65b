"""Health that means something: whether the consumer moves, not whether a port answers."""

from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True)
class Health:
    """What a process knows about itself. Times are `time.monotonic` seconds.

    A consumer that waits under a name (``waiting``) is alive: it says for what. One that has lag,
    waits for nothing and has not moved for ``stuck_after`` seconds is stuck.
    """

    stuck_after: float = 60.0
    ready: dict[str, bool] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    moved_at: float = field(default_factory=monotonic)
    lag: int = 0

    def moved(self, lag: int) -> None:
        """The consumer committed something, or found nothing to do."""
        self.moved_at = monotonic()
        self.lag = lag

    @property
    def stuck(self) -> bool:
        """Lag, nothing to wait for, and no progress."""
        return bool(
            self.lag and not self.waiting and monotonic() - self.moved_at > self.stuck_after
        )

    def report(self) -> dict[str, object]:
        """What ``/health`` answers; names of parts and waits only."""
        return {
            "ready": all(self.ready.values()) and not self.stuck,
            "parts": dict(self.ready),
            "waiting": sorted(set(self.waiting.values())),
            "stuck": self.stuck,
            "lag": self.lag,
            "seconds_since_progress": round(monotonic() - self.moved_at, 1),
        }
