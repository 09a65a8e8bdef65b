"""At a cut: the facts of a time as they were then, whatever was said since."""

from asyncio import to_thread
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.audit.facts import store
from services.audit.facts.hearing import disproven
from services.audit.facts.model.as_of import as_of
from services.audit.facts.model.fold import Facts, fold
from services.audit.facts.model.said import Said
from services.audit.facts.store import Begun
from services.audit.figures.facts import OfferFact, RequestFact
from shared.db import Tx

SAID_SINCE = """
SELECT DISTINCT service_request_id FROM said
WHERE service_request_id = ANY ($1) AND coalesce(received_at, time) > $2
"""
HEARD_SINCE = """
SELECT count(*) FROM said
WHERE service_request_id = ANY ($1) AND coalesce(received_at, time) <= $2 AND heard_at > $2
"""


@dataclass(frozen=True, slots=True)
class Then:
    """``heard_since``: words that were said by the cut, and that audit heard only after it: with
    them the facts are others than they were to whoever asked before."""

    requests: Sequence[RequestFact]
    offers: Sequence[OfferFact]
    heard_since: int


async def at_cut(tx: Tx, begun: Begun, cut: datetime) -> Then:
    """The facts of all that may have begun in that time, as of ``cut``: rows of whatever more was
    said of since are folded anew from what had been said by then."""
    requests, offers = await store.requests(tx, begun), await store.offers(tx, begun)
    ids = list(
        {each.service_request_id for each in requests}
        | {each.service_request_id for each in offers}
    )
    since = [row[0] for row in await tx.fetch(SAID_SINCE, ids, cut)]
    lives = await store.lives(tx, since) if since else {}
    await disproven(tx, lives)  # a word that was changed is found at the latest where it is told
    then = await to_thread(_folded, lives.values(), cut)
    grown = frozenset(since)
    return Then(
        [each for each in requests if each.service_request_id not in grown]
        + [facts.request for facts in then],
        [each for each in offers if each.service_request_id not in grown]
        + [offer for facts in then for offer in facts.offers],
        await tx.fetchval(HEARD_SINCE, ids, cut),
    )


def _folded(lives: Iterable[Sequence[Said]], cut: datetime) -> list[Facts]:
    return [facts for said in lives if (facts := fold(as_of(said, cut)))]
