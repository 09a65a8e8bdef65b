"""The register, as tests fill it: somebody serves somewhere, and every service has heard of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.stack import Stack
from services.intake.settings import IntakeSettings
from services.notify.people import store as people
from services.notify.people.model import Organisation, Person
from services.notify.settings import NotifySettings
from services.referral.settings import ReferralSettings
from shared.db import Database, Tx
from shared.events import Event
from shared.events.notify import StaffChanged
from shared.security import staff
from shared.security.tokens import Caller
from shared.settings import Settings
from tests.support.environment import settings_of
from tests.support.notify_says import enveloped

SETTINGS: dict[str, type[Settings]] = {
    "intake": IntakeSettings,
    "referral": ReferralSettings,
    "notify": NotifySettings,
}


async def registered(stack: Stack, caller: Caller) -> None:
    """Enters who a token is of into notify's register and into the copies of the other services."""
    async with _writing(stack, "notify") as tx:
        organisation = Organisation(organisation=caller.organisation, kind="crisis-centre")
        await people.save_organisation(tx, organisation, version=1)
        person = Person(
            staff_id=caller.staff_id,
            name="Registered For Tests",
            organisation=caller.organisation,
            organisation_kind="crisis-centre",
            roles=caller.roles,
            languages=("ru",),
            territories=caller.territories,
        )
        await people.save_person(tx, person, "test")
    for service in ("intake", "referral"):
        async with _writing(stack, service) as tx:
            body = StaffChanged(
                staff_id=caller.staff_id,
                organisation=caller.organisation,
                roles=tuple(sorted(caller.roles)),
                active=True,
                tags=(),
            )
            await staff.on_staff_changed(tx, Event(enveloped(body, tx.now), body), body)


@asynccontextmanager
async def _writing(stack: Stack, service: str) -> AsyncIterator[Tx]:
    db = Database(settings_of(SETTINGS[service], stack, f"{service}.serve"))
    try:
        async with db.transaction() as tx:
            yield tx
    finally:
        await db.close()
