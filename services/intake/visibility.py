"""Visibility of an incident: who is anybody here, and how much of an incident they may see.

Every staff id that intake is given is looked up in its copy of the register of staff (`serving`):
the caller's, who is the holder of their ticket too, and that of whoever answers for a ground. Who
is not in the copy, or serves elsewhere than their token says, meets no incident: "not found" and
empty lists. Nor does whoever an incident excludes: the database does not show them the row.

Two exceptions. A report is taken from whoever may report, heard of or not: no emergency waits for
a copy. And another system (its only role is ``system``) is no person, and stands in no register.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from services.intake.model.incidents import Incident, View, view_of
from services.intake.store import incidents, referral_state
from shared.db import Database, Tx
from shared.errors import NotFound
from shared.events.words import SYSTEM, Role
from shared.security import staff, visibility
from shared.security.staff import Member
from shared.security.visibility import Viewer, act_as

KNOW = "SELECT set_config('app.organisation', $1, true), set_config('app.tags', $2, true)"
"""Without an organisation no incident is shown; none is shown that excludes one of the tags."""


ACTING = "SELECT set_config('app.actor', $1, true), set_config('app.tags', '', true)"


async def act_as_system(tx: Tx) -> None:
    """From here on the transaction sees every incident: what is excluded may be written, also by
    whoever it then hides from."""
    await tx.execute(ACTING, SYSTEM)


async def look_as(tx: Tx, staff_id: str, organisation: str) -> None:
    """From here on the transaction sees what this member of staff may know of, and writes in their
    name. Raises `NotFound` for whoever does not serve there."""
    member = (await serving(tx, [staff_id])).get(staff_id)
    known = member is not None and member.organisation == organisation
    tags = member.tags if member else frozenset[str]()
    await act_as(tx, staff_id)
    await tx.execute(KNOW, organisation if known else "", ",".join(tags))
    if not known:
        raise NotFound


async def serving(tx: Tx, staff_ids: Iterable[str]) -> dict[str, Member]:
    """Those of these ids that are active members of staff, as far as was heard."""
    found = await staff.find(tx, staff_ids)
    return {staff_id: member for staff_id, member in found.items() if member.active}


def is_person(viewer: Viewer) -> bool:
    """Whether somebody looks, and not another system."""
    return viewer.roles != {Role.SYSTEM}


@asynccontextmanager
async def seen_by(db: Database, viewer: Viewer, *roles: str) -> AsyncIterator[Tx]:
    """A transaction in which the database shows the incidents that ``viewer`` may know of.

    Raises `Forbidden` as `shared.security.visibility.seen_by` does, and nothing for a stranger:
    for them there is no incident. The same statements run for everybody.
    """
    async with visibility.seen_by(db, viewer, *roles) as tx:
        member = (await serving(tx, [viewer.staff_id])).get(viewer.staff_id)
        if member is None:
            known, tags = not is_person(viewer), frozenset[str]()
        else:
            known, tags = member.organisation == viewer.organisation, member.tags
        await tx.execute(KNOW, viewer.organisation if known else "", ",".join(tags))
        yield tx


def view(incident: Incident, viewer: Viewer) -> View | None:
    """How much of ``incident`` the viewer may see; none: not even that it exists."""
    covers = viewer.covers(incident.territory)
    return view_of(incident, viewer.staff_id, viewer.roles, covers=covers)


async def must_take_part(tx: Tx, viewer: Viewer, incident_id: str) -> None:
    """Raises `NotFound` unless the viewer may know of an incident as staff, or holds the case."""
    # both are asked whatever comes of it, and nothing is locked for whoever may not: neither the
    # time it takes nor a lock that is held tells a stranger that the incident exists
    holds = await referral_state.holds(tx, incident_id, viewer.staff_id)
    seen = view(await incidents.find(tx, incident_id), viewer)
    if seen not in (View.COORDINATOR, View.REPORTER) and not holds:
        raise NotFound
