"""What operators do while all runs: rotate keys, put back a backup, look for who meddled."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime

import asyncpg

from deploy.local.stack import ROOT
from deploy.topology import HOST
from tests.campaign.calm import Watch
from tests.campaign.scene import Fault, Must, Scene
from tests.support.faults import backups, brokers
from tests.support.services import LISTENING

ROTATIONS = 2


async def tirek(scene: Scene, *arguments: str, **environment: str) -> tuple[int, str]:
    """The command of an operator; its exit code and what it says."""
    given = {
        **os.environ,
        "TIREK_SECRETS": str(scene.stack.state / "secrets"),
        "TIREK_KAFKA": scene.stack.kafka,
        "TIREK_POSTGRES": f"{HOST}:{scene.stack.port('postgres')}",
        "COLUMNS": "200",
        **environment,
    }
    argv = (sys.executable, "-m", "deploy.cli", *arguments)
    done = await asyncio.to_thread(
        subprocess.run, argv, env=given, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


async def rotate_keys(scene: Scene) -> int:
    """Every service gets a new sealing key, twice, while all seal and open."""

    async def once(number: int) -> None:
        service = LISTENING[number % len(LISTENING)]
        code, said = await tirek(scene, "keys", "rotate", service)
        scene.require(code == 0, f"tirek keys rotate {service} ended with {code}: {said[-200:]}")

    return await scene.spread(ROTATIONS * len(LISTENING), once)


async def restore_backup(scene: Scene) -> int:
    """The database as it was in the middle of the reports; topics made anew, as a runbook says."""
    await scene.taken(0.4)
    begun = datetime.now(UTC)
    copy = await backups.backup(scene.stack, scene.stack.state / "backup")
    await scene.taken(0.9)
    services = [scene.stack.part(f"{name}.{kind}") for name in LISTENING for kind in PROCESSES]
    await asyncio.gather(*(part.stop() for part in services))
    await backups.restore(scene.stack, copy)
    await brokers.wipe(scene.stack)
    end = datetime.now(UTC)
    scene.note("forgotten", start=begun.isoformat(), end=end.isoformat())
    await asyncio.gather(*(part.start(60) for part in services))
    since = scene.taken_since(begun.timestamp())
    kept = await scene.ask(KEPT, since)
    scene.measured["taken after the backup began and lost with it"] = f"{len(since) - kept}"
    scene.measured["of so many"] = len(since)
    scene.remarks.append("what came after the backup is lost with it, texts may come again")
    return 1


PROCESSES = ("work", "serve")
KEPT = "SELECT count(*) FROM intake.incidents WHERE incident_id = ANY($1::text[])"

REST = (
    "type, key, subject, time, correlation_id, causation_id, aggregate_version, document, prev,"
    ' digest, published_at, partition, "offset"'
)
WHICH = "producer_seq = (SELECT max(producer_seq) / 2 FROM {service}.outbox)"
DAMAGE = {
    "deleted": "DELETE FROM {service}.outbox WHERE " + WHICH,
    "altered": "UPDATE {service}.outbox SET document = convert_to(replace(convert_from(document,"
    " 'UTF8'), 'salt', 'sa1t'), 'UTF8') WHERE " + WHICH,
    "inserted": "INSERT INTO {service}.outbox (id, event_id, {rest}, producer_seq)"
    " OVERRIDING SYSTEM VALUE SELECT id + 1000000, event_id || 'x', {rest},"
    " (SELECT max(producer_seq) + 1 FROM {service}.outbox) FROM {service}.outbox WHERE " + WHICH,
}
"""What somebody with the database in hand may do to a row that was published."""


async def meddle(scene: Scene) -> int:
    """A row of an outbox is deleted, altered, inserted; `tirek outbox verify` says so each time."""
    await scene.taken(1.0)
    scene.people.kind = True
    watch = Watch(scene.stack)
    await watch.rest(120)
    await watch.close()
    made = 0
    for service in LISTENING:
        dsn = scene.stack.superuser("tirek")
        code, said = await _verified(scene, service)
        scene.require(code == 0, f"outbox verify of a sound {service}: {said[-300:]}")
        for how, statement in DAMAGE.items():
            await _spoil(dsn, service, statement)
            code, said = await _verified(scene, service)
            scene.require(code == 1, f"outbox verify did not show a row {how} in {service}")
            scene.note("verify", service=service, how=how, said=said[-400:])
            await _mend(dsn, service)
            made += 1
    scene.measured["shown by tirek outbox verify"] = f"{made - len(scene.broken)} of {made}"
    return made


async def _verified(scene: Scene, service: str) -> tuple[int, str]:
    dsn = scene.stack.dsn(f"tirek_{service}")
    return await tirek(scene, "outbox", "verify", TIREK_DATABASE_URL=dsn)


async def _spoil(dsn: str, service: str, statement: str) -> None:
    """Damages a row, with a copy of all that was published kept aside."""
    await _run(
        dsn,
        f"CREATE TABLE public.kept AS SELECT * FROM {service}.outbox"
        " WHERE published_at IS NOT NULL",
        statement.format(service=service, rest=REST),
    )


async def _mend(dsn: str, service: str) -> None:
    """What was published is as it was; what came meanwhile stays."""
    await _run(
        dsn,
        f"DELETE FROM {service}.outbox WHERE id > 1000000",
        f"DELETE FROM {service}.outbox WHERE id IN (SELECT id FROM public.kept)",
        f"INSERT INTO {service}.outbox OVERRIDING SYSTEM VALUE SELECT * FROM public.kept",
        "DROP TABLE public.kept",
    )


async def _run(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


TABLE = (
    Fault(
        "keys-rotated",
        "Every service's sealing key is rotated twice, under load.",
        rotate_keys,
        Must(late=2.0),
        seconds=25.0,
    ),
    Fault(
        "restore-of-a-backup",
        "The database as it was 40 % into the reports is put back, with empty topics.",
        restore_backup,
        Must(late=60.0, normal=90.0, repeats=1_000_000, unmarked=1_000_000),
        within=400.0,
    ),
    Fault(
        "outbox-meddled",
        "A row of each outbox is deleted, altered, inserted behind the service's back.",
        meddle,
        Must(late=2.0),
        within=400.0,
    ),
)
"""What operators do, and what they must see."""
