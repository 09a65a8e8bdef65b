"""Desks for tests: people who have signed in to the console of a running Tirek."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pydantic import SecretStr

from deploy.local.stack import Stack
from deploy.samples.load import load_people
from services.console.accounts.model import Member
from services.console.deps import Deps
from services.console.frame.cookies import COOKIE
from services.console.sessions import handlers as sessions
from services.console.sessions.model import SessionKind
from services.console.settings import ConsoleSettings
from shared.events.words import SYSTEM
from shared.security.tokens import Caller
from shared.settings import Environment
from tests.support.visitor import Visitor


class Desks:
    """Signs people in without their password: how that goes is the story of its own test."""

    def __init__(self, stack: Stack, http: httpx.AsyncClient, deps: Deps) -> None:
        self.stack = stack
        self.deps = deps
        self._http = http
        self._kinds = {each.staff_id: each.organisation_kind for each in load_people()}

    def nobody(self, language: str = "en") -> Visitor:
        """Somebody who has not signed in."""
        return Visitor(self._http, language)

    def member(self, caller: Caller, language: str = "en") -> Member:
        """Somebody as the register has them."""
        return Member(
            staff_id=caller.staff_id,
            organisation=caller.organisation,
            organisation_kind=self._kinds.get(caller.staff_id, ""),
            roles=caller.roles,
            territories=caller.territories,
            language=language,
        )

    async def of(
        self, caller: Caller, language: str = "en", kind: SessionKind = SessionKind.DESK
    ) -> Visitor:
        """Somebody at their desk."""
        member = self.member(caller, language)
        async with self.deps.db.transaction(actor=SYSTEM) as tx:
            _, secret = await sessions.start(tx, self.deps, member, kind, language)
        visitor = self.nobody(language)
        visitor.cookies[COOKIE] = secret
        return visitor

    async def gone(self, caller: Caller) -> None:
        """They have left every desk."""
        async with self.deps.db.transaction(actor=SYSTEM) as tx:
            await sessions.end_all(tx, caller.staff_id, but=None, by=caller.staff_id)


@asynccontextmanager
async def desks(stack: Stack) -> AsyncIterator[Desks]:
    """Desks before the console of a stack in which ``console.serve`` runs."""
    settings = ConsoleSettings(
        env=Environment.TEST,
        database_url=SecretStr(stack.dsn("tirek_console")),
        keys_dir=stack.keys("console"),
    )
    deps = Deps.of(settings)
    many = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=stack.url("console"), timeout=20, limits=many) as http:
        try:
            yield Desks(stack, http, deps)
        finally:
            await deps.db.close()
