"""``tirek committee``: the registry, coverage and the handbook without a browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from typer.testing import CliRunner

from deploy.cli.__main__ import app
from deploy.local.stack import Stack
from shared.security.tokens import Caller
from tests.support.committee_api import COORDINATOR, MEMBER, SECRETARY, Api, committee_api
from tests.support.tokens import token

ADMINISTRATOR = Caller("st-admin", "tirek", frozenset({"administrator"}))


@pytest_asyncio.fixture
async def api(stack: Stack) -> AsyncIterator[Api]:
    """The committee service itself, and two committees."""
    await stack.ensure("committee.serve")
    async with committee_api(stack) as one:
        await one.knows(ADMINISTRATOR)
        yield one


async def tirek(api: Api, caller: Caller, *arguments: str) -> str:
    """What ``tirek committee …`` prints to somebody; it must succeed."""
    env = {
        "TIREK_COMMITTEE_URL": api.stack.url("committee"),
        "TIREK_TOKEN": token(api.stack, caller),
        "TIREK_LANG": "en",
        "COLUMNS": "200",
    }
    told = await asyncio.to_thread(CliRunner().invoke, app, ("committee", *arguments), env=env)
    assert told.exit_code == 0, told.output
    return told.output


async def test_a_committee_is_led_through_its_term_by_hand(api: Api, tmp_path: Path) -> None:
    """Its members are entered, its chair is named, it is approved anew; what was stays to be read,
    and coverage is a table."""
    ours = api.committees[SECRETARY.organisation]
    elder = ("--sector", "community-aksakal-court", "--body", "aksakal-court")
    told = await tirek(api, SECRETARY, "member", "enter", ours, "--staff", MEMBER.staff_id, *elder)
    member_id = told.split()[0]
    await tirek(api, COORDINATOR, "change", ours, "--chair", MEMBER.staff_id)
    today = str(await api.today())
    anew = ("--order", "77", "--order-on", today, "--term-from", today)
    await tirek(api, COORDINATOR, "change", ours, *anew)
    shown = await tirek(api, SECRETARY, "show", ours)
    assert re.search(r"14-б \(2026-01-12\): st-member", shown)
    assert f"{ours}: committee-uchkun" in await tirek(api, COORDINATOR, "list")
    await tirek(api, SECRETARY, "member", "leave", ours, member_id, today)
    told = await tirek(api, SECRETARY, "member", "enter", ours, "--staff", "st-secretary", *elder)
    await tirek(api, SECRETARY, "member", "withdraw", ours, told.split()[0])
    left = (await api.ask(SECRETARY, "GET", f"/committees/{ours}/members"))["members"]
    assert [each["staff_id"] for each in left] == [MEMBER.staff_id]
    table = tmp_path / "coverage.csv"
    await tirek(api, COORDINATOR, "coverage", "--csv", str(table))
    assert "452,2,0,450" in table.read_text(encoding="utf-8")
    assert "450" in await tirek(api, COORDINATOR, "coverage")


async def test_the_handbook_is_kept_and_read_by_hand(api: Api, tmp_path: Path) -> None:
    """A file comes back as it went."""
    here, there = tmp_path / "a.pdf", tmp_path / "b.pdf"
    here.write_bytes(b"%PDF-1.7 made up")
    named = ("--title", "Law", "--language", "ky")
    await api.sits(MEMBER)
    await tirek(api, ADMINISTRATOR, "handbook", "link", "https://example.org", *named)
    entry = (await tirek(api, ADMINISTRATOR, "handbook", "file", str(here), *named)).strip()
    assert len((await tirek(api, MEMBER, "handbook", "list")).splitlines()) == 2
    await tirek(api, MEMBER, "handbook", "save", entry, str(there))
    assert there.read_bytes() == here.read_bytes()
    await tirek(api, ADMINISTRATOR, "handbook", "drop", entry)
    assert len((await tirek(api, MEMBER, "handbook", "list")).splitlines()) == 1
