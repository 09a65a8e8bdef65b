"""Routes of the register: names of colleagues; for whoever keeps it all of it, and whether contacts
are verified.

They parse, hand on and return. No rule and no SQL stands here.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from services.notify.bodies import ChannelBody, CodeBody, SearchBody
from services.notify.callers import AdministratorTx, AnyTx, Asked, DepsOf, NamesTx
from services.notify.contacts import handlers
from services.notify.people import store
from services.notify.people.model import Person
from services.notify.views import NamesView, OutcomeView, RegisterView
from services.notify.visibility import must_serve
from shared.http.pages import Cursor, Position, filled
from shared.http.schemas import PathId
from shared.http.web import Viewing

router = APIRouter()


Limit = Annotated[int, Query(ge=1, le=200, description="People of a page.")]


class RegisterPosition(Position):
    """Where the register goes on."""

    of: Literal["register"] = "register"
    staff_id: Annotated[str, Field(max_length=64)]


class ColleaguesPosition(Position):
    """Where the names of an organisation go on."""

    of: Literal["colleagues"] = "colleagues"
    staff_id: Annotated[str, Field(max_length=64)]


@router.get("/people")
async def list_people(
    organisation: Asked,
    tx: NamesTx,
    deps: DepsOf,
    viewer: Viewing,
    limit: Limit = 200,
    cursor: Cursor | None = None,
) -> NamesView:
    """Names of an organisation's staff, as far as the caller may see them, page by page."""
    await must_serve(tx, viewer, deps.exclusions)

    async def read(
        after: ColleaguesPosition | None, most: int
    ) -> Sequence[tuple[ColleaguesPosition, Person]]:
        found = await store.search(tx, organisation, None, after.staff_id if after else "", most)
        return [(ColleaguesPosition(staff_id=each.staff_id), each) for each in found]

    return NamesView.of(await filled(read, ColleaguesPosition.at(cursor), limit))


@router.post("/people/search")
async def search_people(tx: AdministratorTx, body: SearchBody) -> RegisterView:
    """The register with contacts, page by page: all of it, an organisation, or by a name.

    For administrators. A name stands in no address, so the question is a body.
    """

    async def read(
        after: RegisterPosition | None, most: int
    ) -> Sequence[tuple[RegisterPosition, Person]]:
        behind = after.staff_id if after else ""
        found = await store.search(tx, body.organisation, body.q, behind, most)
        return [(RegisterPosition(staff_id=each.staff_id), each) for each in found]

    return RegisterView.of(await filled(read, RegisterPosition.at(body.cursor), body.limit))


@router.post("/people/{staff_id}/contacts/code", status_code=202)
async def send_code(staff_id: PathId, tx: AnyTx, viewer: Viewing, body: ChannelBody) -> None:
    """Sends a code of six digits to a contact: it is taken for ten minutes, five times.

    For themselves, and for administrators.
    """
    await handlers.send_code(tx, viewer, staff_id, body.channel)


@router.post("/people/{staff_id}/contacts/verify")
async def verify_contact(
    staff_id: PathId, tx: AnyTx, deps: DepsOf, viewer: Viewing, body: CodeBody
) -> OutcomeView:
    """Whether this is the code that was sent there; then the contact is verified until it changes.

    For themselves, and for administrators. A wrong one is counted.
    """
    found = await handlers.verify(tx, deps, viewer, staff_id, body.channel, body.code)
    return OutcomeView(verified=found.verified, tries=found.tries)
