"""A report's way: from ``POST /incidents`` to the gateway, at a steady rate.

The gateway simulator writes down when each SMS reached it; which of them is whose stands in
notify's record of messages. So the clocks are the client's and the gateway's: one machine's.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.figures import Json, latencies
from benchmarks.machine import measured
from benchmarks.pipeline.feed import steadily, until
from benchmarks.pipeline.ours import OURS, SERVICES, Pipeline
from benchmarks.pipeline.stages import stretches
from deploy.demo.story.opening import LEDGER
from deploy.demo.story.voices import Voices
from deploy.errors import StackError
from deploy.local.stack import ROOT
from deploy.samples.load import load_incidents
from shared.jurisdiction import load_jurisdiction
from shared.settings import JURISDICTION

_SENT = """
SELECT incident_id, provider_id FROM notify.messages
WHERE kind = 'alert' AND channel = 'sms' AND status = 'sent'
"""
_COUNT = f"SELECT count(DISTINCT incident_id) FROM ({_SENT}) sent"
SAYS = 15.0
"""Seconds between two lines about how many reports there were."""
TRIES, AGAIN = 8, 0.5
"""How often a report is posted that is not taken, and the seconds between."""


@dataclass(frozen=True, slots=True)
class Request:
    """A report ready to be posted."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reports:
    """Posts, when each began, how long the answer took, and which incident came of it."""

    pipeline: Pipeline
    requests: list[Request]
    began: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    said: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, pipeline: Pipeline) -> "Reports":
        """All samples, one after another and then again: each by who reports it."""
        voices = Voices(pipeline.stack, pipeline.http)
        zone = load_jurisdiction(ROOT / JURISDICTION).zone
        requests = []
        for sample in load_incidents().values():
            token = voices.token(voices.caller(sample.reported_by))
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            body = json.dumps(sample.body(datetime.now(UTC), zone)).encode()
            requests.append(Request(headers, body))
        return cls(pipeline, requests)

    async def post(self, number: int) -> None:
        """One report; asked again under its key while intake is too busy, and late by that.

        Raises `StackError` when it is not taken at all.
        """
        request = self.requests[number % len(self.requests)]
        headers = {**request.headers, "Idempotency-Key": str(uuid4())}
        url = self.pipeline.stack.url("intake") + "/incidents"
        began = time.time()
        for _ in range(TRIES):
            answer = await self.pipeline.http.post(url, content=request.body, headers=headers)
            if answer.status_code == 201:
                break
            self.refused += 1
            await asyncio.sleep(AGAIN)
        else:
            raise StackError(f"a report was answered with {answer.status_code}, {TRIES} times")
        incident = str(answer.json()["incident_id"])
        self.began[incident], self.answered[incident] = began, time.time() - began
        if time.monotonic() - self.said > SAYS:
            self.said = time.monotonic()
            self.pipeline.say(f"pipeline: {len(self.began)} reports taken")

    @asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Ends when each incident reported inside has an alert at the gateway."""
        database, before = self.pipeline.superuser, len(self.began)
        already = int(await database.fetchval(_COUNT))
        yield
        await until(database, _COUNT, already + len(self.began) - before)

    async def found(self, *, warm: int = 0) -> Json:
        """Milliseconds from a POST until the incident's first alert reached the gateway, and of
        each stretch of the way; without the first ``warm`` reports."""
        at = ledger(self.pipeline.stack.state / LEDGER)
        reached = await _reached(self.pipeline, at)
        counted = sorted(self.began, key=self.began.__getitem__)[warm:]
        began = {each: self.began[each] for each in counted}
        posted = latencies([self.answered[each] for each in counted])
        return {
            **latencies([reached[each] - began[each] for each in counted]),
            "post_p50_ms": posted["p50_ms"],
            "post_p99_ms": posted["p99_ms"],
            "posts_refused": self.refused,
            "stretches_ms": await stretches(self.pipeline.superuser, began, at),
        }


async def latency(pipeline: Pipeline) -> Json:
    """What `Reports.found` says of the plan's rate, and what an incident costs then."""
    plan = pipeline.plan
    pipeline.say(f"pipeline: {plan.rate} reports/s for {plan.seconds} s")
    reports = Reports.of(pipeline)
    pipeline.forget(*OURS)
    with measured(pipeline.pids(*SERVICES)) as usage:
        async with reports.told():
            await steadily(reports.post, rate=plan.rate, seconds=plan.seconds + plan.warm_seconds)
    pipeline.remember()
    return {**await reports.found(warm=plan.warm_posts), **usage.to_json(len(reports.began))}


async def _reached(pipeline: Pipeline, at: Mapping[str, float]) -> dict[str, float]:
    """When (`time.time`) the first alert of each incident was at the gateway."""
    reached: dict[str, float] = {}
    for row in await pipeline.superuser.fetch(_SENT):
        incident, when = row["incident_id"], at[row["provider_id"]]
        reached[incident] = min(when, reached.get(incident, when))
    return reached


def ledger(path: Path) -> dict[str, float]:
    """When (`time.time`) the gateway got each SMS, by its own id for it."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {
        line["message_id"]: datetime.fromisoformat(line["at"]).timestamp()
        for line in lines
        if line["kind"] == "sms"
    }
