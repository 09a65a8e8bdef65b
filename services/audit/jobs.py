"""Jobs of the audit service, driven by time."""

from datetime import datetime, timedelta

from services.audit import metrics
from services.audit.deps import Deps
from services.audit.facts.hearing import look
from services.audit.facts.rebuilding import rebuild
from services.audit.facts.store import FIRST_LACKING
from services.audit.handlers import growing, mailing, missing, signing, vouching
from services.audit.handlers.checking import check
from services.audit.ledger.tree import Tree
from services.audit.store import heard, tree
from services.audit.witnesses import handlers as witnesses
from services.audit.witnesses import parting
from shared.db import Tx
from shared.runtime.jobs import Look
from shared.runtime.quarantine import Step

GROWING = Look(heard.CHANNEL, due=heard.FIRST_WAITING)
MISSING_EVERY = timedelta(seconds=30)
MISSING = Look("missing", longest=MISSING_EVERY.total_seconds())
"""Nobody notifies it."""
SIGNING = Look("signing", longest=15.0)
"""Nobody notifies it: nobody waits for the second."""
LACKING = Look("lacking", longest=60.0, due=FIRST_LACKING)
REBUILDING_EVERY = timedelta(seconds=60)
REBUILDING = Look("rebuilding", longest=REBUILDING_EVERY.total_seconds())
"""Nobody notifies these two."""
CHECKING_EVERY = timedelta(seconds=60)
CHECKING = Look("checking", longest=CHECKING_EVERY.total_seconds())
"""Nobody notifies it."""
MAILING_EVERY = timedelta(minutes=5)
MAILING = Look("mailing", longest=MAILING_EVERY.total_seconds())
"""Nobody notifies it."""
WITNESSES_EVERY = timedelta(seconds=60)
UNWITNESSED = Look("unwitnessed", longest=WITNESSES_EVERY.total_seconds())
"""Nobody notifies it."""


async def grow(tx: Tx) -> datetime | None:
    """A step of the tree; when to come again."""
    if await growing.grow(tx) == growing.AT_ONCE:
        return tx.now
    metrics.SIZE.set(await tree.size(tx))
    return None


async def look_for_missing(tx: Tx) -> datetime | None:
    """A step of looking for numbers that nobody can show."""
    await missing.look(tx)
    return tx.now + MISSING_EVERY


def mailing_job(deps: Deps) -> Step:
    """A step of sending the day's checkpoint; when to look again."""

    async def step(tx: Tx) -> datetime | None:
        await mailing.mail(tx, deps)
        return tx.now + MAILING_EVERY

    return step


def signing_job(deps: Deps) -> Step:
    """A step of signing; when to look again."""

    async def step(tx: Tx) -> datetime | None:
        return await signing.sign(tx, deps)

    return step


def lacking_job(deps: Deps) -> Step:
    """A step of looking again at judgements whose answers have not come; when to look again."""

    async def step(tx: Tx) -> datetime | None:
        return tx.now if await look(tx, deps) else None

    return step


def rebuilding_job() -> Step:
    """A step of making facts anew from what was said, for ever: who changes a row is found within
    hours; when to go on."""
    behind = ""

    async def step(tx: Tx) -> datetime | None:
        nonlocal behind
        behind = (await rebuild(tx, behind)).last or ""
        return tx.now + REBUILDING_EVERY

    return step


def checking_job() -> Step:
    """A step of holding the ledger against what was signed of it, and what is kept beside it
    against its MACs, for ever; when to go on."""
    held, behind = Tree(), ""

    async def step(tx: Tx) -> datetime | None:
        nonlocal held, behind
        behind = await vouching.vouch(tx, held.size, behind)
        held = await check(tx, held) or Tree()
        return tx.now + CHECKING_EVERY

    return step


def unwitnessed_job(deps: Deps) -> Step:
    """A step of looking for what too few witnesses cosigned; when to look again."""

    async def step(tx: Tx) -> datetime | None:
        await parting.consider(tx, deps)  # a restore may be heard after the witnesses
        metrics.COVERED.set(await witnesses.look(tx, deps.witnesses.current))
        return tx.now + WITNESSES_EVERY

    return step
