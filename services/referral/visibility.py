"""Visibility of service requests and offers: which of them a viewer may know of.

A provider sees offers to its own organisation, a coordinator the service requests of the own
territories, and nobody excluded sees anything: it is as if it were not there. Acting is another
thing: a yes ends siblings at other organisations, so once an act is allowed it is the system's.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol, Self

from services.referral.model.service_request import ServiceRequest
from shared.db import Database, Tx
from shared.events.words import CASE_ROLES, Role
from shared.security import staff, visibility
from shared.security.excluded_staff import Digests, is_excluded
from shared.security.staff import Member
from shared.security.visibility import Viewer

NOBODY = Member(staff_id="", organisation="", roles=frozenset(), active=False, tags=frozenset())


SERVES_FOR = "SELECT set_config('app.serves_for', $1, true)"


class Hides(Protocol):
    """As much of a service request as says whom it is hidden from."""

    @property
    def incident_id(self) -> str: ...
    @property
    def excluded_organisations(self) -> tuple[str, ...]: ...
    @property
    def excluded_places(self) -> tuple[str, ...]: ...
    @property
    def excluded_staff(self) -> tuple[str, ...]: ...
    @property
    def excluded_digests(self) -> tuple[str, ...]: ...


def seen_by(db: Database, viewer: Viewer) -> AbstractAsyncContextManager[Tx]:
    """A transaction in which the database shows what ``viewer`` may see.

    It shows what lies in the viewer's areas, and these count for coordinators alone. Raises
    `Forbidden` for whoever takes the service's own name, or has no part in referrals. Of keyed
    digests the database knows nothing: the key is not in it. `Staff.may_see` does.
    """
    scope = viewer if viewer.has(Role.COORDINATOR) else replace(viewer, areas=())
    return visibility.seen_by(db, scope, *CASE_ROLES)


@asynccontextmanager
async def seen_at_desk(db: Database, viewer: Viewer, served: Iterable[str]) -> AsyncIterator[Tx]:
    """The same for operators too: it shows them the offers to these organisations. What they may do
    with them is theirs to enter on behalf of somebody, no more."""
    scope = viewer if viewer.has(Role.COORDINATOR) else replace(viewer, areas=())
    async with visibility.seen_by(db, scope, *CASE_ROLES, Role.OPERATOR) as tx:
        if viewer.has(Role.OPERATOR):
            await tx.execute(SERVES_FOR, ",".join(sorted(served)))
        yield tx


@dataclass(frozen=True, slots=True)
class Staff:
    """The members of staff whom a transaction is about, as the local copy knows them."""

    digests: Digests
    known: Mapping[str, Member]

    @classmethod
    async def of(cls, tx: Tx, digests: Digests, staff_ids: Iterable[str]) -> Self:
        """Looks these up; whoever was never heard of is nobody."""
        wanted = set(staff_ids)
        return cls(digests, await staff.find(tx, wanted) if wanted else {})

    def may_know(self, request: Hides, organisation: str, staff_id: str) -> bool:
        """Whether somebody serves in ``organisation`` now, and nothing hides the case from them.

        The one test of any staff id that referral is given: whoever looks, acts, answers, or is
        to have a case (`may_have`). Everything is looked at, in the same time.
        """
        member = self.known.get(staff_id, NOBODY)
        hidden = (
            not member.active,
            member.organisation != organisation,
            organisation in request.excluded_organisations,
            is_excluded(request.incident_id, staff_id, request.excluded_staff),
            self.digests.hit(request.incident_id, member.tags, request.excluded_digests),
        )
        return not any(hidden)

    def serves(self, viewer: Viewer) -> bool:
        """Whether somebody serves where their token says, as of now."""
        member = self.known.get(viewer.staff_id, NOBODY)
        return member.active and member.organisation == viewer.organisation

    def may_have(self, request: Hides, organisation: str, staff_id: str) -> bool:
        """Whether somebody may be given the case, or answer for it: they may know of it, and have a
        role in which they can open it."""
        member = self.known.get(staff_id, NOBODY)
        able = not member.roles.isdisjoint(CASE_ROLES)
        return self.may_know(request, organisation, staff_id) and able

    def excludes(self, request: Hides, staff_id: str) -> bool:
        """Whether the case is hidden from somebody as a person, wherever they serve."""
        tags = self.known.get(staff_id, NOBODY).tags
        return is_excluded(request.incident_id, staff_id, request.excluded_staff) or (
            self.digests.hit(request.incident_id, tags, request.excluded_digests)
        )

    def may_see(self, request: Hides, viewer: Viewer) -> bool:
        """Whether the viewer is who the token says, and neither they nor their place are hidden
        from the case."""
        elsewhere = not viewer.lies_in(request.excluded_places)
        return self.may_know(request, viewer.organisation, viewer.staff_id) and elsewhere


def coordinates(request: ServiceRequest, viewer: Viewer) -> bool:
    """Whether the viewer coordinates the territory of a request."""
    return viewer.has(Role.COORDINATOR) and viewer.covers(request.territory)
