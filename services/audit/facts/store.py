"""What was said as far as facts need it, and the facts: columns are the fields of the shapes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import orjson

from services.audit.facts.model.fold import Facts
from services.audit.facts.model.said import WHAT, Said
from services.audit.figures.facts import OfferFact, RequestFact
from shared.db import Tx
from shared.events.canonical import canonical
from shared.events.words import Answer, CloseReason, Urgency
from shared.macs import Mac, Value

F = TypeVar("F", RequestFact, OfferFact)
Rows = tuple[RequestFact | None, tuple[OfferFact, ...]]
"""Of one service request, as they are kept: with its own, if there is one."""
KEEP = """
INSERT INTO said (event_id, source, producer_seq, time, received_at, channel, cause,
                  service_request_id, offer_id, words, mac_key, mac, heard_at)
SELECT *, $13
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::text[],
            $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::text[], $12::bytea[])
ON CONFLICT (event_id) DO NOTHING
"""
OF_OFFERS = """
SELECT DISTINCT service_request_id FROM said
WHERE offer_id = ANY ($1) AND service_request_id IS NOT NULL
"""
COLUMNS = """event_id, source, producer_seq, time, received_at, channel, cause,
    service_request_id, offer_id, words, heard_at, mac_key, mac"""
OF_EVENTS = f"SELECT {COLUMNS} FROM said WHERE event_id = ANY ($1)"
LIVES = f"""
SELECT service_request_id AS life, {COLUMNS} FROM said WHERE service_request_id = ANY ($1)
UNION ALL
SELECT theirs.service_request_id, {COLUMNS.replace("service_request_id", "NULL")}
FROM said JOIN (SELECT DISTINCT service_request_id, offer_id AS offer FROM said
                WHERE service_request_id = ANY ($1) AND offer_id IS NOT NULL) AS theirs
    ON said.offer_id = theirs.offer
WHERE said.service_request_id IS NULL
"""
NEXT = """
SELECT service_request_id FROM (
    (SELECT DISTINCT service_request_id FROM said WHERE service_request_id > $1 ORDER BY 1 LIMIT $2)
    UNION
    (SELECT service_request_id FROM request_facts WHERE service_request_id > $1 ORDER BY 1 LIMIT $2)
    UNION
    (SELECT DISTINCT service_request_id FROM offer_facts WHERE service_request_id > $1
     ORDER BY 1 LIMIT $2)
) AS known ORDER BY service_request_id LIMIT $2
"""
LACK = """
WITH given AS (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS new (life, look_at)),
none AS (
    DELETE FROM lacking USING given WHERE service_request_id = life AND given.look_at IS NULL
)
INSERT INTO lacking (service_request_id, look_at)
SELECT life, look_at FROM given WHERE look_at IS NOT NULL
ON CONFLICT (service_request_id) DO UPDATE SET look_at = excluded.look_at
"""
FIRST_LACKING = "SELECT min(look_at) FROM lacking"
LACKING = "SELECT service_request_id FROM lacking WHERE look_at <= $1 ORDER BY look_at LIMIT $2"


def _put(table: str, fields: Sequence[str]) -> str:
    """The statement that sets a row right, if it is not."""
    named, given = ", ".join(fields), ", ".join(f"${at + 1}" for at in range(len(fields)))
    new = ", ".join(f"excluded.{each}" for each in fields)
    old = ", ".join(f"{table}.{each}" for each in fields)
    return f"""
    INSERT INTO {table} ({named}) VALUES ({given})
    ON CONFLICT ({fields[0]}) DO UPDATE SET ({named}) = ROW ({new})
    WHERE ({old}) IS DISTINCT FROM ({new})
    """


_REQUEST, _OFFER = ", ".join(RequestFact._fields), ", ".join(OfferFact._fields)
PUT_REQUEST = _put("request_facts", RequestFact._fields)
PUT_OFFER = _put("offer_facts", OfferFact._fields)
REQUESTS = """
SELECT {columns} FROM request_facts WHERE opened_at >= $1 AND opened_at < $2
AND ($3 = '' OR starts_with(territory, $3))
"""
OFFERS = """
SELECT {columns} FROM offer_facts
WHERE greatest(requested_at, told_at, accepted_at) >= $1 AND requested_at < $2
AND ($3 = '' OR starts_with(territory, $3))
"""
REQUESTS_NOW = f"SELECT {_REQUEST} FROM request_facts WHERE service_request_id = ANY ($1)"
OFFERS_NOW = f"""
SELECT {_OFFER} FROM offer_facts WHERE service_request_id = ANY ($1) ORDER BY offer_id
"""
_WORDS: dict[type, dict[int, dict[str, Any]]] = {
    RequestFact: {
        RequestFact._fields.index("urgency"): {each.value: each for each in Urgency},
        RequestFact._fields.index("closed"): {each.value: each for each in CloseReason},
    },
    OfferFact: {
        OfferFact._fields.index("urgency"): {each.value: each for each in Urgency},
        OfferFact._fields.index("decision"): {each.value: each for each in Answer},
        OfferFact._fields.index("decision_now"): {each.value: each for each in Answer},
    },
}


async def keep(tx: Tx, said: Sequence[Said]) -> None:
    """Keeps what is not here yet."""
    words = [WHAT.dump_json(each.words, exclude_none=True).decode() for each in said]
    macs = [
        tx.macs.row("said", *_covered(each, theirs, tx.now))
        for each, theirs in zip(said, words, strict=True)
    ]
    await tx.execute(
        KEEP,
        [each.event_id for each in said],
        [each.source for each in said],
        [each.seq for each in said],
        [each.time for each in said],
        [each.received_at for each in said],
        [each.channel for each in said],
        [each.cause for each in said],
        [each.service_request_id for each in said],
        [each.offer_id for each in said],
        words,
        [each.key for each in macs],
        [each.code for each in macs],
        tx.now,
    )


async def of_offers(tx: Tx, offer_ids: Collection[str]) -> set[str]:
    """The service requests of offers that are known."""
    return {row[0] for row in await tx.fetch(OF_OFFERS, list(offer_ids))}


async def lives(tx: Tx, request_ids: Collection[str]) -> dict[str, list[Said]]:
    """All that was said of these service requests, by their ids."""
    found: dict[str, list[Said]] = defaultdict(list)
    for row in await tx.fetch(LIVES, list(request_ids)):
        found[row["life"]].append(_said(tx, row))
    return found


async def of_events(tx: Tx, event_ids: Collection[str]) -> dict[str, Said]:
    """What was said by these events, by their ids."""
    rows = await tx.fetch(OF_EVENTS, list(event_ids))
    return {row["event_id"]: _said(tx, row) for row in rows}


def _said(tx: Tx, row: Any) -> Said:
    said = Said(
        event_id=row["event_id"],
        source=row["source"],
        seq=row["producer_seq"],
        time=row["time"],
        words=WHAT.validate_json(row["words"]),
        received_at=row["received_at"],
        channel=row["channel"],
        cause=row["cause"],
        service_request_id=row["service_request_id"],
        offer_id=row["offer_id"],
        heard_at=row["heard_at"],
    )
    mac = Mac(row["mac_key"], row["mac"])
    proven = tx.macs.wrote(mac, "said", *_covered(said, row["words"], said.heard_at))
    return said if proven else replace(said, proven=False)


def _covered(said: Said, words: str, heard_at: datetime | None) -> tuple[Value, ...]:
    """What a row's MAC is made of: all that stands in it. The database spells words its own way."""
    return (
        said.event_id,
        said.source,
        said.seq,
        said.time,
        said.received_at,
        said.channel,
        said.cause,
        said.service_request_id,
        said.offer_id,
        canonical(orjson.loads(words)),
        heard_at,
    )


async def put(tx: Tx, facts: Iterable[Facts]) -> None:
    """Sets these rows right."""
    facts = list(facts)
    await tx.executemany(PUT_REQUEST, [tuple(each.request) for each in facts])
    await tx.executemany(PUT_OFFER, [tuple(offer) for each in facts for offer in each.offers])


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun from ``since`` on and before ``until``; ``area``: the beginning of a code of a
    place. Fields that are not among ``read`` are none: nobody fetches them."""

    since: datetime
    until: datetime
    area: str = ""
    read: frozenset[str] | None = None


async def requests(tx: Tx, begun: Begun) -> list[RequestFact]:
    """Of what was opened in that time."""
    return await _begun(tx, RequestFact, REQUESTS, begun)


async def offers(tx: Tx, begun: Begun) -> list[OfferFact]:
    """Of every offer of which a clock may have begun in that time."""
    return await _begun(tx, OfferFact, OFFERS, begun)


async def _begun(tx: Tx, kind: type[F], query: str, begun: Begun) -> list[F]:
    given = begun.since, begun.until, begun.area
    return decoded(kind, await tx.fetch(query.format(columns=columns(kind, begun.read)), *given))


def columns(kind: type[F], read: frozenset[str] | None = None) -> str:
    """Those of a fact, to be selected; what is not ``read`` is none."""
    return ", ".join(
        each if read is None or each in read else f"NULL AS {each}" for each in kind._fields
    )


async def kept(tx: Tx, request_ids: Collection[str]) -> dict[str, Rows]:
    """The rows as they are here."""
    ids = list(request_ids)
    requests_now = decoded(RequestFact, await tx.fetch(REQUESTS_NOW, ids))
    theirs: dict[str, list[OfferFact]] = {each: [] for each in ids}
    for offer in decoded(OfferFact, await tx.fetch(OFFERS_NOW, ids)):
        theirs[offer.service_request_id].append(offer)
    known = {each.service_request_id: each for each in requests_now}
    return {each: (known.get(each), tuple(offers)) for each, offers in theirs.items()}


async def after(tx: Tx, request_id: str, at_most: int) -> list[str]:
    """The next service requests, by id, of which anything is known or kept."""
    return [row[0] for row in await tx.fetch(NEXT, request_id, at_most)]


async def lack(tx: Tx, look_at: Mapping[str, datetime | None]) -> None:
    """When service requests are to be looked at again; none: that they lack nothing."""
    await tx.execute(LACK, list(look_at), list(look_at.values()))


async def lacking(tx: Tx, at_most: int) -> list[str]:
    """What is to be looked at now."""
    return [row[0] for row in await tx.fetch(LACKING, tx.now, at_most)]


def decoded(kind: type[F], rows: Iterable[Any]) -> list[F]:
    """Rows of all columns as facts."""
    words = _WORDS[kind].items()
    found = []
    for row in rows:
        values = list(row)
        for at, named in words:
            if values[at] is not None:
                values[at] = named[values[at]]
        found.append(kind._make(values))
    return found
