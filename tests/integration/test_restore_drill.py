"""The drill: a town at work is backed up, goes on, loses its databases, and gets them back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.services import LISTENING
from tests.support.town import EVERYTHING, Town, town
from tests.support.wiped import (
    PROCESSES,
    Said,
    ask,
    backup_files,
    calm,
    judged,
    moment,
    run,
    start,
    stop,
    time_passes,
    tirek,
    wipe,
)

LATE_YES, NEED = "12-late-yes", "crisis-counselling"
LONGEST_ACK = timedelta(hours=30)
"""Every deadline of the sample country's first answers lies within."""
PEOPLE = "SELECT person_id FROM intake.persons WHERE incident_id = $1"
HAVE_KEYS = "SELECT count(*) FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
ERASE = "DELETE FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
TEXTS = "SELECT count(*) FROM notify.messages WHERE offer_id = $1 AND status = 'sent'"
OPENED = "SELECT count(*) FROM referral.service_request WHERE incident_id = $1"
HEARD_LONG_AGO = "UPDATE {}.inbox SET received_at = received_at - interval '34 days'"
AUDIT = ("audit.serve", "audit.work")
LEAVES = "SELECT hash FROM audit.leaves ORDER BY index"
SIGNED_IN = """
INSERT INTO console.sessions (session_id, secret_hash, staff_id, organisation, roles, territories,
    language, kind, csrf, started_at, seen_at, idle_until, ends_at, checked_at)
SELECT 'se-1', 'x', 'st-1', 'sezim-bishkek', '{worker}', '{}', 'ru', 'desk', 'c',
    now, now, now + '1 day', now + '1 day', now FROM clock_timestamp() AS now
"""
SESSIONS = "SELECT ending FROM console.sessions"
RESTORED = "SELECT DISTINCT source FROM audit.restores"
FACTS = "SELECT f::text FROM audit.offer_facts f WHERE offer_id = $1"
FINDINGS = "SELECT DISTINCT kind FROM audit.findings"
AHEAD = "received-in-the-future"
"""The clock is turned, and the broker's is not."""
FORGET = "UPDATE audit.heard SET type = ''"
OFFERS = "SELECT status FROM referral.offer WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Before:
    """What the backup knows."""

    incidents: tuple[str, ...]
    accepted: str
    """An offer that was accepted."""
    erased: str
    """An incident that is erased after the backup."""
    open_offer: str
    """An offer that nobody has answered."""
    unheard: str
    """An incident that intake has told of and referral has not heard of."""


@dataclass(slots=True)
class Drill:
    """A town, and a folder for its backups with the private key in it."""

    town: Town
    folder: Path

    @property
    def key(self) -> str:
        """The private half."""
        return str(self.folder / "tirek-backup.private")

    async def backup(self) -> tuple[Path, Path]:
        """Both files, by command."""
        said = await tirek(
            self.town.stack,
            "backup",
            f"--to={self.folder / 'tirek-backup.public'}",
            f"--into={self.folder}",
        )
        assert said.code == 0, said.text
        return backup_files(self.folder)

    async def restore(self, *options: str) -> Said:
        """``tirek restore`` with these options."""
        return await tirek(self.town.stack, "restore", f"--private-key={self.key}", *options)

    async def placed(self) -> tuple[str, str]:
        """An incident whose offer was accepted by phone: its id and the offer's."""
        incident = await self.town.report(LATE_YES)
        offer = await self.town.offer(incident, NEED)
        phones = {
            each.phone: 0
            for each in self.town.people.values()
            if each.organisation == offer["organisation"] and each.phone
        }

        async def answered() -> bool:
            for phone in phones:
                if await self.town.messages(phone):
                    await self.town.reply(phone, f"да {await self.town.code(phone)}")
                    return True
            return False

        await eventually(answered, within=20)
        await self.town.settled(incident, NEED, "placed")
        return incident, offer["offer_id"]

    async def before(self) -> Before:
        """A town at work, as the backup will find it: referral's worker is away."""
        own, data = self.town, self.town.stack.superuser("tirek")
        placed, accepted = await self.placed()
        erased = await own.report(LATE_YES)
        waiting = await own.report("01-child-who-witnessed")
        open_offer = (await own.offer(waiting, NEED))["offer_id"]
        await calm(own.stack)
        await run(data, SIGNED_IN)
        await stop(own.stack, ["referral.work"])
        for service in LISTENING:
            await run(data, HEARD_LONG_AGO.format(service))
        unheard = await own.report("02-within-72-hours")
        return Before((placed, erased, waiting, unheard), accepted, erased, open_offer, unheard)

    async def afterwards(self, before: Before) -> str:
        """Referral hears of the one, somebody is erased, another is reported: that one's id."""
        await start(self.town.stack, ["referral.work"])
        await self.town.offer(before.unheard, NEED)
        people = await ask(self.town.stack.superuser("tirek"), PEOPLE, before.erased)
        await run(self.town.stack.superuser("tirek_keys"), ERASE, people)
        return await self.town.report(LATE_YES)

    def register(self, erased: str) -> Path:
        """Of erasures: this one's, and one that the backup does not know."""
        path = self.folder / "erased"
        path.write_text(f"# erased incidents\n{erased} 2026-11-24T10:00:00Z\nunknown-to-us\n")
        return path

    async def refused(self, *options: str) -> str:
        """What ``tirek restore`` says when it will not."""
        said = await self.restore(*options)
        assert said.code == 1, said.text
        return said.text


@pytest_asyncio.fixture
async def drill(tmp_path: Path) -> AsyncIterator[Drill]:
    """A town of its own, with a key pair for backups."""
    async with scratch(*EVERYTHING, *AUDIT) as stack, town(stack) as own:
        assert (await tirek(stack, "backup", "keygen", str(tmp_path))).code == 0
        yield Drill(own, tmp_path)


async def test_a_lost_database_comes_back_and_nothing_that_the_backup_knew_is_lost(
    drill: Drill,
) -> None:
    """What stood then stands again, what was under way goes on, who was erased stays erased.

    Events that readers took after the backup reach them again; what was done before is not done
    twice; deadlines that passed meanwhile fire at once; what came after the backup is lost, and the
    command says so. An old backup's inbox guards as long as a new one: its marks are 34 days old.
    Nobody is signed in any more, and audit's ledger goes on behind the leaves that it had.
    """
    stack = drill.town.stack
    data = stack.superuser("tirek")
    before = await drill.before()
    texts = await ask(data, TEXTS, before.accepted)
    known = await ask(data, LEAVES), await ask(data, FACTS, before.accepted)
    begun = moment()
    files = [f"--{path.suffixes[0][1:]}={path}" for path in await drill.backup()]
    lost = await drill.afterwards(before)
    files.append(f"--erasures={drill.register(before.erased)}")
    assert "Stop the services first" in await drill.refused(*files)
    await stop(stack, (*PROCESSES, *AUDIT))
    assert "tirek and tirek_keys on this server hold data" in await drill.refused(*files)

    await wipe(stack)
    said = await drill.restore(*files)
    assert said.code == 0, said.text
    assert "erased again: 1 of 2 incidents of the register" in said.text
    assert "The data reach to 20" in said.text
    assert (
        "topics emptied: tirek.audit, tirek.committee, tirek.console, tirek.intake, tirek.notify, "
        "tirek.referral" in said.text
    )
    people = await ask(data, PEOPLE, before.erased)
    assert await ask(stack.superuser("tirek_keys"), HAVE_KEYS, people) == [0]

    await time_passes(stack, LONGEST_ACK)
    await start(stack)
    await eventually(lambda: opened(data, before.unheard), within=20)
    await eventually(lambda: moved_on(data, before.open_offer), within=20)
    await calm(stack)
    assert await ask(data, TEXTS, before.accepted) == texts, "nobody is told again what was settled"
    assert await ask(data, OFFERS, before.accepted) == ["accepted"]
    assert await ask(data, SESSIONS) == ["signed-out"]
    assert await ask(data, OPENED, lost) == [0], "no event of the lost time came back"
    _, findings = await judged(stack, before.incidents, (begun, moment()))
    assert not findings
    await audit_goes_on(drill)
    leaves = await ask(data, LEAVES)
    assert (leaves[: len(known[0])], await ask(data, FACTS, before.accepted)) == known
    verified = await outboxes(drill)
    assert verified.code == 0, verified.text


async def opened(data: str, incident: str) -> bool:
    """Whether referral has opened its service requests."""
    return await ask(data, OPENED, incident) != [0]


async def moved_on(data: str, offer: str) -> bool:
    """Whether an offer has expired."""
    return await ask(data, OFFERS, offer) == ["expired"]


async def audit_goes_on(drill: Drill) -> None:
    """It hears from which number each service goes on, finds nothing in that, and still lets nobody
    change what it has heard."""
    stack = drill.town.stack
    data = stack.superuser("tirek")
    await start(stack, AUDIT)

    async def told() -> bool:
        return {*await ask(data, RESTORED)} >= {*LISTENING, "audit"}

    await eventually(told, within=30)
    assert {*await ask(data, FINDINGS)} <= {AHEAD}
    for dsn in (stack.dsn("tirek_audit"), data):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(dsn, FORGET)


async def outboxes(drill: Drill) -> Said:
    """``tirek outbox verify`` of every service."""
    stack, whole = drill.town.stack, Said(0, "")
    for service in LISTENING:
        url = f"--database-url={stack.dsn(f'tirek_{service}')}"
        said = await tirek(stack, "outbox", "verify", url)
        whole = Said(whole.code or said.code, whole.text + said.text)
    return whole
