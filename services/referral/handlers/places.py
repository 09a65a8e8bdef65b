"""Free places: shown and said by those who work there, and by who coordinates their place."""

from dataclasses import dataclass

from services.referral.deps import Deps
from services.referral.directory.model import Organisation, Service
from services.referral.store import places as store
from services.referral.store.places import Said
from services.referral.visibility import Staff
from shared.db import Tx
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events.words import SYSTEM, Role
from shared.security.visibility import Viewer, act_as


@dataclass(frozen=True, slots=True)
class Room:
    """A service and how many of its places are free; both others none where they are not counted
    or nobody has said so since the directory did."""

    service: Service
    free: int | None
    said: Said | None


async def of_organisation(tx: Tx, deps: Deps, viewer: Viewer) -> list[Room]:
    """The services of the viewer's organisation, by id."""
    await must_serve(tx, deps, viewer)
    theirs = [
        each
        for each in deps.directory.services.values()
        if each.organisation == viewer.organisation
    ]
    return await rooms(tx, sorted(theirs, key=lambda each: each.id))


async def rooms(tx: Tx, services: list[Service]) -> list[Room]:
    """How many places of each are free now. Whose they are is not said: all are counted."""
    await act_as(tx, SYSTEM)
    used = await store.in_use(tx, [each.id for each in services])
    counted = await store.said(tx, services)
    return [
        Room(
            each,
            max(counted[each.id].count - used.get(each.id, 0), 0) if each.id in counted else None,
            counted[each.id].current if each.id in counted else None,
        )
        for each in services
    ]


async def say(tx: Tx, deps: Deps, viewer: Viewer, service_id: str, free: int) -> Room:
    """So many places are free now, beside those in use: it counts until the directory's file says
    another number. What is only asked for has none yet."""
    await must_serve(tx, deps, viewer)
    service = deps.directory.services.get(service_id)
    if service is None:
        raise NotFound("no such service")
    if not _may_say(viewer, deps.directory.organisations[service.organisation]):
        raise Forbidden("only those who work there or coordinate it may do this")
    if service.places is None or service.maximum is None:
        raise Conflict("this service counts no places")
    if not 0 <= free <= service.maximum:
        raise Invalid("free", f"must be from 0 to {service.maximum}")
    await act_as(tx, SYSTEM)
    locked = await store.lock(tx, [service])
    used = await store.in_use(tx, [service_id])
    said = Said(free + used.get(service_id, 0), service.places, viewer.staff_id, tx.now)
    await store.say(tx, locked[service_id], said)
    return Room(service, free, said)


def _may_say(viewer: Viewer, organisation: Organisation) -> bool:
    works = viewer.has(Role.WORKER) and viewer.organisation == organisation.id
    return works or (
        viewer.has(Role.COORDINATOR)
        and any(viewer.covers(each) for each in organisation.territories)
    )


async def must_serve(tx: Tx, deps: Deps, viewer: Viewer) -> None:
    """Raises `Forbidden` unless the viewer serves where their token says."""
    if not (await Staff.of(tx, deps.digests, [viewer.staff_id])).serves(viewer):
        raise Forbidden("not for this role")
