"""Sitting down without a password: in a demo on this machine, for a minute, and nowhere else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from deploy.demo import __main__ as demo
from deploy.demo.desks import FIRST, desks_app
from deploy.local.stack import ROOT
from deploy.provision.secrets import key_files
from deploy.samples.load import load_people
from services.console import demo_links
from services.console.keys import AccountKeys
from services.console.settings import ConsoleSettings
from shared.settings import Environment

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
WHO = "st-6775jivy"


@pytest.fixture
def keys(tmp_path: Path) -> AccountKeys:
    """The console's own."""
    key_files(tmp_path)
    return AccountKeys.from_directory(tmp_path / "console")


def settings(tmp_path: Path, **changed: Any) -> ConsoleSettings:
    """A console's, as a demo on this machine has them but for what is changed."""
    given: dict[str, Any] = {
        "env": Environment.DEMO,
        "database_url": SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        "keys_dir": tmp_path,
        "http_port": 8104,
    }
    return ConsoleSettings(**(given | changed))


def test_a_link_is_good_for_a_minute_and_for_one_person(keys: AccountKeys) -> None:
    """Neither later, nor for somebody else, nor by anybody without the keys."""
    secret = demo_links.make(keys, WHO, NOW)
    assert demo_links.read(keys, secret, NOW + timedelta(seconds=59)) == WHO
    assert demo_links.read(keys, secret, NOW + timedelta(seconds=61)) is None
    assert demo_links.read(keys, secret.replace(WHO, "st-other"), NOW) is None
    for made_up in ("", "demo", "demo~st-a~99999999999~00", "demo~~~", "x" * 200):
        assert demo_links.read(keys, made_up, NOW) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"env": Environment.PROD, "origin": "https://desk.example"},
        {"env": Environment.TEST},
        {"http_host": "0.0.0.0", "origin": "http://127.0.0.1:8104"},  # noqa: S104 - refused
        {"origin": "http://desk.example"},
    ],
)
def test_only_a_demo_on_this_machine_believes_them(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Every other combination has no such way in."""
    assert demo_links.believed(settings(tmp_path))
    assert not demo_links.believed(settings(tmp_path, **changed))


@pytest.mark.parametrize(
    ("numbers", "status"),
    [(["+996000100001", None], 303), (["+996000100001", "+996700111222"], 403)],
)
async def test_with_a_real_telephone_nobody_sits_down(
    keys: AccountKeys, numbers: list[str | None], status: int
) -> None:
    """Then there is somebody whom a demo could reach."""

    async def known() -> Iterable[str | None]:
        return numbers

    app = desks_app("http://127.0.0.1:8104", keys, load_people(), known)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        assert WHO in (await http.get("/")).text
        answer = await http.get(f"/as/{WHO}")
        assert answer.status_code == status
        assert (await http.get("/as/st-nobody")).status_code == 404


def test_whoever_shows_most_is_there() -> None:
    """Among the sample staff, or in a committee that ``FOUNDING=1`` enters."""
    seated = [*load_people(), *demo.founders()]
    assert set(FIRST) <= {each.staff_id for each in seated}


def test_no_image_holds_the_page() -> None:
    """What hands out the links stays beside the checkout."""
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/demo" in left_out[left_out.index("!deploy") :]
