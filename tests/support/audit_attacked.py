"""A ledger in the hands of whoever administers its database, and what others kept of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from deploy.local.stack import Stack
from deploy.simulators import witnesses as simulated
from services.audit import jobs
from services.audit.handlers.signing import sign
from services.audit.ledger import verify
from services.audit.ledger.checkpoints import Checkpoint
from services.audit.ledger.export import all_tiles, tile_path
from services.audit.ledger.notes import Note
from services.audit.settings import AuditSettings
from services.audit.signing import Signing
from services.audit.witnesses.asking import Witnessing
from shared.events import Event
from shared.events.restores import ServiceRestored
from tests.support.audit_ledger import AUDITOR, Ledger, ledger
from tests.support.tokens import bearer

ORIGIN = AuditSettings.model_fields["ledger_origin"].default
LATER = f"{ORIGIN}/2"
TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = $1 AND relkind = 'r' AND relname <> 'alembic_version' ORDER BY 1
"""
FOUND = "SELECT kind, producer, first, last FROM findings ORDER BY kind, first"


@dataclass(slots=True)
class Attacked:
    """Audit, its three witnesses of whom one is off, and the superuser in its schema, whom no
    trigger and no foreign key stops."""

    ledger: Ledger
    root: asyncpg.Connection
    policy: Path
    known: dict[str, simulated.Simulated]
    heard: list[Event[Any]] = field(default_factory=list)
    """What the ledger was grown from."""

    async def signed(self) -> int:
        """A checkpoint of all there is; how many leaves."""
        async with self.ledger.db.transaction() as tx:
            await sign(tx, replace(self.ledger.deps, checkpoint_every=timedelta(0)))
        note = await self.file("checkpoint")
        return int(note.split(b"\n")[1])

    async def looked(self) -> None:
        """Audit holds its ledger against what was signed, and what is beside it against its MACs,
        to the end."""
        checking = jobs.checking_job()
        for step in (checking, checking, jobs.rebuilding_job()):
            async with self.ledger.db.transaction() as tx:
                await step(tx)

    async def asked(self, *off: str) -> None:
        """Each witness once, but for those that are off."""
        app = FastAPI()
        app.mount(simulated.PATH, simulated.witnesses_app(self.known, "", off))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
            await Witnessing(self.ledger.db, self.ledger.deps).round(http)

    async def file(self, path: str) -> bytes:
        """A file of the ledger, as C2SP names them; nothing if it is not there."""
        answer = await self.ledger.get(f"/ledger/{path}")
        return answer.content if answer.status_code == 200 else b""

    async def export(self, folder: Path) -> Path:
        """What anybody can fetch: the checkpoint, and the entries and tiles below it."""
        checkpoint = await self.file("checkpoint")
        size = int(checkpoint.split(b"\n")[1])
        entries = [verify.path_of("entries", at, size) for at in range(-(-size // 256))]
        tiles = [tile_path(each, size) for each in all_tiles(size)]
        for path in ("checkpoint", *entries, *tiles):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(await self.file(path))
        return folder

    def verifies(self, *files: Path) -> bool:
        """Whether the one file that needs nothing of ours finds all as it was signed."""
        signing = self.ledger.deps.signing
        keys = (f"--key={signing.verifiers(name)[0]}" for name in (ORIGIN, LATER))
        return verify.main([*keys, *map(str, files)]) == 0

    async def kept(self, name: str) -> None:
        """All of audit's database as it is now: a backup of it alone."""
        await self.root.execute(f"CREATE SCHEMA {name}")
        for table in await self._tables():
            copy = f"CREATE TABLE {name}.{table} AS TABLE audit.{table}"
            await self.root.execute(copy)

    async def restored(self, name: str) -> None:
        """It is as it was then."""
        for table in await self._tables():
            await self.root.execute(f"""
                DELETE FROM audit.{table};
                INSERT INTO audit.{table} OVERRIDING SYSTEM VALUE TABLE {name}.{table}
            """)

    async def wiped(self) -> None:
        """Nothing of it is left."""
        for table in await self._tables():
            await self.root.execute(f"DELETE FROM audit.{table}")

    async def says_that_it_was_restored(self) -> None:
        """As `tirek restore` puts it into the outbox."""
        async with self.ledger.db.transaction() as tx:
            body = ServiceRestored(service="audit", backup="b", backup_at=tx.now, goes_on_from=1)
            tx.emit(body, subject="audit", version=1)
        await self.ledger.hear((await self.ledger.producer()).say())

    async def bring(self, note: Note) -> httpx.Response:
        """Somebody brings a checkpoint as a file."""
        body, headers = {"note": bytes(note).decode()}, bearer(self.ledger.stack, AUDITOR)
        return await self.ledger.http.post("/ledger/cosignatures", json=body, headers=headers)

    async def goes_on_as(self, name: str, folder: Path) -> None:
        """It is signed under another name, enough witnesses cosign that, and it verifies."""
        await self.ledger.hear((await self.ledger.producer()).say())
        size = await self.signed()
        await self.asked()
        cosigned = Checkpoint.parse(Note.parse(await self.file("checkpoint/cosigned")).text)
        assert (cosigned.origin, cosigned.size) == (name, size)
        assert (await self.ledger.get("/ledger/status")).json()["origin"] == name
        assert self.verifies(await self.export(folder))

    async def rewritten(self) -> None:
        """The tree is made anew over the leaves that are there, as if it had always been so."""
        await self.root.execute("""
            DELETE FROM leaves; DELETE FROM tiles; DELETE FROM heads;
            INSERT INTO waiting SELECT id FROM heard
        """)
        await self.ledger.grow()

    async def signed_at(self, size: int) -> bytes:
        """The checkpoint of this size, as it was signed."""
        query = "SELECT note FROM checkpoints WHERE size = $1"
        return str((await self.ledger.fetch(query, size))[0]["note"]).encode()

    async def found(self) -> set[tuple[str, str, int, int]]:
        """Kind, producer, first and last of each finding."""
        return {(row[0], row[1], row[2], row[3]) for row in await self.ledger.fetch(FOUND)}

    async def kinds(self) -> set[str]:
        """Of what kinds they are."""
        return {kind for kind, *_ in await self.found()}

    async def _tables(self) -> list[str]:
        return [row[0] for row in await self.root.fetch(TABLES, "audit")]


@asynccontextmanager
async def attacked(stack: Stack, folder: Path) -> AsyncIterator[Attacked]:
    """On a stack of its own: what is done here leaves nothing whole."""
    policy = folder / "witnesses.policy"
    signing = Signing.from_directory(stack.keys("audit"), ORIGIN)
    later = f"log {signing.verifiers(LATER)[0]}\n"  # what witnesses do once they were told
    policy.write_text(simulated.policy(signing.verifier, "http://127.0.0.1") + later)
    root = await asyncpg.connect(stack.superuser("tirek"))
    await root.execute("SET search_path = audit; SET session_replication_role = replica")
    try:
        async with ledger(stack, witnesses=policy) as own:
            yield Attacked(own, root, policy, simulated.three(policy))
    finally:
        await root.close()
