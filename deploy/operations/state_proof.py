"""Holds what a service keeps against what it last said of it: a row that somebody edited differs.

Only events that are proven count (`shared.bus.sifting.is_ours`), and those that the outbox holds:
of what has not changed for 14 days nothing can be told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from shared.bus.chain import Row
from shared.events import event_type
from shared.events.notify import AnswerReceived
from shared.events.referral import OfferChanged, ServiceRequestChanged
from shared.events.words import OPEN, OfferStatus

PAGE = 1000
SYSTEM = "SELECT set_config('app.actor', 'system', true)"
Said = Mapping[str, Any]
"""Values by column."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an event says of one row: of the table with this key its id, and what must stand there.

    ``said`` is given the body and the act.
    """

    table: str
    key: str
    id: str
    said: Callable[[Said, Said], Said]

    def rows(self, columns: Iterable[str]) -> str:
        """A statement that reads these columns of rows by their ids."""
        return (
            f"SELECT {self.key}, {', '.join(columns)} FROM {self.table} WHERE {self.key} = ANY ($1)"
        )


def _accepted(body: Said, act: Said) -> Said:
    """When the yes was received, as long as it is the last word of its offer."""
    if body["after"] != OfferStatus.ACCEPTED or body["before"] not in (*OPEN, OfferStatus.EXPIRED):
        return {}
    received_at = datetime.fromisoformat(act["received_at"])
    return {"accepted_at": received_at, "answered_at": received_at}


KEPT: Mapping[str, Kept] = {
    event_type(body): kept
    for body, kept in (
        (
            OfferChanged,
            Kept(
                "offer", "id", "offer_id",
                lambda body, act: {
                    "status": body["after"],
                    "person": body.get("person"),
                    "late": body.get("late", False),
                    "superseded_by": body.get("superseded_by"),
                    **_accepted(body, act),
                },
            ),
        ),
        (
            ServiceRequestChanged,
            Kept(
                "service_request", "id", "service_request_id",
                lambda body, _: {"status": body["status"], "fulfilment": body["fulfilment"]},
            ),
        ),
        (
            AnswerReceived,
            Kept(
                "answers", "answer_id", "answer_id",
                lambda body, act: {
                    "answer": body.get("said", body["answer"]),
                    "staff_id": act["actor"],
                    "received_at": datetime.fromisoformat(act["received_at"]),
                },
            ),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Differing:
    """A row that is not as the event with this number says."""

    table: str
    id: str
    seq: int | None
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """One clear line, without what stands there."""
        number = "an event not yet numbered" if self.seq is None else f"number {self.seq}"
        what = ", ".join(self.columns) if self.columns else "it is gone"
        return f"{self.table} {self.id} not as {number} says: {what}"


@dataclass(slots=True)
class State:
    """The last word of each row, collected as the outbox is read in its order."""

    _last: dict[tuple[Kept, str], tuple[int | None, Said]] = field(default_factory=dict)

    def hear(self, row: Row) -> None:
        """One event that is proven."""
        kept = KEPT.get(row.envelope.type)
        if kept is not None:
            document = orjson.loads(row.document)
            body = document["data"]
            said = kept.said(body, document.get("act") or {})
            self._last[kept, body[kept.id]] = (row.envelope.producer_seq or None, said)

    async def differing(self, database: asyncpg.Connection) -> list[Differing]:
        """Rows that are otherwise; in the transaction in which the outbox was read."""
        await database.execute(SYSTEM)
        wrong: list[Differing] = []
        for kept in KEPT.values():
            ids = [each for of, each in self._last if of is kept]
            for first in range(0, len(ids), PAGE):
                wrong += await self._page(database, kept, ids[first : first + PAGE])
        return wrong

    async def _page(
        self, database: asyncpg.Connection, kept: Kept, ids: list[str]
    ) -> list[Differing]:
        columns = {column for each in ids for column in self._last[kept, each][1]}
        found = {row[kept.key]: row for row in await database.fetch(kept.rows(columns), ids)}
        wrong: list[Differing] = []
        for each in ids:
            seq, said = self._last[kept, each]
            row = found.get(each)
            others = () if row is None else tuple(c for c in said if row[c] != said[c])
            if row is None or others:
                wrong.append(Differing(kept.table, each, seq, others))
        return wrong
