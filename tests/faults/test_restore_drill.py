"""The restore drill: a backup is taken under use, all is lost, and it is put back."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import ROOT, Stack
from deploy.topology import HOST
from tests.stack import scratch, turn_clock
from tests.support.eventually import eventually
from tests.support.town import EVERYTHING, Town, town

KEPT = "SELECT count(*) FROM keys.data_keys WHERE person_id = $1"
SERVICES = tuple(name for name in EVERYTHING if name != "simulators")
ANSWERED, WAITING, SILENT = "12-late-yes", "14-silent-desk", "15-nobody-answers"


def tirek(stack: Stack, *arguments: str | Path) -> tuple[int, str]:
    """An operator's command; its exit status and all that it says."""
    given = {
        **os.environ,
        "TIREK_SECRETS": str(stack.state / "secrets"),
        "TIREK_KAFKA": stack.kafka,
        "TIREK_POSTGRES": f"{HOST}:{stack.port('postgres')}",
        "COLUMNS": "200",
    }
    argv = (sys.executable, "-m", "deploy.cli", *map(str, arguments))
    done = subprocess.run(
        argv, env=given, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )
    return done.returncode, done.stdout + done.stderr


def files(folder: Path) -> tuple[Path, Path]:
    """The two that a backup is."""
    return next(folder.glob("*.data.sealed")), next(folder.glob("*.keys.sealed"))


@pytest_asyncio.fixture
async def own() -> AsyncIterator[Town]:
    """A town of the drill's own."""
    async with scratch("topics", "provision") as stack, town(stack) as made:
        yield made


async def value(stack: Stack, query: str, *arguments: Any, database: str = "tirek") -> Any:
    """One value out of a database."""
    connection = await asyncpg.connect(stack.superuser(database), timeout=5)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


async def stop(stack: Stack) -> None:
    """Every service, as before an upgrade."""
    for name in SERVICES:
        await stack.part(name).stop()


@pytest.mark.timeout(240)
async def test_what_the_backup_knew_is_there_again_and_goes_on(own: Town, tmp_path: Path) -> None:
    """Nothing that it knew is lost, nothing is done twice, overdue deadlines fire at once.

    Whoever was erased after it stays unreadable, and what came after it is gone: the command says
    of which moment it is.
    """
    stack = own.stack
    answered = await own.report(ANSWERED)
    await own.offer(answered, "crisis-counselling")
    waiting = await own.report(WAITING)
    await own.offer(waiting, "police-protection")
    key, folder = tmp_path / "offline", tmp_path / "backups"
    assert tirek(stack, "backup", "keygen", key)[0] == 0
    code, said = tirek(stack, "backup", "make", "--to", folder, "--for", f"{key}.pub")
    assert code == 0, said
    data, keys = files(folder)
    assert (data.stat().st_mode | keys.stat().st_mode) & 0o077 == 0
    later = await own.report(SILENT)

    refused, said = tirek(stack, "restore", "--data", data, "--keys", keys, "--key", key)
    assert refused == 1
    assert "stop the services first: tirek_intake" in said
    await stop(stack)
    refused, said = tirek(stack, "restore", "--data", data, "--keys", keys, "--key", key)
    assert refused == 1
    assert "hold data: say --replace to lose them" in said

    persons = "SELECT min(person_id) FROM keys.data_keys"
    erased = await value(stack, persons, database="tirek_keys")
    register = tmp_path / "erasures"
    register.write_text(f"{erased}\n")
    given = ("--data", data, "--keys", keys, "--key", key, "--erasures", register, "--replace")
    code, said = tirek(stack, "restore", *given)
    assert code == 0, said
    assert "1 keys of persons" in said
    exists = "SELECT EXISTS (SELECT FROM intake.incidents WHERE incident_id = $1)"
    assert await value(stack, exists, answered)
    assert await value(stack, exists, waiting)
    assert not await value(stack, exists, later)
    assert (
        await value(
            stack,
            KEPT,
            erased,
            database="tirek_keys",
        )
        == 0
    )

    await turn_clock(stack, timedelta(hours=3))
    for name in reversed(SERVICES):
        await stack.part(name).start(60)

    async def overdue_was_acted_on() -> bool:
        found = await own.requests(waiting)
        return any(offer["status"] == "expired" for each in found for offer in each["offers"])

    await eventually(overdue_was_acted_on, within=40)
    doubled = "SELECT count(*) - count(DISTINCT need_id) FROM referral.service_request"
    assert await value(stack, doubled) == 0
    fresh = await own.report(ANSWERED)
    await own.offer(fresh, "crisis-counselling")
    for service in ("intake", "referral", "notify"):
        where = ("--database-url", stack.dsn(f"tirek_{service}"), "--kafka", stack.kafka)
        code, said = tirek(stack, "outbox", "verify", *where)
        assert code == 0, said


async def test_a_backup_that_is_not_whole_touches_nothing(own: Town, tmp_path: Path) -> None:
    """Cut off, altered, for another key, the wrong file: one line each, and the data stay."""
    stack = own.stack
    key, other = tmp_path / "offline", tmp_path / "other"
    for each in (key, other):
        assert tirek(stack, "backup", "keygen", each)[0] == 0
    assert tirek(stack, "backup", "keygen", key)[0] == 1, "a key is never overwritten"
    code, said = tirek(stack, "backup", "make", "--to", tmp_path, "--for", f"{key}.pub")
    assert code == 0, said
    data, keys = files(tmp_path)
    assert tirek(stack, "backup", "check", data, keys, "--key", key)[0] == 0
    cut = tmp_path / "cut"
    cut.write_bytes(data.read_bytes()[:-100])
    await stop(stack)
    for given, why in (
        ((cut, keys, key), "was cut off, moved or altered"),
        ((data, keys, other), "sealed for another key"),
        ((keys, data, key), "is not the file of the data"),
    ):
        names = ("--data", "--keys", "--key")
        options = [part for pair in zip(names, given, strict=True) for part in pair]
        code, said = tirek(stack, "restore", *options, "--replace")
        assert code == 1
        assert why in said
        assert "Traceback" not in said
    assert await value(stack, "SELECT count(*) FROM notify.people") > 0
