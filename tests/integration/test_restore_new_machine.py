"""The server is gone with its secrets: on another machine somebody's details are read again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from tests.stack import scratch
from tests.support.town import EVERYTHING, Town, someone_at, town
from tests.support.wiped import ask, backup_files, calm, newest, tirek

NAME, NEED, ITS_PERSON = "12-late-yes", "crisis-counselling", "Елена Самсонова"
DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'tirek%' ORDER BY 1"
INCIDENTS = "SELECT incident_id FROM intake.incidents"
PEOPLE = "SELECT person_id FROM intake.persons"


@dataclass(frozen=True, slots=True)
class Saved:
    """What is left of the first machine, and an offer that was open on it."""

    key: str
    """The private half, as the option that names it."""
    secrets: str
    files: tuple[str, ...]
    people: int
    """Whose details it holds."""
    incident: str
    offer: str
    organisation: str


@pytest_asyncio.fixture(scope="module")
async def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A town at work is backed up, its secrets are saved, and it is no more."""
    tmp_path = tmp_path_factory.mktemp("saved")
    async with scratch(*EVERYTHING) as stack, town(stack) as own:
        incident = await own.report(NAME)
        offer = await own.offer(incident, NEED)
        await calm(stack)
        public = f"--to={tmp_path / 'tirek-backup.public'}"
        into = f"--into={tmp_path}"
        for words in (
            ("backup", "keygen", str(tmp_path)),
            ("backup", public, into),
            ("secrets", "save", public, into),
        ):
            said = await tirek(stack, *words)
            assert said.code == 0, said.text
        people = await ask(stack.superuser("tirek"), PEOPLE)
    data, keys = backup_files(tmp_path)
    return Saved(
        f"--private-key={tmp_path / 'tirek-backup.private'}",
        str(newest(tmp_path, "secrets")),
        (f"--data={data}", f"--keys={keys}", "--no-erasures"),
        len(people),
        incident,
        offer["offer_id"],
        offer["organisation"],
    )


@pytest_asyncio.fixture
async def machine(saved: Saved) -> AsyncIterator[Stack]:
    """Another one, with a server, a broker and secrets of its own."""
    assert saved.incident
    async with scratch("topics", "provision") as stack:
        yield stack


async def test_details_are_read_on_a_new_machine_once_its_secrets_are_those_of_the_old(
    saved: Saved, machine: Stack
) -> None:
    """With its own, which bear the same names, the restore refuses and changes nothing.

    Then whoever accepts there an offer that was made on the lost machine reads whom it is for.
    """
    refused = await tirek(machine, "restore", saved.key, *saved.files)
    assert refused.code == 1, refused.text
    line = " ".join(refused.text.split())
    count = f"{saved.people} of {saved.people} people"
    assert line.startswith(f"the secrets of this machine do not open the keys of {count}: ")
    assert "`tirek secrets restore FILE`" in line
    assert await ask(machine.superuser(), DATABASES) == ["tirek", "tirek_keys"]
    put_back = ("secrets", "restore", saved.secrets, saved.key)
    assert "holds other keys" in (await tirek(machine, *put_back)).text

    for words in ((*put_back, "--replace"), ("restore", saved.key, *saved.files)):
        said = await tirek(machine, *words)
        assert said.code == 0, said.text
    assert await ask(machine.superuser("tirek"), INCIDENTS) == [saved.incident]

    await machine.ensure("intake.serve", "referral.serve")
    async with httpx.AsyncClient(timeout=15) as http:
        shown = await disclosed(Town(machine, http), saved)
    assert ITS_PERSON in shown


async def test_who_has_lost_the_secrets_still_gets_back_all_but_details(
    saved: Saved, machine: Stack
) -> None:
    """Needs, offers and answers are sealed for nobody; whose details are gone is said."""
    said = await tirek(machine, "restore", saved.key, *saved.files, "--without-details")
    assert said.code == 0, said.text
    count = f"{saved.people} of {saved.people} people"
    assert f"the keys of {count} do not open with the secrets of this machine" in said.text
    assert await ask(machine.superuser("tirek"), INCIDENTS) == [saved.incident]


async def disclosed(own: Town, saved: Saved) -> str:
    """What somebody who accepts the offer is shown."""
    caller = someone_at(own, saved.organisation)
    accepted = await own.ask(caller, "referral", "POST", f"/offers/{saved.offer}/accept", {})
    asked = {"purpose": "service", "ticket": accepted["ticket"]}
    path = f"/incidents/{saved.incident}/disclosures"
    answer = await own.call(caller, "intake", "POST", path, asked)
    assert answer.status_code == 200, answer.text
    return answer.text
