"""From the file of the directory to notify's register: two workers, and the bus between them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import yaml

from deploy.local.stack import ROOT, Stack
from tests.stack import scratch
from tests.support.eventually import eventually

pytestmark = pytest.mark.timeout(180)
DIRECTORY = ROOT / "deploy" / "samples" / "directory.yaml"
BECOMES_POLICE, REMOVED = "sezim-bishkek", "police-suzak"


@pytest_asyncio.fixture
async def working() -> AsyncIterator[Stack]:
    """Referral's worker with the sample directory, and notify's."""
    parts = ("topics", "provision", "referral.work", "notify.work")
    async with scratch(*parts) as stack:
        yield stack


def changed(folder: Path) -> Path:
    """The sample directory with one organisation that is police now, and one that is gone."""
    content: dict[str, Any] = yaml.safe_load(DIRECTORY.read_text(encoding="utf-8"))
    kept = [unit for unit in content["organizations"] if unit["id"] != REMOVED]
    for unit in kept:
        if unit["id"] == BECOMES_POLICE:
            unit["kind"] = "police"
    path = folder / "directory.yaml"
    path.write_text(yaml.safe_dump({"organizations": kept}, allow_unicode=True), encoding="utf-8")
    return path


async def test_what_the_directory_says_is_what_notify_knows(working: Stack, tmp_path: Path) -> None:
    """All of it at first, then what became another or went; the rest is not said again."""
    database = await asyncpg.connect(working.superuser("tirek"))

    async def known() -> dict[str, tuple[Any, ...]]:
        rows = await database.fetch(
            "SELECT organisation, kind, listed, version FROM notify.organisations"
        )
        return {row["organisation"]: tuple(row)[1:] for row in rows}

    units = yaml.safe_load(DIRECTORY.read_text(encoding="utf-8"))["organizations"]
    told = {unit["id"]: (unit["kind"], True, 1) for unit in units}

    async def hears(expected: dict[str, tuple[Any, ...]]) -> bool:
        return await known() == expected

    try:
        await eventually(lambda: hears(told), within=30)
        worker = working.part("referral.work")
        worker.change(TIREK_DIRECTORY=str(changed(tmp_path)))
        await worker.restart()
        told |= {BECOMES_POLICE: ("police", True, 2), REMOVED: ("police", False, 2)}
        await eventually(lambda: hears(told), within=30)
    finally:
        await database.close()
