"""``python -m tests.throwaway.play``: a stack with the new service; prints what came of it."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import asyncpg
import httpx
from shared.events.throwaway import Thrown

from deploy.local.stack import Stack
from shared.clock import wall
from shared.db import Database
from shared.security.tokens import Caller, Signer
from shared.settings import Environment
from tests.support.bus import ReferralLike, relaying, settings
from tests.support.eventually import eventually

PARTS = ("referral.migrate", "throwaway.serve", "throwaway.work")
WORKER = Caller("st-thrower1", "sezim-bishkek", frozenset({"worker"}))


async def play(state: Path) -> dict[str, object]:
    """Throws something on referral's topic; what the page shows, and where the answer was said."""
    async with Stack(state, ports="free", env=Environment.TEST, parts=PARTS) as stack:
        referral = Database(settings(stack, ReferralLike))
        async with referral.transaction() as tx:
            tx.emit(Thrown(what="a stone"), subject="a stone", version=1)
        signer = Signer.from_file(stack.keys("console") / "tokens.private.json")
        own = await asyncpg.connect(stack.superuser("tirek"))
        bearer = {"Authorization": f"Bearer {signer.token(WORKER, wall())}"}
        said = "SELECT type FROM throwaway.outbox WHERE published_at IS NOT NULL"
        async with (
            relaying(stack, referral),
            httpx.AsyncClient(base_url=stack.url("throwaway"), headers=bearer) as client,
        ):
            await eventually(lambda: own.fetchval(said), within=60)
            page = (await client.get("/thrown")).json()
            stranger = (await client.get("/thrown", headers={"Authorization": ""})).status_code
        emitted = await own.fetchval(said)
        await own.close()
        await referral.close()
        return {"page": page, "emitted": emitted, "stranger": stranger}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(asyncio.run(play(Path(folder)))) + "\n")
