"""Growing: what was heard gets its leaf, in one order for ever, and is judged by its neighbours."""

from services.audit.model import judging
from services.audit.model.judging import Around
from services.audit.publish import raise_finding
from services.audit.store import findings, heard, tree
from services.audit.store.findings import Outage
from shared import locks
from shared.db import Tx

LOCK = "tree"
AT_ONCE = 500


async def grow(tx: Tx) -> int:
    """Appends the next leaves, one process at a time; how many."""
    await locks.hold(tx, LOCK)
    waiting = await heard.waiting(tx, AT_ONCE)
    if not waiting:
        return 0
    ids = [each.id for each in waiting]
    await tree.grow(tx, await tree.tree(tx), ids, [each.hash for each in waiting])
    await heard.no_longer_waiting(tx, ids)
    for each in waiting:
        await _judge(tx, each.around)
    return len(waiting)


async def _judge(tx: Tx, event: Around) -> None:
    for finding in judging.judge(event):
        await raise_finding(tx, finding)
    if event.is_late and event.appended_at is not None:
        meanwhile = await heard.meanwhile(tx, event)
        if event.said_at < meanwhile.begun_at:
            return  # nobody watched yet
        if not judging.is_excused(event, meanwhile.in_time, meanwhile.latest_before):
            await raise_finding(tx, judging.late(event))
            return
        since = meanwhile.in_time or meanwhile.begun_at
        await findings.excuse(tx, Outage(event.producer, since, event.appended_at, event.seq))
