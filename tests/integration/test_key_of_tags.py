"""A new key of tags on real databases: intake uses it once all were said and heard under it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from deploy.cli.keys import keys
from deploy.local.stack import Stack
from deploy.provision.secrets import read_set
from deploy.topology import HOST, SERVICES
from services.notify.jobs import register_job
from shared import key_files
from shared.db import Database
from shared.events import Document, Envelope, Event
from shared.events.notify import StaffChanged
from shared.security import staff
from shared.security.tags import FILE
from shared.settings import Settings
from tests.stack import scratch
from tests.support.bus import ReferralLike, settings
from tests.support.notify import House, house
from tests.support.rotation import settled_secrets

SAID = "SELECT * FROM outbox WHERE type = 'tirek.staff.changed.v1' ORDER BY id"


class IntakeLike(Settings):
    """Another reader's settings."""

    SERVICE: ClassVar[str] = "intake"


class CommitteeLike(Settings):
    """The third reader's."""

    SERVICE: ClassVar[str] = "committee"


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A stack whose keys nobody else uses."""
    async with scratch(*(f"{each}.migrate" for each in SERVICES)) as stack:
        yield stack


@pytest_asyncio.fixture
async def one(own: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Notify with a desk of two, whom all readers have heard of; keys are looked at every time."""
    monkeypatch.setattr(key_files, "LOOK_EVERY", 0.0)
    async with house(own) as made:
        await made.organisation()
        await made.person("st-one", 1)
        await made.person("st-two", 2, active=False)
        await say(made)
        await hear(made, IntakeLike)
        await hear(made, ReferralLike)
        await hear(made, CommitteeLike)
        yield made


async def say(one: House) -> None:
    """The job of notify's worker looks through the register."""
    async with one.db.transaction() as tx:
        await register_job(one.deps)(tx)


async def hear(one: House, kind: type[Settings]) -> None:
    """One reader takes in all that was said, as its consumer would."""
    async with one.db.transaction() as tx:
        rows = await tx.fetch(SAID)
    db = Database(settings(one.stack, kind))
    try:
        async with db.transaction() as tx:
            for row in rows:
                body = Document[StaffChanged].model_validate_json(row["document"]).data
                envelope = Envelope(
                    id=str(row["event_id"]),
                    type=row["type"],
                    source="notify",
                    subject=row["subject"],
                    key=row["key"],
                    time=tx.now,
                    correlation_id=row["key"],
                    aggregate_version=row["aggregate_version"],
                )
                await staff.on_staff_changed(tx, Event(envelope, body, None), body)
    finally:
        await db.close()


async def asked(one: House) -> Result:
    """``tirek keys add tags``, long after the last change."""
    folder = one.stack.state / "secrets"
    settled_secrets(folder)
    environment = {
        "TIREK_SECRETS": str(folder),
        "TIREK_POSTGRES": f"{HOST}:{one.stack.port('postgres')}",
        "COLUMNS": "200",
    }
    return await asyncio.to_thread(CliRunner().invoke, keys, ["add", "tags"], env=environment)


def held(folder: Path) -> list[str]:
    """The keys of tags in a service's folder."""
    return [key["kid"] for key in read_set(folder / FILE)]


async def test_intake_uses_a_key_when_everybody_was_said_and_heard_under_it(one: House) -> None:
    """Each reader in turn is waited for, in one line; the second key is never made meanwhile."""
    intake, notify = one.stack.keys("intake"), one.stack.keys("notify")
    first = await asked(one)
    assert first.exit_code == 0, first.output
    assert (held(notify), held(intake)) == (["tags.2", "tags.1"], ["tags.1"])

    async def refused(reader: str) -> None:
        result = await asked(one)
        assert result.exit_code == 1, result.output
        why = f"tags.2 is not used yet: {reader} has not heard of 2 of 2 people under it"
        assert why in result.output
        assert (held(notify), held(intake)) == (["tags.2", "tags.1"], ["tags.1"])

    await refused("intake")
    await say(one)
    await refused("intake")
    await hear(one, IntakeLike)
    await refused("referral")
    await hear(one, ReferralLike)
    await refused("committee")
    await hear(one, CommitteeLike)
    done = await asked(one)
    assert done.output.splitlines() == ["tags.2: in use"]
    assert held(notify) == held(intake) == ["tags.2", "tags.1"]
