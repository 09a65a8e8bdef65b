"""Handlers of appeals: they are entered, opened as incidents or answered."""

from dataclasses import replace

from services.committee import matters, once, publish
from services.committee.appeals import store
from services.committee.appeals.model import (
    UNKNOWN,
    Appeal,
    Applicant,
    Reply,
    answered,
    checked,
    corrected,
    linked,
)
from services.committee.deps import Deps
from services.committee.registry.handlers import own, today
from shared.db import Tx
from shared.errors import Invalid
from shared.jurisdiction import Jurisdiction
from shared.security.visibility import Viewer


async def enter(tx: Tx, deps: Deps, viewer: Viewer, wanted: Appeal) -> Appeal:
    """A new appeal to the viewer's committee, or what was typed wrong in an open one.

    The id is the caller's own, so that the same sent twice is there once. Raises `Invalid` as
    `checked` does, and for a village or an age band that is none; `Conflict` as `corrected` does.
    """
    committee, country = await own(tx, viewer), deps.jurisdiction
    appeal = replace(
        wanted,
        committee_id=committee.committee_id,
        applicant=_known(country, wanted.applicant),
    )
    appeal = _due(country, checked(appeal, today(tx, deps)))
    await once.alone(tx, appeal.appeal_id)
    held = await store.held(tx, appeal.appeal_id)
    if held is not None:
        return await _changed(tx, viewer, held, corrected(held, appeal))
    new = replace(appeal, matter_id=await matters.opened(tx, committee.committee_id))
    await store.insert(tx, new, viewer.staff_id)
    publish.appeal_changed(tx, new, viewer.staff_id)
    return new


async def link(tx: Tx, deps: Deps, viewer: Viewer, appeal_id: str, incident_id: str) -> None:
    """It was opened in intake as this incident: whoever is excluded there learns nothing of it.

    That may be the viewer, so nothing is answered. Raises `Conflict` as `linked` does.
    """
    held = await store.hold(tx, appeal_id)
    new = linked(held, incident_id, today(tx, deps))
    if new is not held:
        await matters.link(tx, held.matter_id, incident_id, viewer.staff_id)
    await _changed(tx, viewer, held, new)


async def answer(tx: Tx, deps: Deps, viewer: Viewer, appeal_id: str, reply: Reply) -> Appeal:
    """It is no incident, and was answered. Raises `Invalid` for a body that is none, and as
    `answered` does."""
    if reply.body is not None:
        deps.jurisdiction.body(reply.body, "forwarded_to")
    held = await store.hold(tx, appeal_id)
    return await _changed(tx, viewer, held, answered(held, reply, today(tx, deps)))


async def _changed(tx: Tx, viewer: Viewer, held: Appeal, new: Appeal) -> Appeal:
    if new is not held:
        await store.update(tx, new, viewer.staff_id)
        publish.appeal_changed(tx, new, viewer.staff_id)
    return new


def _known(country: Jurisdiction, applicant: Applicant) -> Applicant:
    """With a village and an age band that the country has, or `Invalid`."""
    bands = [*map(country.age_band, country.profile.age_bands), UNKNOWN]
    if applicant.age_band is not None and applicant.age_band not in bands:
        raise Invalid("age_band", f"must be one of {', '.join(bands)}")
    if applicant.village is None:
        return applicant
    place = country.territories.place(applicant.village, "village")
    return replace(applicant, village=place.code)


def _due(country: Jurisdiction, appeal: Appeal) -> Appeal:
    days = country.profile.appeal_working_days
    if days is None:
        return appeal
    return replace(appeal, answer_by=country.calendar.day_after(appeal.received_on, days))
