"""What readers ask a producer: what was said to them, and to say some of it again.

The bus may lie about what it delivered, and the reader cannot see it: a lost tail leaves no gap. So
each reader asks the producer itself (`shared.bus.asking`). Only services may, each for what it may
read (`shared.events.registry.READERS`); ids, numbers and places are all that is told.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from shared import outbox
from shared.events import READERS, event_type
from shared.events.services import SERVICES
from shared.http.schemas import Strict
from shared.http.web import Db

router = APIRouter(include_in_schema=False)
Age = Annotated[float, Query(ge=0, le=86_400)]


def _asker(request: Request) -> str:
    asker: str = request.state.service
    return asker


Asker = Annotated[str, Depends(_asker)]


class AgainBody(Strict):
    """Ids of events that did not come."""

    ids: list[Annotated[str, Field(max_length=64)]] = Field(max_length=outbox.MOST)


def types_for(reader: str) -> list[str] | None:
    """The types of events that a service may read; none where it keeps them all, opened or not."""
    if SERVICES[reader].keeps:
        return None
    return [event_type(body) for body, readers in READERS.items() if reader in readers]


@router.get(outbox.ASKED)
async def addressed(
    asker: Asker, db: Db, age: Age, after: Annotated[int, Query(ge=0, lt=2**62)] = 0
) -> outbox.Page:
    """What was said to the asker and published ``age`` seconds ago or before."""
    async with db.transaction() as tx:
        return await outbox.addressed(tx, types_for(asker), after, timedelta(seconds=age))


@router.post(f"{outbox.ASKED}/again")
async def again(asker: Asker, db: Db, age: Age, body: AgainBody) -> dict[str, int]:
    """Publishes once more what did not come. Safe to repeat: readers know each event by its id."""
    async with db.transaction() as tx:
        return {"count": await outbox.again(tx, types_for(asker), body.ids, timedelta(seconds=age))}
