"""Members of a committee: the only people whom its secretary enters, and in no other role.

They need no account and no contact; with a number they are found among the excluded by it too.
"""

from dataclasses import replace

from services.notify.people import store
from services.notify.people.exclusions import Exclusions
from services.notify.people.handlers import put_person
from services.notify.people.model import Person
from shared.db import Tx
from shared.errors import Invalid, NotFound
from shared.events.words import SYSTEM, Role
from shared.jurisdiction import Jurisdiction
from shared.security.visibility import Viewer, act_as

ROLES = frozenset({Role.MEMBER})
"""Whoever has another one too is kept by administrators."""


async def put_member(
    jurisdiction: Jurisdiction, exclusions: Exclusions, tx: Tx, viewer: Viewer, wanted: Person
) -> Person:
    """Writes a member of the organisation whose secretary ``viewer`` is; what was written.

    Contacts that are left out stay as they are known: a secretary does not see them. Raises
    `Invalid` for another role, another organisation or a territory, `NotFound` for an id of
    somebody else, themselves among them, and as `put_person` does.
    """
    if wanted.roles != ROLES:
        raise Invalid("roles", "must be that of a member, and no other")
    if wanted.organisation != viewer.organisation:
        raise Invalid("organisation", "must be your own")
    if wanted.territories:
        raise Invalid("territories", "must not be given: a member answers for no territory")
    await act_as(tx, SYSTEM)  # somebody elsewhere may have the id
    known = (await store.by_id(tx, [wanted.staff_id])).get(wanted.staff_id)
    await act_as(tx, viewer.staff_id)
    if known is not None:
        if (known.organisation, known.roles) != (viewer.organisation, ROLES):
            raise NotFound("no such member")
        wanted = replace(
            wanted,
            phone=wanted.phone or known.phone,
            desk_phone=wanted.desk_phone or known.desk_phone,
            email=wanted.email or known.email,
            territories=known.territories,
        )
    kept = await put_person(jurisdiction, exclusions, tx, wanted, viewer.staff_id)
    return replace(kept, phone=None, desk_phone=None, email=None)
