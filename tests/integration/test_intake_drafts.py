"""Reports that somebody is still writing."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.intake import jobs
from shared.security.tokens import Caller
from tests.support.intake import UCHKUN, Intake, report, running, staff

SAID = {"territory": UCHKUN, "survivor": {"name": "Айсулуу"}, "text": "Күйөөсү\nартынан…  "}


@pytest_asyncio.fixture(scope="module")
async def intake(stack: Stack) -> AsyncIterator[Intake]:
    """One intake for the module."""
    async with running(stack) as one:
        yield one


async def begun(intake: Intake, caller: Caller, **text: Any) -> str:
    """A draft of the caller's, with something in it."""
    made = await intake.ask("POST", "/drafts", caller)
    assert made.status_code == 201, made.text
    draft_id = str(made.json()["draft_id"])
    saved = await intake.ask("PUT", f"/drafts/{draft_id}", caller, json=text or SAID)
    assert saved.status_code == 200, saved.text
    return draft_id


async def swept(intake: Intake) -> None:
    """The worker's pass, until there is nothing more."""
    due: datetime | None = await intake.now()
    while due is not None:
        async with intake.db.transaction() as tx:
            due = await jobs.sweep_drafts(intake.deps, tx)


async def test_a_draft_is_its_writers_alone_and_lies_sealed(intake: Intake, stack: Stack) -> None:
    """It comes back as it was written; a coordinator, a colleague and the database see nothing."""
    caller = staff()
    draft_id = await begun(intake, caller)
    read = await intake.ask("POST", f"/drafts/{draft_id}/read", caller)
    assert read.json()["report"] == SAID
    listed = (await intake.ask("GET", "/drafts", caller)).json()
    assert [set(each) for each in listed["drafts"]] == [
        {"draft_id", "created_at", "changed_at", "expires_at"}
    ]
    for other in (staff("coordinator", territories=frozenset({"417"})), staff()):
        for method, path in (("POST", "/read"), ("PUT", ""), ("DELETE", "")):
            body = {"json": SAID} if method == "PUT" else {}
            answer = await intake.ask(method, f"/drafts/{draft_id}{path}", other, **body)
            assert answer.status_code == 404
        assert (await intake.ask("GET", "/drafts", other)).json()["drafts"] == []
    async with intake.db.transaction(actor="st-somebody") as tx:
        assert await tx.fetch("SELECT * FROM drafts") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with intake.db.transaction() as tx:  # not even the service itself may write one
            await tx.execute("UPDATE drafts SET owner = 'st-somebody'")
    name = "Айсулуу".encode()
    assert await intake.count("drafts", "position($1 in sealed) > 0", name) == 0


async def test_a_report_ends_the_draft_that_it_was_written_as(intake: Intake) -> None:
    """In its own transaction; a refused one leaves it, and one that is gone costs no report."""
    caller = staff()
    draft_id = await begun(intake, caller)
    refused = await intake.send(caller, report(draft=draft_id, needs=["magic"]))
    assert refused.status_code == 422
    assert (await intake.ask("POST", f"/drafts/{draft_id}/read", caller)).status_code == 200
    body = report(draft=draft_id)
    taken = await intake.send(caller, body, "once")
    assert (taken.status_code, taken.json()["notices"]) == (201, [])
    assert (await intake.ask("POST", f"/drafts/{draft_id}/read", caller)).status_code == 404
    assert (await intake.send(caller, body, "once")).json() == taken.json()
    assert (await intake.send(caller, report(draft=draft_id))).status_code == 201
    odd = await intake.send(caller, report(draft="no such thing"))
    assert [each["field"] for each in odd.json()["notices"]] == ["draft"]
    kept = await begun(intake, staff())
    await intake.send(caller, report(draft=kept))
    assert await intake.count("drafts", "draft_id = $1 AND sealed IS NOT NULL", kept) == 1


async def test_a_draft_that_is_over_loses_its_text_and_its_key(intake: Intake) -> None:
    """At once when it is deleted, 72 hours after its last change otherwise; the living keep both,
    whatever sweeps keys of people who never came to be."""
    caller = staff()
    deleted, old, living = [await begun(intake, caller) for _ in range(3)]
    assert (await intake.ask("DELETE", f"/drafts/{deleted}", caller)).status_code == 204
    assert await intake.count("drafts", "draft_id = $1 AND sealed IS NULL", deleted) == 1
    for draft_id, age in ((old, timedelta(hours=72)), (living, timedelta(hours=71, minutes=55))):
        await intake.change(
            "UPDATE intake.drafts SET changed_at = $2 WHERE draft_id = $1",
            draft_id,
            await intake.now() - age,
        )
    assert (await intake.ask("POST", f"/drafts/{old}/read", caller)).status_code == 404
    async with intake.db.transaction() as tx:
        await jobs.sweep_keys(intake.deps, tx, older_than=timedelta(0))
    await swept(intake)
    three = [deleted, old, living]
    assert set(await intake.deps.keys.find(three)) == {living}
    assert await intake.count("drafts", "draft_id = ANY ($1)", three) == 1
    assert (await intake.ask("POST", f"/drafts/{living}/read", caller)).json()["report"] == SAID


async def test_a_person_has_twenty_drafts_each_no_larger_than_a_report(intake: Intake) -> None:
    """One more is refused, and so is one that no report could become."""
    caller = staff()
    ids = [await begun(intake, caller) for _ in range(20)]
    refused = await intake.ask("POST", "/drafts", caller)
    assert refused.status_code == 409
    await intake.ask("DELETE", f"/drafts/{ids[0]}", caller)
    assert (await intake.ask("POST", "/drafts", caller)).status_code == 201
    large = await intake.ask("PUT", f"/drafts/{ids[1]}", caller, json={"text": "я" * 70_000})
    assert [each["field"] for each in large.json()["errors"]] == ["report"]
    first = (await intake.ask("GET", "/drafts?limit=15", caller)).json()
    rest = (await intake.ask("GET", f"/drafts?limit=15&before={first['next']}", caller)).json()
    found = [each["draft_id"] for each in first["drafts"] + rest["drafts"]]
    assert (len(found), len(set(found)), rest["next"]) == (20, 20, None)
