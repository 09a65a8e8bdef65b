"""Personal data at rest: sealed for one person and group, under keys kept elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.intake import jobs
from services.intake.store import disclosures, persons
from services.intake.store.disclosures import Reading
from services.intake.vault import CannotUnseal, unseal
from tests.support.intake import Intake, consent, running, staff

MARK, DIGITS = "КАНАРЕЙКА", "996000987"
MARKED: dict[str, Any] = {
    "reporter": {"kind": "relative", "name": f"{MARK}1", "phone": f"+{DIGITS}601"},
    "survivor": {
        "name": f"{MARK}2",
        "birth_year": 1991,
        "phone": f"+{DIGITS}602",
        "address": f"{MARK}3",
        "language": "ky",
    },
    "accused": [{"name": f"{MARK}4", "phone": f"+{DIGITS}603", "relation": f"{MARK}5"}],
    "children": [{"age": 9, "witness": True, "name": f"{MARK}6"}],
    "safe_contact": {
        "channel": "call",
        "phone": f"+{DIGITS}604",
        "days": ["mo"],
        "from": "10:00",
        "to": "11:00",
        "who_may_answer": f"{MARK}7",
        "code_word": f"{MARK}8",
        "leave_message": False,
        "language": "ky",
    },
    "consents": [consent(given_by={"who": "representative", "basis": f"{MARK}9"})],
    "text": f"{MARK}10",
}


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def rows(stack: Stack, database: str, statement: str, *args: Any) -> list[asyncpg.Record]:
    """Rows as the superuser sees them: all."""
    connection = await asyncpg.connect(stack.superuser(database))
    try:
        return await connection.fetch(statement, *args)
    finally:
        await connection.close()


async def everything(stack: Stack, database: str, schema: str) -> str:
    """Every row of a schema as text, bytes decoded as far as they can be."""
    tables = await rows(
        stack,
        database,
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $1",
        schema,
    )
    found: list[str] = []
    for table in tables:
        for row in await rows(stack, database, f'SELECT * FROM {schema}."{table["table_name"]}"'):
            values = (v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row)
            found.append(" ".join(map(str, values)))
    return "\n".join(found)


async def test_what_names_somebody_is_kept_sealed_and_nowhere_else(
    intake: Intake, stack: Stack
) -> None:
    """A mark in every personal field stands in no table, no event, no key."""
    taken = await intake.take(staff(), **MARKED)
    assert await intake.count("persons", "incident_id = $1", taken["incident_id"]) == 4
    for database, schema in (("tirek", "intake"), ("tirek_keys", "keys")):
        kept = await everything(stack, database, schema)
        assert kept
        assert MARK not in kept
        assert DIGITS not in kept


async def test_a_reading_shows_all_that_was_entered(intake: Intake) -> None:
    """Sealed and found again: every mark is there for whoever entered it."""
    caller = staff()
    taken = await intake.take(caller, **MARKED)
    path = f"/incidents/{taken['incident_id']}/entered"
    asked = {"purpose": "check", "outside_hours": "danger-to-life"}
    read = await intake.ask("POST", path, caller, json=asked)
    assert read.status_code == 200
    for number in range(1, 11):
        assert f"{MARK}{number}" in read.text
    for number in range(601, 605):
        assert f"+{DIGITS}{number}" in read.text


async def test_nothing_is_read_without_a_record_of_it(intake: Intake) -> None:
    """The database shows a sealed group to the transaction that wrote down the reading of it, and
    only the groups it named: not to whoever entered it, not to the service itself."""
    caller = staff()
    taken = await intake.take(caller, **MARKED)
    incident_id = taken["incident_id"]
    for actor in (caller.staff_id, "system"):
        async with intake.db.transaction(actor=actor) as tx:
            assert await persons.sealed(tx, incident_id) == []
    reading = Reading(
        disclosure_id=f"d-{incident_id}",
        incident_id=incident_id,
        staff_id=caller.staff_id,
        organisation=caller.organisation,
        purpose="check",
        groups=["story"],
    )
    async with intake.db.transaction(actor=caller.staff_id) as tx:
        await disclosures.record(tx, reading)
        assert {each.group for each in await persons.sealed(tx, incident_id)} == {"story"}
    async with intake.db.transaction(actor=caller.staff_id) as tx:
        assert await persons.sealed(tx, incident_id) == [], "the record was of an earlier reading"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with intake.db.transaction(actor="st-somebody") as tx:
            await disclosures.record(tx, reading)


async def test_the_record_of_readings_cannot_be_changed(intake: Intake) -> None:
    """Nor can what was sealed: the service's role finds no row to change or to remove."""
    caller = staff()
    taken = await intake.take(caller, **MARKED)
    path = f"/incidents/{taken['incident_id']}/entered"
    await intake.ask("POST", path, caller, json={"purpose": "check"})
    for actor in (caller.staff_id, "system"):
        async with intake.db.transaction(actor=actor) as tx:
            for table in ("disclosures", "person_data"):
                assert await tx.execute(f"DELETE FROM {table}") == "DELETE 0"
            assert await tx.execute("UPDATE disclosures SET staff_id = 'x'") == "UPDATE 0"
            assert await tx.execute("UPDATE person_data SET sealed = ''") == "UPDATE 0"


async def test_sealed_data_opens_for_its_person_and_group_only(
    intake: Intake, stack: Stack
) -> None:
    """Moved to another person, another group or another key, it does not open."""
    taken = await intake.take(staff(), **MARKED)
    people = await rows(
        stack,
        "tirek",
        "SELECT p.person_id, d.sealed FROM intake.persons p JOIN intake.person_data d USING "
        "(person_id) WHERE incident_id = $1 AND field_group IN ('story', 'risk') "
        "ORDER BY field_group DESC",
        taken["incident_id"],
    )
    (survivor, sealed), (other, _), *_ = people
    keys = await intake.deps.keys.find([survivor, other])
    key = intake.deps.vault.unwrap(keys[survivor])
    assert unseal(key, survivor, "story", sealed)["text"] == f"{MARK}10"
    with pytest.raises(CannotUnseal):
        unseal(key, survivor, "identity", sealed)
    with pytest.raises(CannotUnseal):
        unseal(key, "somebody", "story", sealed)


async def test_forgetting_a_key_is_forgetting_somebody(intake: Intake, stack: Stack) -> None:
    """The rest of the incident still reads; the erased survivor's data does not."""
    caller = staff()
    taken = await intake.take(caller, **MARKED)
    (survivor,) = await rows(
        stack,
        "tirek",
        "SELECT person_id FROM intake.persons WHERE incident_id = $1 AND role = 'survivor'",
        taken["incident_id"],
    )
    await rows(stack, "tirek_keys", "DELETE FROM keys.data_keys WHERE person_id = $1", survivor[0])
    path = f"/incidents/{taken['incident_id']}/entered"
    read = (await intake.ask("POST", path, caller, json={"purpose": "check"})).json()["data"]
    assert read["identity"] == {}
    assert read["story"] == {}
    assert read["children"] == [{"age": 9, "witness": True, "name": f"{MARK}6"}]


async def test_keys_are_out_of_reach_of_the_data(intake: Intake, stack: Stack) -> None:
    """Another database: intake's data role cannot even connect to it, and no key is plain."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(stack.dsn("tirek_intake"), database="tirek_keys")
    key, wrapped = intake.deps.vault.new_key("somebody")
    assert key not in wrapped.wrapped
    assert intake.deps.vault.unwrap(wrapped) == key


async def test_orphaned_keys_are_swept_and_others_never(intake: Intake, stack: Stack) -> None:
    """A key whose person never came to be goes; one that was seen once stays for good."""
    taken = await intake.take(staff())
    (person,) = await rows(
        stack,
        "tirek",
        "SELECT person_id FROM intake.persons WHERE incident_id = $1",
        taken["incident_id"],
    )
    orphan = f"orphan-of-{taken['incident_id']}"
    await intake.deps.keys.keep([intake.deps.vault.new_key(orphan)[1]])
    await sweep(intake, timedelta(hours=1))
    assert orphan in await intake.deps.keys.find([orphan]), "it may still be on its way"
    await sweep(intake, timedelta(0))
    assert set(await intake.deps.keys.find([orphan, person[0]])) == {person[0]}
    (row,) = await rows(
        stack, "tirek_keys", "SELECT settled FROM keys.data_keys WHERE person_id = $1", person[0]
    )
    assert row["settled"]


async def sweep(intake: Intake, older_than: timedelta) -> None:
    """The worker's pass, until nothing is left to look at."""
    more = True
    while more:
        async with intake.db.transaction() as tx:
            due = await jobs.sweep_keys(intake.deps, tx, older_than=older_than)
            more = due == tx.now


async def test_the_worker_lives_without_the_key_store(stack: Stack) -> None:
    """The sweep comes back later; what is on the bus does not wait for it."""
    nowhere = "postgresql://nobody:nothing@127.0.0.1:1/tirek_keys"
    async with running(stack, keystore_url=nowhere) as without, without.db.transaction() as tx:
        due = await jobs.sweep_keys(without.deps, tx)
        assert due is not None
        assert due > tx.now


async def test_nothing_is_read_or_recorded_without_its_key(intake: Intake, stack: Stack) -> None:
    """503, and no record of a reading that never was."""
    caller = staff()
    taken = await intake.take(caller)
    nowhere = "postgresql://nobody:nothing@127.0.0.1:1/tirek_keys"
    async with running(stack, keystore_url=nowhere) as without:
        path = f"/incidents/{taken['incident_id']}/entered"
        answer = await without.ask("POST", path, caller, json={"purpose": "check"})
    assert answer.status_code == 503
    assert await intake.count("disclosures", "incident_id = $1", taken["incident_id"]) == 0


async def test_two_sweeps_at_once_do_not_disturb_each_other(intake: Intake) -> None:
    """Replicas need no election."""
    names = [f"orphan-{number}-of-two" for number in range(20)]
    await intake.deps.keys.keep([intake.deps.vault.new_key(name)[1] for name in names])
    await asyncio.gather(*(sweep(intake, timedelta(0)) for _ in range(3)))
    assert await intake.deps.keys.find(names) == {}
