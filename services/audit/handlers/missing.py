"""Missing: numbers that a producer has given out, and that it cannot show when it is asked."""

from datetime import timedelta

from services.audit.model.findings import Finding, Kind, gaps
from services.audit.publish import raise_finding
from services.audit.store import chains
from shared import locks
from shared.db import Tx

LOCK = "chains"
PATIENCE = timedelta(minutes=10)
"""What came so long ago has been followed by many questions (`shared.bus.asking`): whatever lies
before it has had its time, even if its producer does not answer."""


async def look(tx: Tx) -> None:
    """Looks behind what is known of each producer."""
    await locks.hold(tx, LOCK)
    await chains.begin(tx)
    for producer, (upto, numbers) in (await chains.unknown(tx, tx.now - PATIENCE)).items():
        for first, last in gaps(upto, numbers):
            await raise_finding(tx, Finding(Kind.GAP, producer, first, last))
        await chains.reached(tx, producer, max(upto, *numbers))
