"""Client of the services: each request carries a token of the person for whom it is made.

So a page shows what that person may see and nothing else: the console adds no right.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from shared.errors import TirekError
from shared.http.tables import ROWS
from shared.security.tokens import Caller, Signer

PATIENCE = httpx.Timeout(6.0, connect=1.5)
"""Seconds: more than a service gives itself for one request, so that its own refusal is heard."""
LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=4.0)
FRESH = timedelta(minutes=4)
"""A token is made anew before it is over."""
Json = Any
KNOWN = ("type", "title", "status", "detail", "errors")
"""Members of a problem; what else is in it is ours (`shared.errors.Conflict`)."""


class PeerDown(TirekError):
    """A service does not answer. ``part``: which."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} does not answer")
        self.part = part


@dataclass(slots=True)
class PeerRefused(TirekError):
    """A service refuses, in the person's language. ``more``: RFC 9457's further members."""

    status: int
    title: str
    detail: str | None = None
    errors: list[dict[str, str]] = field(default_factory=list)
    more: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Its number alone: words may be somebody's."""
        return f"refused with {self.status}"


class Peers:
    """Every service by its name; one pool of connections for all."""

    def __init__(
        self, urls: Mapping[str, str], signer: Signer, now: Callable[[], datetime]
    ) -> None:
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._signer = signer
        self._now = now
        self._http = httpx.AsyncClient(timeout=PATIENCE, limits=LIMITS, follow_redirects=False)
        self._tokens: dict[Caller, tuple[str, datetime]] = {}

    async def ask(
        self,
        who: Caller,
        language: str,
        request: tuple[str, str, str],
        *,
        body: Json = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Sends ``request`` (service, method, path) and answers its JSON, a table as text or a file
        as octets; none for an empty answer.

        Raises `PeerRefused` for a problem and `PeerDown` where nobody answers in time.
        """
        service, method, path = request
        try:
            answer = await self._http.request(
                method,
                self._urls[service] + path,
                headers={**self._headers(who, language), **(headers or {})},
                json=body,
                params=_given(query),
            )
        except httpx.TransportError as problem:
            raise PeerDown(service) from problem
        _complain(service, answer)
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/csv"):
            return answer.content.decode()  # with its mark: it is a file
        if kind and not kind.startswith("application/json"):
            return answer.content
        return answer.json() if answer.content else None

    async def table(
        self, who: Caller, language: str, request: tuple[str, str], query: Mapping[str, Any]
    ) -> tuple[int, AsyncIterator[bytes]]:
        """How many rows a table has that a service makes while it sends it, and the table in
        blocks, which are to be read to their end; raises as `ask` does, before the first.

        A block has as long as any answer. One that does not come breaks off with `PeerDown`.
        """
        service, path = request
        asked = self._http.build_request(
            "GET",
            self._urls[service] + path,
            headers=self._headers(who, language),
            params=_given(query),
        )
        try:
            answer = await self._http.send(asked, stream=True)
        except httpx.TransportError as problem:
            raise PeerDown(service) from problem
        if not answer.is_success:
            await answer.aread()
            _complain(service, answer)
        blocks = _blocks(service, answer)
        await anext(blocks)
        return int(answer.headers[ROWS]), blocks

    async def read(self, service: str, path: str) -> str:
        """What anybody with the address may read; raises as `ask` does."""
        try:
            answer = await self._http.get(self._urls[service] + path)
        except httpx.TransportError as problem:
            raise PeerDown(service) from problem
        if answer.status_code >= 400:
            raise PeerDown(service) if answer.status_code >= 500 else _refused(answer)
        return answer.text

    async def close(self) -> None:
        """Lets all connections go."""
        await self._http.aclose()

    def _headers(self, who: Caller, language: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(who)}", "Accept-Language": language}

    def _token(self, who: Caller) -> str:
        now = self._now()
        known = self._tokens.get(who)
        if known is None or known[1] <= now:
            if len(self._tokens) > 1000:
                self._tokens.clear()
            known = self._tokens[who] = self._signer.token(who, now), now + FRESH
        return known[0]


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}


async def _blocks(service: str, answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        yield b""  # begun: from here on it lets go of what it reads, however it is left
        async for block in answer.aiter_bytes():
            yield block
    except httpx.TransportError as problem:
        raise PeerDown(service) from problem
    finally:
        await answer.aclose()


def _complain(service: str, answer: httpx.Response) -> None:
    if answer.status_code >= 500:
        raise PeerDown(service)
    if answer.status_code >= 400:
        raise _refused(answer)


def _refused(answer: httpx.Response) -> PeerRefused:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    known = {name: problem.pop(name, None) for name in KNOWN}
    return PeerRefused(
        answer.status_code,
        known["title"] or answer.reason_phrase,
        known["detail"],
        known["errors"] or [],
        problem,
    )
