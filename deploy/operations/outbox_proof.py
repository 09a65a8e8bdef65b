"""Holds an outbox against itself (`shared.bus.proof`), against its keys, its topic and the state of
its service, page by page.

The database is read as of one moment, so that neither the relay nor the sweep disturbs.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from deploy.operations.state_proof import Differing, State
from deploy.operations.topic_scan import Claim, TopicScan
from shared.bus.access import Access
from shared.bus.chain import COLUMNS, Row
from shared.bus.proof import Finding, Kind, Link, check, one, together
from shared.bus.sifting import is_ours
from shared.errors import Unavailable
from shared.events import Envelope
from shared.events.envelope import digest
from shared.events.topics import TOPICS
from shared.macs import Macs

PAGE = 500
Progress = Callable[[int], None]
"""Told how many more rows and records have been looked at."""

SPAN = """
SELECT count(producer_seq) AS rows,
       count(*) FILTER (WHERE published_at IS NULL AND refused_at IS NULL) AS waiting,
       count(refused_at) AS refused,
       min(producer_seq) AS first, max(producer_seq) AS last,
       min(time) FILTER (WHERE producer_seq IS NOT NULL) AS since,
       max(time) FILTER (WHERE producer_seq IS NOT NULL) AS until
FROM outbox
"""
ROWS = f"""
SELECT id, {COLUMNS}, digest, published_at, partition, "offset"
FROM outbox WHERE (producer_seq, id) > ($1, $2) ORDER BY producer_seq, id LIMIT $3
"""
NUMBERED = f"""
SELECT id, {COLUMNS}, digest FROM outbox WHERE producer_seq = ANY ($1::bigint[])
"""
FRESH = f"""
SELECT id, {COLUMNS} FROM outbox
WHERE producer_seq IS NULL AND refused_at IS NULL AND id > $1 ORDER BY id LIMIT $2
"""
_BELOW_ALL = -(2**63)


@dataclass(slots=True)
class Looked:
    """What was looked at, and what was found. ``records`` is none if the topic was not read."""

    rows: int
    waiting: int
    refused: int
    """Rows that the relay does not publish: nobody of the service said them."""
    first: int | None
    last: int | None
    since: datetime | None
    until: datetime | None
    unsigned: int = 0
    """Rows from before there were MACs."""
    records: int | None = None
    strange: int = 0
    """Records on the topic that are no event."""
    findings: list[Finding] = field(default_factory=list)
    differing: list[Differing] | None = None
    """Rows that are not as the last event says; none if there is no key to prove events by."""


class Proof:
    """The proof of one service's outbox. ``database`` has its schema in the search path."""

    def __init__(
        self,
        database: asyncpg.Connection,
        service: str,
        progress: Progress,
        macs: Macs | None = None,
    ) -> None:
        self._database = database
        self._macs = macs
        self._state = State()
        self._service = service
        self._progress = progress

    async def verify(self, kafka: Access | None) -> Looked:
        """Checks all; against the topic too if ``kafka`` is given.

        Raises what asyncpg and aiokafka do, and `Unavailable` without the topic.
        """
        async with AsyncExitStack() as open_:
            scan = None
            if kafka is not None:
                topic = TOPICS[self._service].name
                scan = await open_.enter_async_context(TopicScan.opened(kafka, topic))
            # every record below these ends was numbered before the snapshot
            ends = await scan.ends() if scan else {}
            await open_.enter_async_context(
                self._database.transaction(isolation="repeatable_read", readonly=True)
            )
            looked = await self._span()
            if scan is not None:
                looked.records = 0
                async for page in scan.pages():
                    await self._compare(page, ends, looked)
            await self._rows(scan, looked)
            if self._macs is not None:
                looked.refused += await self._fresh(self._macs)
                looked.differing = await self._state.differing(self._database)
        looked.findings = together(looked.findings)
        return looked

    async def _span(self) -> Looked:
        row = await self._database.fetchrow(SPAN)
        if row is None:
            raise Unavailable("database")
        return Looked(**row)

    async def _compare(
        self, page: Sequence[Claim], ends: Mapping[int, int], looked: Looked
    ) -> None:
        """Records against the rows that bear the same numbers."""
        seqs = [claim.seq for claim in page]
        rows = {row["producer_seq"]: row for row in await self._database.fetch(NUMBERED, seqs)}
        for claim in page:
            row = rows.get(claim.seq)
            if claim.seq is None:
                looked.strange += 1
            elif row is None:
                swept = looked.first is not None and claim.seq < looked.first
                if not swept and claim.offset < ends.get(claim.partition, 0):
                    looked.findings.append(one(Kind.REMOVED, claim.seq))
            elif (claim.digest, claim.envelope) != (row["digest"], self._envelope(row)):
                looked.findings.append(one(Kind.DIFFERENT, claim.seq))
            if claim.seq is not None and claim.forged:
                looked.findings.append(one(Kind.FORGED, claim.seq))
        looked.records = (looked.records or 0) + len(page)
        self._progress(len(page))

    async def _rows(self, scan: TopicScan | None, looked: Looked) -> None:
        """The outbox: the chain, and that what is marked as published is there."""
        after, before = (_BELOW_ALL, 0), None
        while page := await self._database.fetch(ROWS, *after, PAGE):
            found, before = check([self._link(row) for row in page], before)
            looked.findings += found
            looked.findings += [
                one(Kind.UNPUBLISHED, row["producer_seq"])
                for row in page
                if scan is not None
                and row["published_at"] is not None
                and scan.lacks(row["producer_seq"], row["partition"], row["offset"])
            ]
            if self._macs is not None:
                looked.findings += self._proven(self._macs, page)
                looked.unsigned += sum(each["number_mac"] is None for each in page)
            after = page[-1]["producer_seq"], page[-1]["id"]
            self._progress(len(page))

    def _proven(self, macs: Macs, page: Sequence[asyncpg.Record]) -> list[Finding]:
        """What of a page is not proven; the rest is what the service said of its rows."""
        found: list[Finding] = []
        for row in (Row.of(self._service, each) for each in page):
            if is_ours(macs, row):
                self._state.hear(row)
            else:
                found.append(one(Kind.UNPROVEN, row.envelope.producer_seq))
        return found

    async def _fresh(self, macs: Macs) -> int:
        """What was said and has no number yet is the last word all the same; how many were not."""
        after = refused = 0
        while page := await self._database.fetch(FRESH, after, PAGE):
            refused += len(self._proven(macs, page))
            after = page[-1]["id"]
        return refused

    def _envelope(self, record: asyncpg.Record) -> Envelope:
        return Row.of(self._service, record).envelope

    def _link(self, record: asyncpg.Record) -> Link:
        row = Row.of(self._service, record)
        now = digest(row.envelope, row.document)
        return Link(row.envelope.producer_seq, row.envelope.prev, record["digest"], now)


async def size(database: asyncpg.Connection) -> int:
    """Rows that will be looked at."""
    found: int = await database.fetchval("SELECT count(producer_seq) FROM outbox")
    return found
