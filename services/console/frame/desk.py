"""Desk: one request of one person: who they are, what they may ask of the services, the answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from services.console import publish
from services.console.deps import Deps
from services.console.frame import cookies
from services.console.frame.forms import Form
from services.console.frame.front import Front
from services.console.frame.nearest import nearest
from services.console.frame.organisations import Organisation
from services.console.frame.places import places_of
from services.console.frame.rendering import clocks
from services.console.frame.texts import say
from services.console.frame.vocabulary import Words
from services.console.sessions.model import Session
from shared.security.tokens import Caller

CSV = "text/csv"
SAID = "said"
"""The query field by which a page says, after a redirect, what was just done: a code of a list."""


@dataclass(slots=True)
class Desk:
    """What a page gets. Without a ``session`` nobody has signed in."""

    request: Request
    front: Front
    language: str
    now: datetime
    """The database's clock, once a request."""
    session: Session | None
    token: str
    """Proves a form to be our own page's: the session's, or the browser's before there is one."""
    form: Form

    @property
    def deps(self) -> Deps:
        """What handlers of the console's own get."""
        return self.front.deps

    @property
    def address(self) -> str:
        """Where the request comes from, as the server or the proxy that it trusts has it."""
        client = self.request.client
        return client.host if client else ""

    @property
    def today(self) -> date:
        """The day by the country's clock."""
        return self.now.astimezone(self.deps.country.current.zone).date()

    @property
    def signed_in(self) -> Session:
        """The session; a page that is for signed-in people alone asks for it."""
        assert self.session is not None  # noqa: S101 - the route's dependency has seen to it
        return self.session

    @property
    def caller(self) -> Caller:
        """The person, as the services know them."""
        session = self.signed_in
        return Caller(
            session.staff_id, session.organisation, session.roles, tuple(session.territories)
        )

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return self.session is not None and not self.session.roles.isdisjoint(roles)

    async def get(self, service: str, path: str, /, **query: Any) -> Any:
        """Asks a service, with any fields; raises `PeerRefused` or `PeerDown`."""
        return await self._ask(service, "GET", path, query=query)

    async def post(
        self, service: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Has a service do or show something; raises `PeerRefused` or `PeerDown`."""
        return await self._ask(
            service, "POST", path, body={} if body is None else body, headers=headers
        )

    async def put(self, service: str, path: str, body: Any) -> Any:
        """Has a service keep something; raises as `post` does."""
        return await self._ask(service, "PUT", path, body=body)

    async def delete(self, service: str, path: str) -> Any:
        """Has a service take something away; raises as `post` does."""
        return await self._ask(service, "DELETE", path)

    async def _ask(self, service: str, method: str, path: str, **sent: Any) -> Any:
        return await self.front.peers.ask(
            self.caller, self.language, (service, method, path), **sent
        )

    async def words(self, service: str = "referral") -> Words:
        """What codes of a service are called in the person's language."""
        return await self.front.words.lists(self.caller, self.language, self.now, service)

    async def forms(self) -> Any:
        """What a report asks for, with its labels (intake's ``GET /forms``)."""
        return await self.front.words.forms(self.caller, self.language, self.now)

    async def organisations(self) -> Mapping[str, Organisation]:
        """The directory's organisations that a coordinator or an administrator keeps, by id."""
        return await self.front.organisations.theirs(self.caller, self.language, self.now)

    async def called(self, organisations: Collection[str]) -> Mapping[str, str]:
        """What these are called, by id, for anybody; without those that are no more."""
        if not organisations:
            return {}
        asked = sorted(organisations)
        found = await self.get("referral", "/organisations", organisation=asked)
        return {each["organisation"]: each["name"] for each in found["organisations"]}

    async def viewed(self, kind: str, record: str) -> None:
        """Records that the person is shown a record, before it is shown."""
        async with self.deps.db.transaction(actor=self.signed_in.staff_id) as tx:
            publish.record_viewed(tx, self.signed_in, kind, record)

    async def searched(self, kind: str, *, found: bool) -> None:
        """Records that the person looked for a record."""
        async with self.deps.db.transaction(actor=self.signed_in.staff_id) as tx:
            publish.record_searched(tx, self.signed_in, kind, found=found)

    async def table(
        self, service: str, path: str, kind: str, called: str = "", /, **query: Any
    ) -> Response:
        """A service's table to be taken along, under its kind or another name; recorded before it
        is."""
        text: str = await self.get(service, path, **{"variant": "excel"} | query)
        await self._exported(kind, text.count("\r\n") - 1)
        return Response(text, media_type=CSV, headers=self._named(called or kind))

    async def long_table(
        self, service: str, path: str, kind: str, called: str = "", /, **query: Any
    ) -> Response:
        """The same of one of any length: it is passed on as it comes, and one that
        breaks off breaks off here."""
        rows, blocks = await self.front.peers.table(
            self.caller, self.language, (service, path), {"variant": "excel"} | query
        )
        await self._exported(kind, rows)
        return StreamingResponse(blocks, media_type=CSV, headers=self._named(called or kind))

    async def _exported(self, kind: str, rows: int) -> None:
        async with self.deps.db.transaction(actor=self.signed_in.staff_id) as tx:
            publish.record_exported(tx, self.signed_in, kind, rows=rows)

    def _named(self, called: str) -> dict[str, str]:
        named = f'attachment; filename="{called}-{self.now:%Y-%m-%d}.csv"'
        return {"Content-Disposition": named}

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Renders a template; every page gets the same things of the frame beside its values."""
        country = self.deps.country.current
        frame = {
            "desk": self,
            "language": self.language,
            "languages": country.profile.languages,
            "product": self.deps.settings.service_label,
            "help_number": self.deps.settings.help_number,
            "places": places_of(self),
            "idle_minutes": int(self.session.kind.idle.total_seconds() // 60)
            if self.session
            else 0,
            "emergency": [each for each in country.profile.emergency_numbers if each.printed],
            **clocks(country.zone, self.now),
        }
        body = self.front.templates.get_template(template).render(**frame, **values)
        answer = HTMLResponse(body, status, headers={"Content-Language": self.language})
        if self.session is None:
            cookies.give(answer, cookies.BEFORE, self.token)
        return answer

    def to(self, path: str, said: str | None = None, **query: str) -> RedirectResponse:
        """After a POST: to where it is seen. ``said``: a code that the page has words for."""
        asked = query | ({SAID: said} if said else {})
        return RedirectResponse(path + (f"?{urlencode(asked)}" if asked else ""), 303)

    def told(self, said: Mapping[str, str]) -> str:
        """What was just done, in words; ``said`` are those of the page, by code."""
        words = said.get(self.request.query_params.get(SAID, ""))
        return say(words) if words else ""

    @property
    def opened(self) -> bool:
        """Whether this very page can be opened again: it is no answer to a form."""
        return self.request.method == "GET"

    @property
    def back(self) -> str:
        """The page to which one comes back here: this one, or the nearest that can be opened."""
        return nearest(self.request)

    def here_in(self, language: str, field: str = "lang") -> str:
        """This very page in another language; by the field ``in`` this once alone."""
        query = [
            (name, value)
            for name, value in self.request.query_params.multi_items()
            if name not in ("lang", "in", SAID)
        ]
        return f"{self.request.url.path}?{urlencode([*query, (field, language)])}"
