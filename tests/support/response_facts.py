"""Facts of response as they are after a few lives: made here, so that each figure is known."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from deploy.local.stack import Stack
from services.audit.facts import store
from services.audit.facts.model.fold import Facts
from services.audit.figures.facts import OfferFact, RequestFact
from services.audit.settings import AuditSettings
from shared.db import Database
from shared.events.words import CloseReason, Urgency
from tests.support.environment import settings_of

OBLAST, RAION, ANOTHER = "41702", "41702205000000", "41702210000000"
BEGIN = datetime(2025, 5, 12, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICE, CENTRE = "police-ak-suu", "made-up-centre"
CUT = BEGIN + timedelta(days=30)
TEN = (1, 1, 2, 3, 4, 9, None, None)
"""Minutes until an answer, of those due: five are in time, one is late, two expired."""


def lives() -> list[Facts]:
    """Ten needs of police in one raion, each with its offer, of which two are open at `CUT`; and
    one of a shelter that nobody had, in another."""
    found = [_police(at, BEGIN + at * MINUTE, took) for at, took in enumerate(TEN)]
    found += [_police(8 + at, CUT - (2 + at) * MINUTE, None) for at in range(2)]
    unmet = RequestFact(
        "fig-need-unmet",
        "shelter",
        BEGIN,
        urgency=Urgency.HIGH,
        territory=ANOTHER,
        permitted_at=BEGIN,
        accept_by=BEGIN + 30 * MINUTE,
        exhausted_at=BEGIN + MINUTE,
        exhausted_now=BEGIN + MINUTE,
        ended_at=BEGIN + timedelta(days=1),
        closed=CloseReason.NOBODY_CAN_HELP,
    )
    return [*found, Facts(unmet, ())]


def _police(number: int, start: datetime, took: int | None) -> Facts:
    answered = None if took is None else start + took * MINUTE
    request = RequestFact(
        f"fig-need-{number}",
        "police-protection",
        start,
        urgency=Urgency.IMMEDIATE,
        territory=RAION,
        permitted_at=start,
        accept_by=start + 5 * MINUTE,
        contact_by=start + 60 * MINUTE,
        accepted_at=answered,
        accepted_now=answered,
        asked=1,
    )
    offer = OfferFact(
        f"fig-offer-{number}",
        request.service_request_id,
        request.service_type,
        POLICE if number % 2 else CENTRE,
        start,
        start + 5 * MINUTE,
        start + 5 * MINUTE,
        urgency=Urgency.IMMEDIATE,
        territory=RAION,
        channel="sms",
        told_at=start,
        decided_at=answered,
        decided_now=answered,
        accepted_at=answered,
        accepted_now=answered,
    )
    return Facts(request, (offer,))


async def known(stack: Stack) -> None:
    """Audit has them, as hearing would put them."""
    db = Database(settings_of(AuditSettings, stack, "audit.serve"))
    await keep(db, lives())
    await db.close()


async def keep(db: Database, facts: Sequence[Facts]) -> None:
    """As hearing would."""
    async with db.transaction() as tx:
        await store.put(tx, facts)
