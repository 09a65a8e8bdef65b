"""Asking witnesses over HTTP: the newest checkpoint goes to each, and its cosignature is kept.

Each process of audit asks by itself: a witness cosigns the same checkpoint as often as it is asked,
and the first cosignature is the one that is kept.
"""

import asyncio

import httpx
import structlog

from services.audit import metrics
from services.audit.deps import Deps
from services.audit.ledger.add_checkpoint import (
    MOST_BYTES,
    PATH,
    AddCheckpoint,
    Answer,
    Contradicts,
    Cosigned,
    Knows,
    said,
)
from services.audit.ledger.errors import Unproven, Unreadable
from services.audit.ledger.policy import Policy
from services.audit.model.findings import Kind
from services.audit.store import checkpoints, origins
from services.audit.witnesses import handlers, parting
from shared.backoff import Backoff
from shared.clock import pause
from shared.db import Database
from shared.runtime.stalls import turn

EVERY = 5.0
"""Seconds between two looks for a checkpoint that a witness has not cosigned."""
LONGEST = 600.0
"""Seconds until a witness that does not answer is asked again, at most."""
PATIENCE = 10.0
"""Seconds for all of an answer."""
TRIES = 3
"""Questions in one go: a witness that knows another size than we thought is asked from there."""
HEADERS = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}


class Witnessing:
    """Asks every witness that has an address, for as long as the worker runs."""

    def __init__(self, db: Database, deps: Deps) -> None:
        self._db = db
        self._deps = deps
        self._backoffs: dict[str, Backoff] = {}
        self._not_before: dict[str, float] = {}
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Runs until cancelled; raises when the database is lost."""
        async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False) as http:
            while True:
                async with turn("witnessing"):
                    await self.round(http)
                await pause(EVERY)

    async def round(self, http: httpx.AsyncClient) -> None:
        """Asks each witness once that is not left alone for a while."""
        policy, now = self._deps.witnesses.current, asyncio.get_running_loop().time()
        for name in policy.urls:
            metrics.WITNESS_FAILURES.labels(name)  # 0: an alert sees the first one only then
            metrics.FINDINGS.labels(Kind.CONTRADICTED, name)
            metrics.FINDINGS.labels(Kind.EARLY, name)
        due = [name for name in policy.urls if self._not_before.get(name, now) <= now]
        await asyncio.gather(*(self._one(http, policy, name) for name in due))

    async def _one(self, http: httpx.AsyncClient, policy: Policy, name: str) -> None:
        backoff = self._backoffs.setdefault(name, Backoff(EVERY, LONGEST, jitter=0.2))
        try:
            async with asyncio.timeout(TRIES * PATIENCE):
                agrees = await self._ask(http, policy, name)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, Unreadable, Unproven) as problem:
            why = str(problem) if isinstance(problem, Unreadable | Unproven) else ""
            self._log.warning("witness.silent", name=name, reason=why or type(problem).__name__)
            agrees = False
        if agrees:
            backoff.reset()
        else:
            metrics.WITNESS_FAILURES.labels(name).inc()
            self._not_before[name] = asyncio.get_running_loop().time() + backoff.pause()

    async def _ask(self, http: httpx.AsyncClient, policy: Policy, name: str) -> bool:
        """Whether the witness has cosigned all there is; raises if it gives no proper answer."""
        key = policy.witnesses[name]
        async with self._db.transaction() as tx:
            origin = await origins.current(tx, self._deps.signing.origin)
            question = await handlers.next_question(tx, key, origin)
        for _ in range(TRIES):
            if question is None:
                return True
            answer = await _post(http, policy.urls[name], question)
            async with self._db.transaction() as tx:
                match said(answer, question.note, key):
                    case Cosigned() as given:
                        await handlers.keep(tx, question.note, (name, key), given)
                        return True
                    case Contradicts():
                        await parting.contradicted(tx, self._deps, name, question)
                        return False
                    case Knows(size):
                        newest = await checkpoints.newest(tx)  # another process may have signed
                        if size == question.old or newest is None or size > newest.size:
                            await parting.ahead(tx, self._deps, name, size)
                            return False
                        question = await handlers.question(tx, size)
        raise Unreadable("the witness names one size after the other")


async def _post(http: httpx.AsyncClient, url: str, question: AddCheckpoint) -> Answer:
    """One request. No more of an answer is read than one is long; raises `Unreadable`."""
    where, octets = url.rstrip("/") + PATH, b""
    async with http.stream("POST", where, content=bytes(question), headers=HEADERS) as answer:
        async for some in answer.aiter_raw():
            octets += some
            if len(octets) > MOST_BYTES:
                raise Unreadable("the witness's answer is too long")
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        raise Unreadable("the witness's answer is not UTF-8") from None
    return Answer(answer.status_code, text, answer.headers.get("content-type", ""))
