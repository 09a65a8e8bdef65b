"""Mailing: the newest checkpoint goes each day to organisations that distrust each other."""

from services.audit.deps import Deps
from services.audit.publish import checkpoint_to
from services.audit.store import checkpoints
from services.audit.witnesses.handlers import with_cosignatures
from shared.db import Tx

ONCE = """
INSERT INTO mailed (day, size, mailed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true
"""


async def mail(tx: Tx, deps: Deps) -> None:
    """Has it told to the auditors of each organisation that the country names, once a day."""
    country, signed = deps.country.current, await checkpoints.newest(tx)
    organisations = country.profile.checkpoint_to
    if not organisations or signed is None:
        return
    day = tx.now.astimezone(country.zone).date()
    if await tx.fetchval(ONCE, day, signed.size, tx.now):
        note = bytes(await with_cosignatures(tx, signed)).decode()
        for each in organisations:
            checkpoint_to(tx, each, note, f"{day}")
