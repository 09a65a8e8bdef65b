"""Whoever administers the databases attacks the record of response times, and somebody sees it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.simulators import witnesses as simulated
from services.audit import app
from services.audit.handlers.hearing import hearing
from services.audit.ledger.add_checkpoint import AddCheckpoint
from services.audit.ledger.notes import Note
from services.audit.ledger.signing import cosign
from shared.clock import wall
from shared.db import Database
from tests.stack import scratch, turn_clock
from tests.support import audit_beside
from tests.support.audit_attacked import LATER, Attacked, attacked
from tests.support.audit_ledger import ledger
from tests.support.bus import NotifyLike, answer, consuming, new_incident, relaying, settings
from tests.support.eventually import eventually

LEAVES = 300
PARTED = "ledger-forked"
OTHERS = ("ombudsman", "ministry")
ENTRY = """
UPDATE heard SET entry = convert_to(replace(convert_from(entry, 'UTF8'), '"s"', '"t"'), 'UTF8')
WHERE producer_seq = 30
"""
HASHED = "sha256('\\x00'::bytea || entry)"
LEAF = f"""
{ENTRY};
UPDATE heard SET hash = {HASHED} WHERE producer_seq = 30;
UPDATE leaves SET hash = heard.hash FROM heard WHERE heard.id = heard_id AND producer_seq = 30
"""
TILE = "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00' FROM 40)"
REMOVED = """
DELETE FROM leaves USING heard WHERE heard.id = heard_id AND producer_seq = 30;
DELETE FROM heard WHERE producer_seq = 30
"""
LAST = """
DELETE FROM heard USING leaves WHERE heard.id = heard_id AND index >= 260;
DELETE FROM leaves WHERE index >= 260;
DELETE FROM heads;
INSERT INTO heads VALUES (260, '', now())
"""
WORDS = "UPDATE said SET words = jsonb_set(words, '{answer}', '\"accept\"')"
MADE_UP = """
INSERT INTO said SELECT 'made-up', source, producer_seq, time, received_at, channel, cause,
    service_request_id, offer_id, words, heard_at, mac_key, mac FROM said
"""
EARLIER = "UPDATE heard SET {0} = {0} - interval '1 hour' WHERE producer_seq = 30"
PLAIN = "UPDATE heard SET mac_key = '', mac = '' WHERE producer_seq = 30"
FOUND = """
INSERT INTO findings SELECT 'made-up', kind, producer, 8, 8, event_id, found_at, mac_key, mac
FROM findings WHERE first = 7
"""
SILENT = """
INSERT INTO outages SELECT producer, until, until + interval '1 hour', first, mac_key, mac
FROM outages
"""
BESIDE = [
    ("said-changed", WORDS),
    ("said-changed", "DELETE FROM said"),
    ("said-changed", MADE_UP),
    ("times-changed", EARLIER.format("appended_at")),
    ("times-changed", EARLIER.format("said_at")),
    ("times-changed", EARLIER.format("heard_at")),
    ("times-changed", PLAIN),
    ("findings-changed", "DELETE FROM findings WHERE first = 7"),
    ("findings-changed", "UPDATE findings SET producer = 'audit' WHERE first = 7"),
    ("findings-changed", FOUND),
    ("outages-changed", "DELETE FROM outages"),
    ("outages-changed", "DELETE FROM outages; UPDATE checkpoints SET outages = 0"),
    ("outages-changed", "UPDATE outages SET since = since - interval '1 hour'"),
    ("outages-changed", SILENT),
]
"""What stands beside the ledger, changed, made up or gone (`tests.support.audit_beside`)."""
FORGOTTEN = "DELETE FROM checkpoints; DELETE FROM cosignatures"
WRONG = timedelta(minutes=10)
WRONG_CLOCK = {"received-in-the-future", "earlier-than-before"}
OF_CASE = "SELECT kind FROM findings JOIN heard USING (event_id) WHERE subject = $1"
ONCE = "SELECT count(*), count(DISTINCT heard_id), max(index) FROM leaves"


@pytest_asyncio.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    """A ledger of some hundred leaves, cosigned, and a backup of it."""
    async with (
        scratch("audit.migrate", "notify.migrate", "topics") as stack,
        attacked(stack, tmp_path_factory.mktemp("audit")) as audit,
    ):
        producer = await audit.ledger.producer()
        producer.now -= timedelta(seconds=LEAVES)  # its last word is of now
        await audit.ledger.hear_at_once([producer.say() for _ in range(LEAVES)])
        audit.heard = producer.said
        assert await audit.signed() == LEAVES
        await audit.asked()
        await audit.kept("whole")
        yield audit


@pytest_asyncio.fixture
async def audit(own: Attacked) -> AsyncIterator[Attacked]:
    """The same for each attack; what it did is undone."""
    seen = {name: dict(each.seen) for name, each in own.known.items()}
    yield own
    await own.restored("whole")
    for name, each in own.known.items():
        each.seen.clear()
        each.seen.update(seen[name])


@pytest.mark.parametrize(
    ("attack", "where"),
    [
        (ENTRY, (30, 30)),
        (LEAF, (1, LEAVES)),
        (TILE, (1, 256)),
        (REMOVED, (30, 30)),
        (LAST, (261, LEAVES)),
    ],
)
async def test_an_edited_ledger_does_not_verify(
    audit: Attacked, attack: str, where: tuple[int, int], tmp_path: Path
) -> None:
    """By what anybody can fetch, and one file that needs nothing of ours; audit finds it itself."""
    assert audit.verifies(await audit.export(tmp_path / "before"))
    await audit.looked()
    assert "ledger-changed" not in await audit.kinds()
    await audit.root.execute(attack)
    assert not audit.verifies(await audit.export(tmp_path / "after"))
    await audit.looked()
    assert ("ledger-changed", "audit", *where) in await audit.found()


@pytest.mark.parametrize(("kind", "attack"), BESIDE)
async def test_what_is_edited_beside_the_ledger_is_found(
    audit: Attacked, kind: str, attack: str
) -> None:
    """By its MAC, whose key no database holds, or by the ledger, which names what is gone."""
    await audit_beside.kept(audit)
    await audit.looked()
    assert kind not in await audit.kinds()
    await audit.root.execute(attack)
    await audit.looked()
    assert await audit.kinds() - {"gap"} == {kind}


@pytest.mark.parametrize("attack", [LAST, LEAF])
async def test_a_past_that_is_signed_anew_is_not_the_one_that_witnesses_know(
    audit: Attacked, attack: str, tmp_path: Path
) -> None:
    """Whoever has the key as well drops the end, or makes the whole tree over another entry: the
    witness that is asked next finds it, and so does whoever kept a checkpoint."""
    kept = tmp_path / "kept"
    kept.write_bytes(await audit.file("checkpoint"))
    await audit.root.execute(f"{attack}; {FORGOTTEN}")
    await audit.rewritten()
    if attack is LEAF:
        producer = await audit.ledger.producer()
        await audit.ledger.hear(producer.say())
    await audit.signed()
    await audit.asked()
    found = {each for each in await audit.found() if each[0] == "witness-contradicts"}
    assert {producer for _, producer, *_ in found} == {"ngo", "ombudsman", "ministry"}
    assert not audit.verifies(await audit.export(tmp_path / "now"), kept)


async def test_an_old_backup_of_audit_alone_is_not_gone_on_from(
    audit: Attacked, tmp_path: Path
) -> None:
    """It says less than witnesses know, and once it has grown again it says something else: from
    then on it bears another name, which witnesses cosign from the beginning, and a checkpoint that
    somebody kept still does not fit."""
    producer = await audit.ledger.producer()
    await audit.ledger.hear_at_once([producer.say() for _ in range(20)])
    later = await audit.signed()
    await audit.asked()
    kept = tmp_path / "kept"
    kept.write_bytes(await audit.file("checkpoint"))
    await audit.restored("whole")
    await audit.ledger.hear((await audit.ledger.producer()).say())
    assert await audit.signed() < later
    await audit.asked()
    assert ("witness-contradicts", "ngo", later, later) in await audit.found()
    assert not audit.verifies(await audit.export(tmp_path / "now"), kept)

    await audit.ledger.hear_at_once([producer.say() for _ in range(40)])
    since = await audit.signed()
    await audit.asked(*OTHERS)
    assert PARTED not in await audit.kinds(), "one witness alone"
    await audit.asked(OTHERS[0])
    assert (PARTED, "audit", LEAVES, since) in await audit.found()
    await audit.goes_on_as(LATER, tmp_path / "later")
    assert not audit.verifies(tmp_path / "later", kept)


async def test_a_restored_audit_is_behind_and_one_witness_shows_that_it_lacks_something(
    audit: Attacked, tmp_path: Path
) -> None:
    """While it asks for what it lacks nothing is found; what it then has is not what was cosigned,
    and it says up to where it was."""
    producer = await audit.ledger.producer()
    await audit.ledger.hear_at_once([producer.say() for _ in range(20)])
    later = await audit.signed()
    await audit.asked()
    await audit.restored("whole")
    await audit.says_that_it_was_restored()
    await audit.signed()
    await audit.asked(*OTHERS)
    assert await audit.kinds() == set()
    shown = (await audit.ledger.get("/ledger/status")).json()
    assert shown["behind"] == later
    await audit.ledger.hear_at_once([producer.say() for _ in range(20)])
    since = await audit.signed()
    await audit.asked(*OTHERS)
    assert (PARTED, "audit", LEAVES, since) in await audit.found()
    await audit.goes_on_as(LATER, tmp_path / "later")


async def test_a_ledger_grown_anew_from_nothing_is_not_the_one_that_was(
    audit: Attacked, tmp_path: Path
) -> None:
    """All of audit is gone, and what producers still hold is heard once more. In the same order it
    is the same ledger, and witnesses go on with it; in another it is not."""
    half = LEAVES // 2
    for order in ([audit.heard], [audit.heard[half:], audit.heard[:half]]):
        await audit.wiped()
        for some in order:
            await audit.ledger.hear_at_once(some)
        await audit.signed()
        await audit.asked()
        assert (PARTED in await audit.kinds()) == (len(order) > 1)
    assert (PARTED, "audit", 0, LEAVES) in await audit.found()
    await audit.goes_on_as(LATER, tmp_path / "later")


async def test_a_checkpoint_of_another_tree_with_our_signature_shows_a_fork_by_itself(
    audit: Attacked,
) -> None:
    """Brought as a file by one who was shown it; one that is longer than the ledger is to wait."""
    signing, key = audit.ledger.deps.signing, simulated.key(OTHERS[0])
    for size, status in ((LEAVES + 900, 422), (LEAVES, 200)):
        note = Note.parse(signing.checkpoint(signing.origin, size, bytes(32)).encode())
        brought = await audit.bring(note.also(cosign(note.text, key, wall())))
        assert brought.status_code == status, brought.text
        assert (PARTED in await audit.kinds()) == (status == 200)
    assert brought.json() == {"witnesses": [OTHERS[0]], "ignored": [], "origin": LATER}


async def test_a_tree_that_is_forked_for_one_witness_is_found(
    audit: Attacked, tmp_path: Path
) -> None:
    """With the ledger's own key: the witness holds it against ours as soon as it is asked, and two
    people who compare what they were given see it without us."""
    signing = audit.ledger.deps.signing
    forked = Note.parse(signing.checkpoint(signing.origin, LEAVES, bytes(32)).encode())
    answer = audit.known["ministry"].answer(bytes(AddCheckpoint(LEAVES, (), forked)))
    assert answer.status == 409
    audit.known["ministry"].seen.clear()
    assert audit.known["ministry"].answer(bytes(AddCheckpoint(0, (), forked))).status == 200
    await audit.ledger.hear((await audit.ledger.producer()).say())
    await audit.signed()
    await audit.asked()
    assert await audit.found() == {("witness-contradicts", "ministry", LEAVES, LEAVES)}
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_bytes(await audit.signed_at(LEAVES))
    theirs.write_bytes(bytes(forked))
    assert not audit.verifies(ours, theirs)


async def test_two_workers_make_one_tree(audit: Attacked) -> None:
    """Each leaf once, whoever appends it."""
    producer = await audit.ledger.producer()
    async with audit.ledger.db.transaction() as tx:
        await hearing()(tx, [producer.say() for _ in range(1200)])
    async with ledger(audit.ledger.stack) as second:
        await asyncio.gather(audit.ledger.grow(), second.grow())
    size, distinct, most = (await audit.ledger.fetch(ONCE))[0]
    assert (size, distinct, most) == (LEAVES + 1200, LEAVES + 1200, LEAVES + 1199)
    await audit.signed()


async def test_a_host_whose_clock_is_wrong_is_found(own: Attacked) -> None:
    """What it says comes before its time, by the broker's clock; once it is set right again, it
    says an earlier time than before."""
    stack = own.ledger.stack
    notify, case = Database(settings(stack, NotifyLike)), new_incident()
    await turn_clock(stack, WRONG)
    try:
        await answer(notify, case)
    finally:
        await turn_clock(stack, -WRONG)
    await answer(notify, case, 2)
    async with (
        ledger(stack) as audit,
        relaying(stack, notify),
        consuming(stack, audit.db, app.handler_table(audit.deps)),
    ):

        async def both_found() -> bool:
            await audit.grow()
            return {row[0] for row in await audit.fetch(OF_CASE, case)} >= WRONG_CLOCK

        await eventually(both_found, within=60)
    await notify.close()
