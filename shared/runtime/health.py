"""Health that means something: whether the consumer moves, not whether a port answers."""

from dataclasses import dataclass, field
from typing import Any

from shared import metrics
from shared.jurisdiction.live import Live


@dataclass(slots=True)
class Health:
    """What a process knows about itself.

    A consumer that waits under a name (``waiting``) is alive: it says for what. One that has lag,
    waits for nothing and has not moved for ``stuck_after`` seconds is stuck: `shared.bus.watchdog`.
    """

    stuck_after: float = 30.0
    ready: dict[str, bool] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    gateways: dict[str, str] = field(default_factory=dict)
    """What keeps us out, by gateway. Another replica may have it: no wait."""
    stuck: list[str] = field(default_factory=list)
    """Partitions that do not move, as ``topic/number``: the process is about to end."""
    lag: int = 0
    """Records that this process's partitions hold beyond what is committed, as last looked."""
    forged: int = 0
    """Outbox rows that no process of the service said, as last looked: they are not published."""
    files: tuple[Live[Any], ...] = ()
    """What it decides by. One that is refused is no reason to be sent nothing more."""

    def waits(self, who: str, name: str) -> None:
        """``who`` (a part, a partition) waits for a named thing from now on."""
        self.goes_on(who)
        self.waiting[who] = name
        self._count(name)

    def goes_on(self, who: str) -> None:
        """It waits no more, if it did."""
        name = self.waiting.pop(who, None)
        if name is not None:
            self._count(name)

    def _count(self, name: str) -> None:
        metrics.WAITING.labels(name).set(list(self.waiting.values()).count(name))

    def report(self) -> dict[str, object]:
        """What ``/health`` answers: names of parts and waits, and why files are refused."""
        refused = [each.refused for each in self.files if each.refused]
        return {
            "ready": all(self.ready.values()) and not self.stuck,
            "parts": dict(self.ready),
            "waiting": sorted(set(self.waiting.values())),
            "gateways": dict(self.gateways),
            "stuck": list(self.stuck),
            "lag": self.lag,
            **({"refused": refused} if refused else {}),
            **({"forged": self.forged} if self.forged else {}),
        }
