"""An operator with ``tirek parked``, on a running consumer and a worker that redrives."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy as SlowBuilder
from typer.testing import CliRunner, Result

from deploy.cli import redrive
from deploy.cli.__main__ import app
from shared.bus.parked import unpacked
from shared.errors import Unprocessable
from tests.support.bus import answer, new_incident, redriving
from tests.support.octets import Octets
from tests.support.redrive import Ward, warding

NO_OFFER = Unprocessable("no such offer")


@pytest_asyncio.fixture(scope="module")
async def ward() -> AsyncIterator[Ward]:
    """A producer and a consumer, and nobody who redrives."""
    async with warding() as made:
        yield made


@pytest_asyncio.fixture
async def worker(ward: Ward) -> AsyncIterator[None]:
    """One worker redrives."""
    async with redriving(ward.stack, ward.referral, ward.handling.table):
        yield


async def tirek(ward: Ward, *arguments: str, answer: str = "") -> Result:
    """``tirek parked …`` by an operator of referral."""
    environment = {
        "TIREK_DATABASE_URL": ward.stack.dsn("tirek_referral"),
        "TIREK_SECRETS": str(ward.stack.state / "secrets"),
        "COLUMNS": "200",
    }
    return await asyncio.to_thread(
        CliRunner().invoke, app, ["parked", *arguments], env=environment, input=answer
    )


async def numbers(ward: Ward, incident: str) -> list[str]:
    """What `tirek parked list` calls an incident's records."""
    return [str(row["id"]) for row in await ward.rows(incident)]


async def test_what_fails_again_is_named_and_what_is_mended_is_handled(
    ward: Ward, worker: None
) -> None:
    """The exit status says which; a person sees why without looking for it."""
    incident = await ward.parked(1, 2, 3, because=NO_OFFER)
    other = await ward.parked(1, because=NO_OFFER)
    del ward.handling.broken[other, 1]
    first, second, _ = await numbers(ward, incident)
    ward.handling.broken[incident, 1] = Unprocessable("still no such offer")

    result = await tirek(ward, "redrive", "--all")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "referral: 4 asked for, 1 handled, 1 failed again, 2 behind those, not tried",
        f"  record {first}: still no such offer",
    ]
    listed = await tirek(ward, "list")
    assert "still no such offer" in listed.output
    assert incident not in listed.output
    assert "more" not in listed.output
    few = (await tirek(ward, "list", "--limit", "1")).output
    assert few.splitlines()[-1] == "2 more at referral: see --limit"
    shown = (await tirek(ward, "show", second)).output
    assert f"behind 1 of its key, the first is record {first}, 1 behind it" in shown
    assert incident in shown

    del ward.handling.broken[incident, 1]
    result = await tirek(ward, "redrive", "--key-of", second)
    assert (result.exit_code, result.output) == (0, "referral: 3 asked for, 3 handled\n")
    assert await ward.effects(incident) == [1, 2, 3]
    assert (await tirek(ward, "list")).output == "Nothing is parked.\n"
    result = await tirek(ward, "redrive", "--all")
    assert (result.exit_code, result.output) == (0, "referral: nothing is parked\n")


async def test_one_record_alone_is_redriven_only_in_its_turn(ward: Ward, worker: None) -> None:
    """Order within a key is nobody's to break."""
    incident = await ward.parked(1, 2, because=NO_OFFER)
    del ward.handling.broken[incident, 1]
    first, second = await numbers(ward, incident)
    refused = await tirek(ward, "redrive", "--id", second)
    assert refused.exit_code == 1
    assert refused.output == (
        f"record {second} waits behind record {first} of its key: use --key-of {second}\n"
    )
    for number in (first, second):
        done = await tirek(ward, "redrive", "--id", number)
        assert (done.exit_code, done.output) == (0, "referral: 1 asked for, 1 handled\n")
    assert await ward.effects(incident) == [1, 2]
    again = await tirek(ward, "redrive", "--id", first)
    assert (again.exit_code, again.output) == (1, f"record {first} is handled already\n")


async def test_a_dropped_record_frees_its_key_and_can_be_had_back(ward: Ward, worker: None) -> None:
    """It has no effect and stays on record; the drop is undone as long as anybody likes."""
    incident = await ward.parked(1, 2, because=NO_OFFER)
    first, second = await numbers(ward, incident)
    unsure = await tirek(ward, "drop", first, "--because", "a test", answer="n\n")
    assert unsure.exit_code == 1
    assert f"Give up record {first} of referral (no such offer) for good?" in unsure.output
    assert "nothing was changed" in unsure.output
    dropped = await tirek(ward, "drop", first, "--because", "a test", "--yes")
    assert dropped.exit_code == 0
    assert "parked behind it: 1; `tirek parked redrive --key-of" in dropped.output
    assert "a test" in (await tirek(ward, "list", "--dropped")).output
    assert first not in (await tirek(ward, "list")).output.split()
    refused = await tirek(ward, "redrive", "--id", first)
    assert refused.output.startswith(f"record {first} was dropped: `tirek parked keep {first}`")

    assert (await tirek(ward, "redrive", "--key-of", first)).exit_code == 0
    await answer(ward.notify, incident, 3)
    await ward.did(incident, 2, 3)
    del ward.handling.broken[incident, 1]
    kept = await tirek(ward, "keep", first)
    assert "of its key handled since then: 1;" in kept.output
    assert (await tirek(ward, "redrive", "--id", first)).exit_code == 0
    assert await ward.effects(incident) == [2, 3, 1]
    for verb in (("keep", second), ("drop", second, "--because", "a test", "--yes")):
        refused = await tirek(ward, *verb)
        assert refused.exit_code == 1
        assert refused.output.count("\n") == 1


async def test_bytes_that_no_text_holds_are_parked_and_shown(ward: Ward, worker: None) -> None:
    """Every header comes back as it was; the record waits for a person like any other."""
    key = new_incident()
    headers = [("ce_type", b"a\0b"), ("n\0me", b"\x00\xff\xfe"), ("a=b", b"=%"), ("ce_id", b"")]
    producer = AIOKafkaProducer(**ward.stack.bus().client(), acks="all")
    await producer.start()
    try:
        await producer.send_and_wait("tirek.notify", b"\0", key=key.encode(), headers=headers)
    finally:
        await producer.stop()
    await ward.has_open(key, 1)
    [row] = await ward.rows(key)
    assert unpacked(row["headers"]) == tuple(headers)
    shown = await tirek(ward, "show", str(row["id"]))
    assert shown.exit_code == 0
    assert "no: not an event: KeyError" in shown.output
    again = await tirek(ward, "redrive", "--key-of", str(row["id"]))
    assert again.exit_code == 1
    assert f"record {row['id']}: not an event: KeyError" in again.output
    done = await tirek(ward, "drop", str(row["id"]), "--because", "no event", "--yes")
    assert done.output.count("\n") == 1


async def test_a_header_name_that_is_no_text_stops_nobody(
    ward: Ward, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client library cannot unpack it: it is parked as it was, and all others go on."""
    for part in ("producer", "message_accumulator"):
        monkeypatch.setattr(f"aiokafka.producer.{part}.DefaultRecordBatchBuilder", SlowBuilder)
    key, name = new_incident(), b"\xff\0ce_id"
    neighbours = [new_incident() for _ in range(20)]
    producer = AIOKafkaProducer(**ward.stack.bus().client(), acks="all")
    await producer.start()
    try:
        for incident in neighbours[:10]:
            await answer(ward.notify, incident, 1)
        headers = [(Octets(name), b"x")]
        await producer.send_and_wait("tirek.notify", b"\0", key=key.encode(), headers=headers)
    finally:
        await producer.stop()
    for incident in neighbours[10:]:
        await answer(ward.notify, incident, 1)
    await ward.has_open(key, 1)
    for incident in neighbours:
        await ward.did(incident, 1)
    [row] = await ward.rows(key)
    [(read, value)] = unpacked(row["headers"])
    assert (read.encode("utf-8", "surrogateescape"), value) == (name, b"x")
    done = await tirek(ward, "drop", str(row["id"]), "--because", "no event", "--yes")
    assert done.exit_code == 0


async def test_what_nobody_takes_up_stays_asked_for(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker runs: the command says so after a while, and the next worker needs no asking."""
    monkeypatch.setattr(redrive, "PATIENCE", 0.3)
    incident = await ward.parked(1, because=NO_OFFER)
    del ward.handling.broken[incident, 1]
    [number] = await numbers(ward, incident)
    result = await tirek(ward, "redrive", "--key-of", number)
    assert result.exit_code == 1
    assert result.output == (
        "referral: 1 asked for, 0 handled, 1 still to be tried: its worker goes on by itself\n"
    )
    assert (await tirek(ward, "redrive", "--key-of", number, "--no-wait")).exit_code == 0
    async with redriving(ward.stack, ward.referral, ward.handling.table):
        await ward.did(incident, 1)


async def test_a_number_that_is_nobodys_is_said_in_one_line(ward: Ward) -> None:
    """So is a role that is no service's."""
    result = await tirek(ward, "show", "999999")
    assert (result.exit_code, result.output) == (1, "no record 999999 at referral\n")
    url = f"--database-url={ward.stack.dsn('tirek_clock')}"
    result = await tirek(ward, "list", url)
    assert result.output == "this role belongs to no service: give --service\n"
