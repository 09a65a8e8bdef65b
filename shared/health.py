"""Health that means something: whether the consumer moves, not whether a port answers."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Health:
    """What a process knows about itself.

    A consumer that waits under a name (``waiting``) is alive: it says for what. One that has lag,
    waits for nothing and has not moved for ``stuck_after`` seconds is stuck (`shared.watchdog`).
    """

    stuck_after: float = 30.0
    ready: dict[str, bool] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    stuck: list[str] = field(default_factory=list)
    """Partitions that do not move, as ``topic/number``: the process is about to end."""
    lag: int = 0
    """Records that this process's partitions hold beyond what is committed, as last looked."""

    def report(self) -> dict[str, object]:
        """What ``/health`` answers; names of parts and waits only."""
        return {
            "ready": all(self.ready.values()) and not self.stuck,
            "parts": dict(self.ready),
            "waiting": sorted(set(self.waiting.values())),
            "stuck": list(self.stuck),
            "lag": self.lag,
        }
