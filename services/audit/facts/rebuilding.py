"""Rebuilding: rows are made anew from what was said, and held against those that are kept."""

from collections.abc import Collection
from dataclasses import dataclass

from services.audit.facts import store
from services.audit.facts.hearing import LIFE, disproven, finding
from services.audit.facts.model.fold import fold
from services.audit.model.findings import Kind
from services.audit.publish import raise_finding
from shared import locks
from shared.db import Tx

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """So many service requests were looked at, and these had other rows; ``last`` is the last one,
    none where there are no more."""

    looked: int
    different: list[str]
    last: str | None


async def rebuild(tx: Tx, behind: str = "", at_most: int = AT_ONCE) -> Rebuilt:
    """The next service requests behind an id. Rows that are not what follows are set right, and
    found; those of which nothing was said, or a word was changed, stay, and are named."""
    requests = await store.after(tx, behind, at_most)
    different = await _compare(tx, requests)
    last = requests[-1] if len(requests) == at_most else None
    return Rebuilt(len(requests), different, last)


async def _compare(tx: Tx, requests: Collection[str]) -> list[str]:
    await locks.hold(tx, *(locks.slot(LIFE, each) for each in requests))
    lives, kept = await store.lives(tx, requests), await store.kept(tx, requests)
    altered = await disproven(tx, lives)
    different = []
    for request_id in requests:
        if request_id in altered:
            different.append(request_id)
            continue
        said = lives.get(request_id, [])
        facts = fold(said)
        if kept[request_id] == (facts or (None, ())):
            continue
        different.append(request_id)
        if facts is not None:
            await store.put(tx, [facts])
        if said:
            newest = max(said, key=lambda each: (each.time, each.event_id))
            await raise_finding(tx, finding(Kind.FACTS, newest))
    return different
