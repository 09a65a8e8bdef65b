"""Facts of response as audit makes them of what services really say, over the real bus."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.stack import Stack
from services.audit import app
from services.audit.facts import store
from services.audit.facts.columns import read_by
from services.audit.facts.model.doubts import Code
from services.audit.facts.model.fold import Facts
from services.audit.facts.rebuilding import rebuild
from services.audit.facts.store import Begun
from services.audit.figures.clocks import Clock
from services.audit.figures.facts import OfferFact
from services.referral.handlers import alerts, answers, timers
from services.referral.model.service_request import ServiceRequest
from shared.db import Database
from shared.events import Act, Body, Event
from shared.events.notify import AlertSent, AnswerReceived
from shared.events.words import Answer, Channel
from tests.stack import turn_clock
from tests.support.audit_ledger import AUDITOR, Ledger, ledger
from tests.support.bus import NotifyLike, consuming, relaying, settings
from tests.support.eventually import eventually
from tests.support.referral_house import House, event_of, opened, worker
from tests.support.tokens import bearer

SAID = "SELECT count(*) FROM said WHERE service_request_id = ANY ($1)"
TO_BE_HEARD = """
SELECT count(*) FROM outbox WHERE subject = ANY ($1) AND type ~ 'servicerequest|offer|answer'
"""
AGAIN = "UPDATE outbox SET published_at = NULL WHERE key = ANY ($1)"
FINDINGS = "SELECT kind FROM findings JOIN said USING (event_id) WHERE service_request_id = $1"
BACK_DATED = "UPDATE offer_facts SET decided_at = requested_at WHERE service_request_id = $1"
EDITED = """
UPDATE offer SET answer_by = answer_by + interval '1 day', deadline = deadline + interval '1 day'
WHERE service_request_id = $1
"""


class Told:
    """Notify and referral, in this process: each says what it says in its own outbox."""

    def __init__(self, house: House, notify: Database) -> None:
        self.house = house
        self.notify = notify
        self.heard = 0

    async def says(self, body: Body, act: Act | None = None) -> Event[Any]:
        """Notify says something; as referral hears it."""
        async with self.notify.transaction() as tx:
            tx.emit(body, subject=str(uuid4()), version=1, act=act)
            now = tx.now
        async with self.notify.transaction() as tx:
            event_id = await tx.fetchval(
                "SELECT event_id FROM outbox WHERE key = $1 ORDER BY id DESC LIMIT 1", body.key
            )
        self.heard += 1
        event = event_of(body, now, act)
        return replace(event, envelope=replace(event.envelope, id=event_id))

    async def told(self, request: ServiceRequest) -> None:
        """A gateway took a message about the newest offer."""
        offer = request.offers[-1]
        async with self.notify.transaction() as tx:
            now = tx.now
        body = AlertSent(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=offer.id,
            alert_id=offer.alert_id,
            tier=offer.tier,
            channel="sms",
            people=1,
            sent_at=now,
        )
        event = await self.says(body)
        async with self.house.db.transaction() as tx:
            await alerts.on_alerts_sent(self.house.deps, tx, [event])

    async def answers(self, request: ServiceRequest, said: Answer) -> datetime:
        """Somebody there sends a message; when it was received."""
        offer = request.offers[-1]
        await self.house.knows(worker(offer.organisation))
        async with self.notify.transaction() as tx:
            act = Act(received_at=tx.now, actor="st-one", channel=Channel.SMS)
        body = AnswerReceived(
            incident_id=request.incident_id,
            service_request_id=request.id,
            offer_id=offer.id,
            answer_id=str(uuid4()),
            answer=Answer.ACCEPT if said is Answer.ARRIVED else said,
            said=said,
            organisation=offer.organisation,
        )
        event = await self.says(body, act)
        async with self.house.db.transaction() as tx:
            await answers.on_answers_received(self.house.deps, tx, [event])
        return act.received_at

    async def due(self, request: ServiceRequest) -> None:
        """Referral's clock looks at it."""
        async with self.house.db.transaction() as tx:
            await timers.on_due(self.house.deps, tx, await self.house.again(request))


@dataclass(frozen=True, slots=True)
class Story:
    """Three needs: one was seen, accepted and helped by messages; of another nobody answered; of
    the third somebody moved the limit a day before they said yes."""

    audit: Ledger
    told: Told
    helped: ServiceRequest
    silent: ServiceRequest
    edited: ServiceRequest
    received: tuple[datetime, ...]
    """When the three answers about the first one were."""

    @property
    def ids(self) -> list[str]:
        """Of all three."""
        return [self.helped.id, self.silent.id, self.edited.id]


@pytest_asyncio.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """It is told once, and heard."""
    await stack.ensure("notify.migrate")
    notify = Database(settings(stack, NotifyLike))
    async with opened(stack) as house, ledger(stack) as audit:
        told = Told(house, notify)
        helped, silent, edited = [await house.reported() for _ in range(3)]
        for request in (helped, silent):
            await told.told(request)
        words = Answer.RECEIVED, Answer.ACCEPT, Answer.ARRIVED
        received = tuple([await told.answers(helped, each) for each in words])
        async with house.db.transaction() as tx:
            await tx.execute(EDITED, edited.id)
        await turn_clock(stack, silent.policy.ack + timedelta(seconds=1))
        await told.due(silent)
        await told.answers(edited, Answer.ACCEPT)
        own = Story(audit, told, helped, silent, edited, received)
        await all_heard(audit, told, own.ids)
        yield own
    await notify.close()


async def all_heard(audit: Ledger, told: Told, ids: list[str]) -> None:
    """Until audit has kept whatever was said of these."""
    async with told.house.db.transaction() as tx:
        theirs = await tx.fetchval(TO_BE_HEARD, ids)

    async def heard() -> bool:
        (known,) = (await audit.fetch(SAID, ids))[0]
        return bool(known >= theirs + told.heard)

    async with (
        relaying(audit.stack, told.notify),
        relaying(audit.stack, told.house.db),
        consuming(audit.stack, audit.db, app.handler_table(audit.deps)),
    ):
        await eventually(heard, within=90)


async def rows(audit: Ledger, request: ServiceRequest) -> Facts:
    """The facts that are kept."""
    async with audit.db.transaction() as tx:
        own, offers = (await store.kept(tx, [request.id]))[request.id]
    assert own is not None
    return Facts(own, offers)


async def first_of(audit: Ledger, request: ServiceRequest) -> OfferFact:
    """The facts of the first offer of it; once nobody answered, there is another."""
    (first,) = (
        each
        for each in (await rows(audit, request)).offers
        if each.offer_id == request.offers[0].id
    )
    return first


async def rebuilt(audit: Ledger) -> list[str]:
    """Which service requests had other rows than follow."""
    different: list[str] = []
    behind: str | None = ""
    while behind is not None:
        headers, params = bearer(audit.stack, AUDITOR), {"behind": behind}
        found = (await audit.http.post("/facts/rebuild", params=params, headers=headers)).json()
        different += found["different"]
        behind = found["last"]
    return different


async def test_facts_are_of_what_was_really_said(story: Story) -> None:
    """Each act when notify received it, each limit as it was said."""
    helped, (seen_at, decided_at, contact_at) = story.helped, story.received
    need, (offer,) = await rows(story.audit, helped)
    asked = helped.offers[0]
    assert (need.opened_at, need.permitted_at) == (helped.opened_at, helped.opened_at)
    after = story.audit.deps.country.current.deadline
    accept_by = after(helped.service_type, asked.answer_by, helped.policy.decide)
    contact_by = after(helped.service_type, accept_by, helped.policy.contact)
    assert (need.accept_by, need.contact_by) == (accept_by, contact_by)
    assert (need.urgency, need.territory) == (helped.urgency, "41704245000000")
    assert (need.accepted_at, need.contact_at) == (decided_at, contact_at)
    assert (offer.requested_at, offer.answer_by) == (asked.requested_at, asked.answer_by)
    assert (offer.seen_at, offer.decided_at, offer.contact_at) == (seen_at, decided_at, contact_at)
    assert (offer.channel, offer.decision, offer.ended_at) == ("sms", Answer.ACCEPT, None)
    assert offer.requested_at < (offer.told_at or offer.requested_at) < seen_at
    stands = (await story.told.house.again(helped)).offers[0]
    assert (offer.decide_by, offer.contact_by) == (stands.decide_by, stands.contact_by)
    silence = await first_of(story.audit, story.silent)
    assert (silence.decided_at, silence.ended_at) == (None, None)
    assert silence.answer_by == story.silent.offers[0].answer_by


async def test_whoever_moves_a_limit_is_found(story: Story) -> None:
    """The facts have the first one; and of those that were judged rightly nothing is found."""
    _, (moved, *_) = await rows(story.audit, story.edited)
    assert moved.decided_at is not None
    assert moved.decided_at > moved.answer_by == story.edited.offers[0].answer_by
    found = [{row[0] for row in await story.audit.fetch(FINDINGS, each)} for each in story.ids]
    assert "judged-otherwise" in found[2]
    assert not {each.value for each in Code} & (found[0] | found[1])


async def test_a_period_has_what_began_in_it(story: Story) -> None:
    """Of a place, and with no more than a clock reads."""
    silent = story.silent
    begun = silent.opened_at, silent.opened_at + timedelta(microseconds=1)
    (need, _), offer = await rows(story.audit, silent), await first_of(story.audit, silent)
    async with story.audit.db.transaction() as tx:
        needs = await store.requests(tx, Begun(*begun, area="41704"))
        offers = await store.offers(tx, Begun(*begun, read=read_by(Clock.DECISION)))
        nowhere = await store.requests(tx, Begun(*begun, area="41702"))
    assert (needs, nowhere) == ([need], [])
    told = [each for each in offers if each.offer_id == offer.offer_id]
    assert told == [offer._replace(seen_now=None, decided_now=None)]


async def test_facts_are_the_same_heard_twice_and_made_anew(story: Story) -> None:
    """All is said again; and who changes a row is found, and it is set right."""
    audit, told = story.audit, story.told
    requests = story.helped, story.silent, story.edited
    before = [await rows(audit, each) for each in requests]
    for db in (told.notify, told.house.db):
        async with db.transaction() as tx:
            await tx.execute(AGAIN, [each.incident_id for each in requests])
    last = await told.house.reported()
    await all_heard(audit, told, [*story.ids, last.id])
    assert [await rows(audit, each) for each in requests] == before
    assert not {*story.ids} & {*await rebuilt(audit)}
    async with audit.db.transaction() as tx:
        first = await rebuild(tx, at_most=1)
        second = await rebuild(tx, first.last or "", at_most=1)
    assert (first.looked, second.looked) == (1, 1)
    assert "" < (first.last or "") < (second.last or "")
    async with audit.db.transaction() as tx:
        await tx.execute(BACK_DATED, story.edited.id)
    assert story.edited.id in await rebuilt(audit)
    assert [await rows(audit, each) for each in requests] == before
    assert "facts-changed" in [row[0] for row in await audit.fetch(FINDINGS, story.edited.id)]


@pytest.mark.parametrize("role", ["tirek_audit", "tirek_audit_owner"])
async def test_what_was_said_is_written_once(story: Story, role: str) -> None:
    """Facts are rebuilt from it: nobody of the database changes it unnoticed."""
    connection = await asyncpg.connect(story.audit.stack.dsn(role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE audit.said SET time = now()")
    finally:
        await connection.close()


async def test_receipts_of_a_need_say_what_became_of_its_offers(story: Story) -> None:
    """In the field's words, beside each entry."""
    await story.audit.grow()
    found = (await story.audit.get(f"/receipts/{story.helped.id}")).json()["receipts"]
    told = {(each["what"], each["word"]) for each in found}
    words = {
        "need": "placed",
        "asked": None,
        "told": None,
        "answered": "accept",
        "moved": "accepted",
    }
    assert told >= set(words.items())
