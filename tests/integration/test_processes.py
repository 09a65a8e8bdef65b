"""Processes end in peace when asked, and say in one line why they cannot start."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.local.processes import Part
from deploy.local.stack import ROOT, Stack
from shared.security.tokens import Caller
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.faults.database import refusing_rows
from tests.support.faults.freezing import frozen
from tests.support.intake import Intake, report, served, staff
from tests.support.tokens import EVERY_ROLE, bearer

pytestmark = pytest.mark.timed
SERVICES = ("intake", "referral", "notify")
KINDS = ("serve", "work")


async def run(stack: Stack, process: str, **changes: str) -> tuple[int, str]:
    """Runs a process of the topology to its end; its status and what it said."""
    service, what = process.split(".")
    environment = stack.environment(process) | changes
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"services.{service}",
        what,
        env={name: value for name, value in environment.items() if value},
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        _, said = await child.communicate()
    return child.returncode or 0, said.decode()


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A stack with every process in it."""
    async with scratch(*(f"{each}.{what}" for each in SERVICES for what in KINDS)) as stack:
        yield stack


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("what", KINDS)
async def test_sigterm_ends_a_process_in_peace(own: Stack, service: str, what: str) -> None:
    """Within ten seconds, with status 0: what was in hand is finished."""
    part = own.part(f"{service}.{what}")
    process = part._process
    assert process is not None
    began = monotonic()
    await part.stop()
    assert process.returncode in {0, -signal.SIGTERM}
    assert process.returncode == 0 or what == "serve"
    assert monotonic() - began < 10
    await part.start()


@pytest.mark.parametrize(
    ("service", "setting", "value"),
    [
        ("intake", "TIREK_DATABASE_URL", ""),
        ("referral", "TIREK_KEYS_DIR", "/nowhere"),
        ("notify", "TIREK_JURISDICTION", "/nowhere"),
    ],
)
async def test_a_wrong_setting_is_one_clear_line(
    own: Stack, service: str, setting: str, value: str
) -> None:
    """It names what is missing, and no stack trace hides it."""
    code, said = await run(own, f"{service}.serve", **{setting: value})
    lines = [line for line in said.splitlines() if not line.startswith("{")]
    assert code == 1
    assert len(lines) == 1, said
    assert setting in lines[0] or value in lines[0] or value == ""


@asynccontextmanager
async def stopped(part: Part) -> AsyncIterator[None]:
    """It is not there: whoever asks is refused at once."""
    await part.stop()
    try:
        yield
    finally:
        await part.start()


@pytest.mark.parametrize("away", [stopped, frozen])
async def test_without_its_database_a_service_says_so_and_comes_back(
    own: Stack, away: Callable[[Part], AbstractAsyncContextManager[None]]
) -> None:
    """503 within 3 s, never a 2xx, and back within 5 s; no process has to be restarted.

    Also when the database is there and silent: the caller is not the one who waits for it. A report
    that was refused is taken under the same key, once.
    """
    key, reporter = str(uuid4()), staff()
    headers = bearer(own, EVERY_ROLE)
    serving = [own.part(f"{service}.serve") for service in SERVICES]
    lives = [part.starts for part in serving]
    pages = {
        "intake": "/incidents",
        "referral": "/queue",
        "notify": "/on-duty?organisation=sezim-bishkek",
    }
    async with httpx.AsyncClient(timeout=10) as http, served(own) as intake:

        async def unavailable(service: str, page: str) -> None:
            began = monotonic()
            answer = await http.get(own.url(service) + page, headers=headers)
            assert answer.status_code == 503, f"{service}: {answer.text}"
            assert answer.headers["content-type"] == "application/problem+json"
            assert monotonic() - began < 3

        async def statuses() -> set[int]:
            answers = [
                await http.get(own.url(service) + page, headers=headers)
                for service, page in pages.items()
            ]
            return {answer.status_code for answer in answers}

        assert await statuses() == {200}
        await intake.introduce(reporter)
        before = await intake.count("incidents")
        async with away(own.part("postgres")):
            for _ in range(3):
                await asyncio.gather(
                    *(unavailable(service, page) for service, page in pages.items()),
                    refused(intake, reporter, key),
                )

        async def back() -> bool:
            taken = await intake.send(reporter, report(), key)
            return taken.is_success and await statuses() == {200}

        await eventually(back, within=5)
        assert await intake.count("incidents") == before + 1
    assert [part.starts for part in serving] == lives


async def refused(intake: Intake, reporter: Caller, key: str) -> None:
    """A report is answered 503 within 3 s, and told to come again."""
    began = monotonic()
    answer = await intake.send(reporter, report(), key)
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert monotonic() - began < 3


async def test_without_room_a_report_is_refused_and_then_taken_once(own: Stack) -> None:
    """A full disk (53100): 503 within 3 s, never a 2xx; room again: taken within 5 s."""
    key, reporter = str(uuid4()), staff()
    async with served(own) as intake:
        before = await intake.count("incidents")
        async with refusing_rows(own, "intake.outbox"):
            for _ in range(3):
                await refused(intake, reporter, key)
            assert await intake.count("incidents") == before

        async def taken() -> bool:
            return (await intake.send(reporter, report(), key)).status_code == 201

        await eventually(taken, within=5)
        assert await intake.count("incidents") == before + 1
