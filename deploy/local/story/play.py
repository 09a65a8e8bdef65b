"""One performance: everything is reported, the cast answers, the house watches until it is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from deploy.local.story.cast import Cast
from deploy.local.story.desk import Desk
from deploy.local.story.verdict import Seen, met
from deploy.samples.load import Incident
from shared.clock import pause

BETWEEN_REPORTS = 0.4
EVERY = 0.5


@dataclass(slots=True)
class Scene:
    """One sample on stage. ``seconds`` from the report to its expected end, once it is there."""

    name: str
    sample: Incident
    incident_id: str = ""
    began: float = 0.0
    seconds: float | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether it has come to its expected end."""
        return self.seconds is not None


@dataclass(slots=True)
class Play:
    """All scenes. ``on_change`` is called after every look, to draw."""

    desk: Desk
    scenes: list[Scene]
    texts: list[dict[str, Any]] = field(default_factory=list)

    async def perform(self, within: float, on_change: Callable[[], None]) -> None:
        """Reports everything and watches until every scene is over, or ``within`` seconds."""
        cast = Cast(self.desk)
        acting = asyncio.create_task(cast.run())
        try:
            for scene in self.scenes:
                scene.incident_id = await self.desk.report(scene.sample)
                scene.began = monotonic()
                cast.playing[scene.incident_id] = scene.sample
                await self.look()
                on_change()
                await pause(BETWEEN_REPORTS)
            end = monotonic() + within
            while monotonic() < end and not all(scene.over for scene in self.scenes):
                if acting.done():
                    acting.result()
                await self.look()
                on_change()
                await pause(EVERY)
        finally:
            acting.cancel()
            await asyncio.wait([acting])

    async def look(self) -> None:
        """Reads how far everything has come."""
        found = await self.desk.service_requests()
        since = self.texts[-1]["number"] if self.texts else 0
        self.texts += await self.desk.texts(since)
        for scene in self.scenes:
            scene.requests = [each for each in found if each["incident_id"] == scene.incident_id]
            if not scene.over and scene.incident_id and met(scene.sample, scene.requests):
                scene.seconds = monotonic() - scene.began

    async def seen(self) -> Seen:
        """Who was alerted of what, for judging who must not have been."""
        told: dict[str, set[str]] = {}
        for scene in self.scenes:
            people: set[str] = set()
            for request in scene.requests:
                for offer in request["offers"]:
                    sent = await self.desk.deliveries(offer["offer_id"])
                    if sent:
                        people.add(offer["organisation"])
                    people |= {each["staff_id"] for each in sent if each["status"] == "sent"}
            told[scene.name] = people
        return told
