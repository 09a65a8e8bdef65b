"""The drill: a town at work is backed up, goes on, loses its databases, and gets them back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.topology import SERVICES
from tests.stack import scratch
from tests.support.eventually import eventually
from tests.support.town import Town, town
from tests.support.wiped import (
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

pytestmark = pytest.mark.timeout(180)
LATE_YES, NEED = "12-late-yes", "crisis-counselling"
LONGEST_ACK = timedelta(hours=30)
"""Every deadline of the sample country's first answers lies within."""
PEOPLE = "SELECT person_id FROM intake.persons WHERE incident_id = $1"
HAVE_KEYS = "SELECT count(*) FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
ERASE = "DELETE FROM keys.data_keys WHERE person_id = ANY ($1::text[])"
TEXTS = "SELECT count(*) FROM notify.messages WHERE offer_id = $1 AND status = 'sent'"
OPENED = "SELECT count(*) FROM referral.service_request WHERE incident_id = $1"
HEARD_LONG_AGO = "UPDATE {}.inbox SET received_at = received_at - interval '34 days'"
OFFERS = "SELECT status FROM referral.offer WHERE id = $1"


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


@pytest_asyncio.fixture
async def drill(tmp_path: Path) -> AsyncIterator[Drill]:
    """A town of its own, with a key pair for backups."""
    async with scratch("topics", "provision") as stack, town(stack) as own:
        assert (await tirek(stack, "backup", "keygen", str(tmp_path))).code == 0
        yield Drill(own, tmp_path)


async def test_a_lost_database_comes_back_and_nothing_that_the_backup_knew_is_lost(
    drill: Drill,
) -> None:
    """What stood then stands again, what was under way goes on, who was erased stays erased.

    Events that readers took after the backup reach them again; what was done before is not done
    twice; deadlines that passed meanwhile fire at once; what came after the backup is lost, and the
    command says so. An old backup's inbox guards as long as a new one: its marks are 34 days old.
    """
    own, stack = drill.town, drill.town.stack
    data, keys = stack.superuser("tirek"), stack.superuser("tirek_keys")
    # before: one placed, one to be erased, one offer open, one that referral has not heard of
    placed, accepted = await drill.placed()
    erased = await own.report(LATE_YES)
    people = await ask(data, PEOPLE, erased)
    waiting = await own.report("01-child-who-witnessed")
    open_offer = (await own.offer(waiting, NEED))["offer_id"]
    await calm(stack)
    texts = await ask(data, TEXTS, accepted)
    await stop(stack, ["referral.work"])
    for service in SERVICES:
        await run(data, HEARD_LONG_AGO.format(service))
    unheard = await own.report("02-within-72-hours")
    begun = moment()
    files = [f"--data={(await drill.backup())[0]}", f"--keys={backup_files(drill.folder)[1]}"]

    # after it: referral hears of the one, another is reported, somebody is erased
    await start(stack, ["referral.work"])
    await own.offer(unheard, NEED)
    lost = await own.report(LATE_YES)
    await run(keys, ERASE, people)
    register = drill.folder / "erased"
    register.write_text(f"# erased incidents\n{erased} 2026-11-24T10:00:00Z\nunknown-to-us\n")
    files.append(f"--erasures={register}")

    refused = await drill.restore(*files)
    assert refused.code == 1
    assert "Stop the services first" in refused.text
    await stop(stack)
    refused = await drill.restore(*files)
    assert refused.code == 1
    assert "tirek and tirek_keys on this server hold data: nothing was changed." in refused.text

    await wipe(stack)
    said = await drill.restore(*files)
    assert said.code == 0, said.text
    assert "erased again: 1 of 2 incidents of the register" in said.text
    assert "The data reach to 20" in said.text
    assert "topics emptied: tirek.intake, tirek.notify, tirek.referral" in said.text
    assert await ask(keys, HAVE_KEYS, people) == [0]

    await time_passes(stack, LONGEST_ACK)
    await start(stack)
    await eventually(lambda: opened(data, unheard), within=20)
    await eventually(lambda: moved_on(data, open_offer), within=20)
    await calm(stack)
    assert await ask(data, TEXTS, accepted) == texts, "nobody is told again of what was settled"
    assert await ask(data, OFFERS, accepted) == ["accepted"]
    assert await ask(data, OPENED, lost) == [0], "no event of the lost time came back"
    _, findings = await judged(stack, [placed, erased, waiting, unheard], (begun, moment()))
    assert not findings
    verified = await outboxes(drill)
    assert verified.code == 0, verified.text


async def opened(data: str, incident: str) -> bool:
    """Whether referral has opened its service requests."""
    return await ask(data, OPENED, incident) != [0]


async def moved_on(data: str, offer: str) -> bool:
    """Whether an offer has expired."""
    return await ask(data, OFFERS, offer) == ["expired"]


async def outboxes(drill: Drill) -> Said:
    """``tirek outbox verify`` of every service."""
    stack, whole = drill.town.stack, Said(0, "")
    for service in SERVICES:
        url = f"--database-url={stack.dsn(f'tirek_{service}')}"
        said = await tirek(stack, "outbox", "verify", url)
        whole = Said(whole.code or said.code, whole.text + said.text)
    return whole
