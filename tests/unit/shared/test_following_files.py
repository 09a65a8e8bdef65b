"""Each process follows the files it decides by, and says to whom it may when one is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.provision.secrets import key_files
from services.intake import app as intake
from services.intake.settings import IntakeSettings
from services.notify import app as notify
from services.notify.settings import NotifySettings
from services.referral import app as referral
from services.referral.settings import ReferralSettings
from shared.http.web import _health_router
from shared.jurisdiction.config_files import BadFile
from shared.jurisdiction.live import Live, keep_up
from shared.settings import Environment
from tests.support.apps import NOWHERE, applications
from tests.support.eventually import eventually

FOLLOWED = {"intake": ["jurisdiction"], "notify": ["jurisdiction"]} | {
    "referral": ["jurisdiction", "directory"]
}


@pytest.mark.parametrize("service", FOLLOWED)
async def test_an_http_process_follows_its_files_while_it_runs(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its start to its end."""
    followed: list[str] = []

    async def following(*files: Live[Any]) -> None:
        followed.extend(each.name for each in files)

    monkeypatch.setattr("shared.service.keep_up", following)
    app = applications(tmp_path, Environment.PROD)[service]
    async with app.router.lifespan_context(app):
        await eventually(lambda: followed == FOLLOWED[service])


@pytest.mark.parametrize("service", FOLLOWED)
def test_a_worker_follows_its_files_and_its_health_page_knows_them(
    service: str, tmp_path: Path
) -> None:
    """As one of its works."""
    key_files(tmp_path)
    fields: dict[str, Any] = {"database_url": NOWHERE, "keys_dir": tmp_path / service}
    gateways: dict[str, Any] = {
        "smpp_url": SecretStr("smpp://a:b@c:1"),
        "smtp_url": SecretStr("smtp://c:1"),
    }
    made: dict[str, Callable[[], Any]] = {
        "intake": lambda: intake.works(IntakeSettings(keystore_url=NOWHERE, **fields)),
        "referral": lambda: referral.works(ReferralSettings(**fields)),
        "notify": lambda: notify.works(NotifySettings(**gateways, **fields)),
    }
    work = made[service]()["files"]
    assert work.func is keep_up
    assert [each.name for each in work.args] == FOLLOWED[service]


class Files:
    """A live file of one word: ``no`` is refused."""

    def __init__(self) -> None:
        self.says = "yes"
        self.live = Live("jurisdiction", lambda: self.says, self._read, str)

    def shows(self, current: str, *, refused: bool) -> bool:
        """Whether that is what a process goes by."""
        return (self.live.current, bool(self.live.refused)) == (current, refused)

    def _read(self, _before: str | None) -> str:
        if self.says == "no":
            raise BadFile(Path("/country/risk.yaml"), "signs: no (line 14)")
        return self.says


async def test_a_change_is_seen_without_being_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again, also after one that was refused."""
    monkeypatch.setattr("shared.jurisdiction.live.EVERY", 0.001)
    files = Files()
    following = asyncio.create_task(keep_up(files.live))
    try:
        for says, current in (("other", "other"), ("no", "other"), ("third", "third")):
            files.says = says
            await eventually(partial(files.shows, current, refused=says == "no"))
    finally:
        following.cancel()


class _Database:
    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["_Database"]:
        yield self

    async def fetchval(self, _query: str) -> int:
        return 1


async def test_callers_hear_which_files_are_refused_and_not_where_or_why() -> None:
    """An API's health page is open to everybody; it stays ready."""
    files, app = Files(), FastAPI()
    app.include_router(_health_router(_Database(), [files.live]))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        assert (await http.get("/health/ready")).json() == {"ready": True}
        files.says = "no"
        await files.live.refresh()
        answer = await http.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "refused": ["jurisdiction"]}
