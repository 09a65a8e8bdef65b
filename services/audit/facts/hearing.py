"""Hearing: what was opened is kept, and the facts of its service requests are made anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.audit.deps import Deps
from services.audit.facts import store
from services.audit.facts.model.doubts import doubts, look_again
from services.audit.facts.model.fold import fold
from services.audit.facts.model.said import Said
from services.audit.facts.reading import Counting, read
from services.audit.model.findings import Finding, Kind
from services.audit.publish import raise_finding
from shared import locks
from shared.db import Tx
from shared.events import Event

LIFE = "life"
AT_ONCE = 100


async def on_said(deps: Deps, tx: Tx, events: Sequence[Event[Any]]) -> None:
    """Keeps the few words of each, makes the rows that follow, and judges."""
    counting = Counting(deps.country.current)
    said = [each for event in events if (each := read(event, counting)) is not None]
    if not said:
        return
    offers = {each.offer_id for each in said if each.offer_id is not None}
    requests = {each.service_request_id for each in said if each.service_request_id is not None}
    # what comes by other topics meanwhile waits, and then sees these
    await locks.hold(tx, *(locks.slot(LIFE, each) for each in offers | requests))
    await store.keep(tx, said)
    shown = {each.offer_id for each in said if each.service_request_id is None and each.offer_id}
    if shown:
        requests |= await store.of_offers(tx, shown)
    await _judge(tx, counting, await store.lives(tx, requests))


async def look(tx: Tx, deps: Deps) -> int:
    """Looks again at judgements whose answers have had their time to come; at how many."""
    due = await store.lacking(tx, AT_ONCE)
    if due:
        await locks.hold(tx, *(locks.slot(LIFE, each) for each in due))
        await _judge(tx, Counting(deps.country.current), await store.lives(tx, due))
    return len(due)


async def _judge(tx: Tx, counting: Counting, lives: dict[str, list[Said]]) -> None:
    altered = await disproven(tx, lives)
    good = [said for life, said in lives.items() if life not in altered]
    folded = map(fold, good)
    await store.put(tx, [facts for facts in folded if facts is not None])
    due = {each: look_again(said, tx.now) for each, said in lives.items()}
    await store.lack(tx, due | dict.fromkeys(altered))
    for said in good:
        for doubt in doubts(said, counting, tx.now):
            await raise_finding(tx, finding(Kind(doubt.code.value), doubt.said))


async def disproven(tx: Tx, lives: Mapping[str, Sequence[Said]]) -> set[str]:
    """Lives of which a word is not as audit wrote it: that is found, and nothing follows then."""
    altered = {life: [each for each in said if not each.proven] for life, said in lives.items()}
    for said in altered.values():
        for each in said:
            await raise_finding(tx, finding(Kind.SAID, each))
    return {life for life, said in altered.items() if said}


def finding(kind: Kind, said: Said) -> Finding:
    """One that an event shows."""
    return Finding(kind, said.source, said.seq, said.seq, said.event_id)
