"""A voice: calls to the services as anybody of the samples, with tokens of the demo's own key."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import httpx

from shared.clock import pause, wall
from shared.security.tokens import Caller, Signer

T = TypeVar("T")
AT_ONCE = 6
"""Requests at a time: more only wait for one another."""
WITHIN, EVERY = 60.0, 0.3
"""Seconds until a service must have heard what another has to tell it; and between two looks."""


class Refused(Exception):
    """A service said no: one line with the call, the status and what was wrong."""

    def __init__(self, answer: httpx.Response) -> None:
        request = answer.request
        super().__init__(
            f"{request.method} {request.url.path}: {answer.status_code}; {answer.text[:500]}"
        )
        self.status = answer.status_code


@dataclass(frozen=True, slots=True)
class Voice:
    """Calls raise `Refused`, or `httpx.HTTPError` where nobody answers."""

    http: httpx.AsyncClient
    signer: Signer
    url: Callable[[str], str]
    """Of a service's API, by its name."""
    room: asyncio.Semaphore

    async def ask(
        self,
        caller: Caller,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
    ) -> Any:
        """The decoded answer; ``key``: an Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.signer.token(caller, wall())}"}
        headers |= {"Idempotency-Key": key} if key else {}
        async with self.room:
            answer = await self.http.request(
                method, self.url(service) + path, json=body, headers=headers
            )
        if not answer.is_success:
            raise Refused(answer)
        return answer.json() if answer.content else None


async def heard(act: Callable[[], Awaitable[T]], *statuses: int) -> T:
    """Does it again while it is refused so: what makes it possible is told by events."""
    until = monotonic() + WITHIN
    while True:
        try:
            return await act()
        except Refused as refused:
            if refused.status not in statuses or monotonic() > until:
                raise
        await pause(EVERY)
