"""Witnesses keep what the ledger was: two of three cosign, a fork is found, and so is silence."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from deploy.local.stack import Stack
from deploy.simulators import witnesses as simulated
from services.audit import jobs
from services.audit.handlers.signing import sign
from services.audit.ledger import verify
from services.audit.ledger.add_checkpoint import AddCheckpoint
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.notes import Note
from services.audit.ledger.policy_file import parse_policy
from services.audit.ledger.signing import cosign
from services.audit.settings import AuditSettings
from services.audit.signing import Signing
from services.audit.witnesses import policies
from services.audit.witnesses.asking import Witnessing
from shared.clock import wall
from shared.jurisdiction.config_files import BadFile
from tests.stack import scratch, turn_clock
from tests.support.audit_ledger import AUDITOR, Ledger, ledger
from tests.support.still import still
from tests.support.tokens import bearer

OFF = simulated.NAMES[-1]
ORIGIN = AuditSettings.model_fields["ledger_origin"].default
DAY = timedelta(hours=24, minutes=1)
SAID = """
INSERT INTO said (event_id, source, producer_seq, time, offer_id, words, mac_key, mac)
VALUES ($1, $2, $3, $4, $5, '{"what": "shown", "organisation": "ngo"}', '', '')
"""
MAILED = """
SELECT document FROM outbox WHERE type = 'tirek.notice.requested.v1'
AND position('ledger-checkpoint' IN convert_from(document, 'UTF8')) > 0
"""
FINDINGS = "SELECT kind, producer, first, last FROM findings WHERE kind = $1 AND producer = $2"


@dataclass(slots=True)
class Watched:
    """A ledger, and its three witnesses of whom one is switched off."""

    ledger: Ledger
    policy: Path
    known: dict[str, simulated.Simulated]

    async def checkpoint(self) -> Checkpoint:
        """Something new is said, and signed."""
        await self.ledger.hear((await self.ledger.producer()).say())
        async with self.ledger.db.transaction() as tx:
            await sign(tx, replace(self.ledger.deps, checkpoint_every=timedelta(0)))
        return Checkpoint.parse(Note.parse(await self.text("/ledger/checkpoint")).text)

    async def ask(self, *off: str) -> None:
        """Each witness once, by a process that has just begun; these are off, and the usual one."""
        app = FastAPI()
        app.mount(simulated.PATH, simulated.witnesses_app(self.known, "", {OFF, *off}))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
            await Witnessing(self.ledger.db, self.ledger.deps).round(http)

    async def text(self, path: str) -> bytes:
        """What is there."""
        answer = await self.ledger.get(path)
        assert answer.status_code == 200, answer.text
        return answer.content

    async def shown(self) -> dict[str, Any]:
        """What coordinators and auditors see of witnesses."""
        answer: dict[str, Any] = (await self.ledger.get("/ledger/witnesses")).json()
        return answer

    async def sizes(self) -> list[int | None]:
        """What each has cosigned last."""
        return [each["size"] for each in (await self.shown())["witnesses"]]

    async def bring(self, note: Note | str) -> httpx.Response:
        """A note comes back on a stick."""
        text = note if isinstance(note, str) else bytes(note).decode()
        headers = bearer(self.ledger.stack, AUDITOR)
        body = {"note": text}
        return await self.ledger.http.post("/ledger/cosignatures", json=body, headers=headers)

    async def found(self, kind: str, producer: str) -> list[tuple[Any, ...]]:
        """First and last of each finding of a kind."""
        return [tuple(row)[2:] for row in await self.ledger.fetch(FINDINGS, kind, producer)]

    async def look(self) -> None:
        """Whether too few have cosigned for a day."""
        async with self.ledger.db.transaction() as tx:
            await jobs.unwitnessed_job(self.ledger.deps)(tx)


@pytest_asyncio.fixture(scope="module")
async def own() -> AsyncIterator[Stack]:
    """A database of these tests' own: an entry of another's that says a time to come would make
    every cosignature too early."""
    async with scratch("audit.migrate") as stack:
        yield stack


@pytest_asyncio.fixture
async def watched(own: Stack, tmp_path: Path) -> AsyncIterator[Watched]:
    """With witnesses who have seen nothing."""
    key = Signing.from_directory(own.keys("audit"), ORIGIN).verifier
    file = tmp_path / "witnesses.policy"
    file.write_text(simulated.policy(key, "http://127.0.0.1"))
    async with ledger(own, witnesses=file) as audit:
        yield Watched(audit, file, simulated.three(file))


async def test_two_of_three_cosign_and_whoever_forgot_is_asked_from_where_it_is(
    watched: Watched,
) -> None:
    """What they give is kept with their own time, shown, and enough for the policy; the one that is
    off, and runs beside us as all of these do, is shown as such."""
    await watched.checkpoint()
    await watched.ask()
    first = await watched.checkpoint()
    watched.known["ngo"].seen.clear()
    await watched.ask()
    shown = await watched.shown()
    assert (shown["quorum"], shown["covered"]) == ("2 of ngo, ombudsman, ministry", first.size)
    ngo, ombudsman, ministry = shown["witnesses"]
    assert ngo["size"] == ombudsman["size"] == first.size
    assert ministry["cosigned_at"] is None or ministry["size"] < first.size
    assert not any(each["independent"] for each in shown["witnesses"])
    policy = parse_policy(watched.policy.read_bytes())
    judged = policy.judge(Note.parse(await watched.text("/ledger/checkpoint/cosigned")))
    assert judged.checkpoint == first
    assert set(judged.witnesses) == {"ngo", "ombudsman"}
    dsn = watched.ledger.stack.dsn("tirek_audit")
    connection = await asyncpg.connect(dsn)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE audit.cosignatures SET at = now()")
    finally:
        await connection.close()


async def test_a_stick_takes_the_place_of_a_network(watched: Watched) -> None:
    """The file is what is asked over HTTP; what comes back is kept if it is right, and nothing of
    it otherwise."""
    head = await watched.checkpoint()
    asked = AddCheckpoint.parse(await watched.text(f"/ledger/question?old={head.size - 1}"))
    key = simulated.key(OFF)
    before = {head.origin: replace(head, size=head.size - 1)}
    watched.known[OFF].seen.update(before)
    assert watched.known[OFF].answer(bytes(replace(asked, old=0))).status == 409
    good = asked.note.also(cosign(asked.note.text, key, wall()))
    other = replace(head, root=bytes(32))
    stranger = cosign(asked.note.text, replace(key, name="somebody"), wall())
    for wrong in (
        "a letter",
        bytes(good).decode()[:-1],
        asked.note,
        asked.note.also(stranger),
        asked.note.also(cosign(str(other), key, wall())),
        Note(str(other), (cosign(str(other), key, wall()),)),
    ):
        refused = await watched.bring(wrong)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "note"
    assert (await watched.sizes())[2] != head.size
    quoted = "".join(f"> {line}\r\n" for line in bytes(good.also(stranger)).decode().split("\n"))
    taken = {"witnesses": [OFF], "ignored": [stranger.name], "origin": None}
    assert (await watched.bring(f"\r\n{quoted}\r\n")).json() == taken
    assert (await watched.sizes())[2] == head.size
    assert (await watched.ledger.get(f"/ledger/question?old={10**9}")).status_code == 422


async def test_a_witness_whose_clock_contradicts_an_entry_is_found(watched: Watched) -> None:
    """The leaf of the entry that says the latest time; once a day, and nothing a minute apart."""
    kind, early = "cosigned-before-its-time", list[tuple[int, int]]()
    for apart in (timedelta(seconds=50), timedelta(hours=1), timedelta(hours=1)):
        assert await watched.found(kind, OFF) == early[:1]
        head = await watched.checkpoint()
        note = Note.parse(await watched.text("/ledger/checkpoint"))
        answer = await watched.bring(
            note.also(cosign(note.text, simulated.key(OFF), wall() - apart))
        )
        assert answer.status_code == 200
        early += [(head.size, head.size)] if apart > timedelta(minutes=1) else []
    assert await watched.found(kind, OFF) == early[:1]


async def test_a_witness_that_knows_another_tree_is_found_and_told(watched: Watched) -> None:
    """One of as many leaves, which the witness cannot go on from; and a longer one."""
    head = await watched.checkpoint()
    await watched.ask()
    watched.known["ngo"].seen[head.origin] = replace(head, root=bytes(32))
    longer = head.size + 1000
    watched.known["ombudsman"].seen[head.origin] = replace(head, size=longer)
    await watched.checkpoint()
    for _ in range(2):
        await watched.ask()
    assert await watched.found("witness-contradicts", "ngo") == [(head.size, head.size)]
    assert await watched.found("witness-contradicts", "ombudsman") == [(longer, longer)]
    assert (await watched.sizes())[:2] == [head.size, head.size]


async def test_a_day_without_enough_witnesses_is_a_finding_once(watched: Watched) -> None:
    """One alone is not enough, and it is said once; with a second one nothing new is found."""
    head = await watched.checkpoint()
    await watched.ask()
    waiting = await watched.checkpoint()
    watched.known["ngo"].seen[head.origin] = head
    await watched.ask("ombudsman")
    place = (head.size + 1, waiting.size)
    await watched.look()
    assert place not in await watched.found("unwitnessed", "audit")
    await turn_clock(watched.ledger.stack, DAY)
    try:
        for _ in range(2):
            await watched.look()
        assert (await watched.found("unwitnessed", "audit")).count(place) == 1
        await watched.ask()
        found = await watched.found("unwitnessed", "audit")
        await watched.look()
        assert await watched.found("unwitnessed", "audit") == found
    finally:
        await turn_clock(watched.ledger.stack, -DAY)


async def test_a_receipt_of_an_offer_is_checked_by_one_file_and_nothing_of_ours(
    watched: Watched, tmp_path: Path
) -> None:
    """It comes once enough witnesses have cosigned; with another word in the entry it proves
    nothing."""
    offer, event = str(uuid4()), (await watched.ledger.producer()).say()
    await watched.ledger.hear(event)
    async with watched.ledger.db.transaction() as tx:
        numbers = event.envelope.source, event.envelope.producer_seq
        await tx.execute(SAID, event.id, *numbers, event.time, offer)
    await watched.checkpoint()
    (early,) = (await watched.ledger.get(f"/receipts/{offer}")).json()["receipts"]
    assert (early["proof"], early["existed_by"], early["what"]) == (None, None, None)
    await watched.ask()
    (found,) = (await watched.ledger.get(f"/receipts/{offer}")).json()["receipts"]
    assert (found["offer_id"], found["clocks"]) == (offer, [*simulated.NAMES[:2]])
    assert datetime.fromisoformat(found["existed_by"]) <= wall()
    rules = parse_policy(await watched.text("/ledger/policy"))
    kept = parse_policy(watched.policy.read_bytes())
    assert (rules.logs, rules.asks) == (kept.logs, kept.asks)
    entry, proof = tmp_path / "it.json", tmp_path / "it.tlog-proof"
    entry.write_bytes(found["entry"].encode())
    proof.write_bytes(found["proof"].encode())
    asked = ["--policy", str(watched.policy), str(proof)]
    assert verify.main(asked) == 0
    entry.write_bytes(found["entry"].replace(event.id, str(uuid4())).encode())
    assert verify.main(asked) == 1
    assert (await watched.ledger.get(f"/receipts/{uuid4()}")).status_code == 404


async def test_the_newest_checkpoint_is_mailed_once_a_day_to_whom_the_country_names(
    watched: Watched,
) -> None:
    """By name, to the auditors of each; with what witnesses gave for it, and nothing else."""
    await watched.checkpoint()
    await watched.ask()
    country = watched.ledger.deps.country.current
    named = ("ombudsman", str(uuid4()))
    profile = country.profile.model_copy(update={"checkpoint_to": named})
    deps = replace(watched.ledger.deps, country=still(replace(country, profile=profile)))
    for _ in range(2):
        async with watched.ledger.db.transaction() as tx:
            await jobs.mailing_job(deps)(tx)
    documents = [json.loads(row["document"]) for row in await watched.ledger.fetch(MAILED)]
    note = (await watched.text("/ledger/checkpoint")).decode()
    told = {each["data"]["organisation"]: each["data"]["checkpoint"] for each in documents}
    assert told == dict.fromkeys(named, note)
    assert len(documents) == len(named)


@pytest.mark.parametrize(
    "url",
    ["http://ngo.example", "https://a:b@ngo.example", "https://ngo.example/?to=x", "ftp://x", "x"],
)
def test_a_ledger_sends_nothing_to_an_address_that_anybody_could_read(
    url: str, tmp_path: Path
) -> None:
    """Only https, or this machine; the file with anything else is refused as a whole."""
    file = tmp_path / "witnesses.policy"
    line = f"witness ngo {simulated.key('ngo').verifier} {url}\nquorum ngo\n"
    file.write_text(line)
    with pytest.raises(BadFile, match="must be https"):
        policies.read_policy(file)
    assert policies.read_policy(tmp_path / "absent") == policies.NOBODY
