"""Routes of who looked at what: of everybody, a case, a person, an organisation's people.

Looking at it is a look itself, and recorded before it is shown.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages import offers
from services.console.pages.views.asked import CASE, EVERYBODY, REFUSED, Asked
from services.console.peers.client import PeerRefused
from services.console.refused.model import ID
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
AT, SERVICE, VIEWS = "/views", "audit", "views"
WRONG, A_PAGE = 422, 50
MOST_NAMED = 8
"""Organisations whose people are looked up by name for one page; others stand by their ids."""
EXCEL = "excel"
NOTHING: Mapping[str, Any] = {"looks": [], "counts": [], "withheld": False}
PERSON, ORGANISATION = "person", "organisation"
HEADINGS = {
    EVERYBODY: later("Who looked at what"),
    CASE: later("Who looked at this case"),
    PERSON: later("What they looked at"),
    ORGANISATION: later("What their people looked at"),
}
Overseeing = Annotated[Desk, Depends(somebody(Role.COORDINATOR, Role.AUDITOR))]
Address = Annotated[Asked, Query()]


@router.get(AT)
async def everybody(desk: Overseeing, asked: Address) -> Response:
    """What people looked at, looked for and took along, and what was refused."""
    return await _show(desk, asked, EVERYBODY, "")


@router.get(f"{AT}/case/{{request_id}}")
async def case(desk: Overseeing, request_id: PathId, asked: Address) -> Response:
    """Who looked at a case, for whoever may open it."""
    return await _show(desk, asked, CASE, request_id)


@router.get(f"{AT}/person/{{staff_id}}")
async def person(desk: Overseeing, staff_id: PathId, asked: Address) -> Response:
    """What somebody did."""
    return await _show(desk, asked, PERSON, staff_id)


@router.get(f"{AT}/organisation/{{organisation}}")
async def people(desk: Overseeing, organisation: PathId, asked: Address) -> Response:
    """What the people of an organisation did."""
    return await _show(desk, asked, ORGANISATION, organisation)


@router.post(f"{AT}/table")
async def table(desk: Overseeing) -> Response:
    """The same to take along."""
    return await _table(desk, EVERYBODY, "")


@router.post(f"{AT}/case/{{request_id}}/table")
async def case_table(desk: Overseeing, request_id: PathId) -> Response:
    """The same of a case."""
    return await _table(desk, CASE, request_id)


@router.post(f"{AT}/person/{{staff_id}}/table")
async def person_table(desk: Overseeing, staff_id: PathId) -> Response:
    """The same of a person."""
    return await _table(desk, PERSON, staff_id)


@router.post(f"{AT}/organisation/{{organisation}}/table")
async def people_table(desk: Overseeing, organisation: PathId) -> Response:
    """The same of an organisation's people."""
    return await _table(desk, ORGANISATION, organisation)


async def _table(desk: Desk, of: str, of_id: str) -> Response:
    await _opens(desk, of, of_id)
    variant = desk.form.text("variant", 8) or EXCEL
    query = Asked.typed(desk.form).query(of, of_id)
    return await desk.table(SERVICE, "/views.csv", VIEWS, variant=variant, **query)


async def _opens(desk: Desk, of: str, of_id: str) -> None:
    """Raises `PeerRefused` for a case that a coordinator may not open: audit does not know whom it
    is hidden from."""
    if of == CASE and not desk.has(Role.AUDITOR):
        await desk.get("referral", f"/service-requests/{of_id}")


async def _known(desk: Desk, of: str, of_id: str) -> str | None:
    """The id, if it is one: what else stands in an address may be somebody's words, and what is
    recorded stays for good."""
    if of == ORGANISATION:
        return of_id if of_id in await desk.called({of_id}) else None
    return of_id if ID.fullmatch(of_id) else None


async def _show(desk: Desk, asked: Asked, of: str, of_id: str) -> Response:
    asked = asked.of(desk, of)
    await _opens(desk, of, of_id)
    await desk.viewed(VIEWS, await _known(desk, of, of_id) or of)
    try:
        found = await desk.get(SERVICE, "/views", limit=A_PAGE, **asked.query(of, of_id))
    except PeerRefused as refused:
        if refused.status != WRONG:
            raise
        wrong = {each["field"].rpartition(".")[2]: each["message"] for each in refused.errors}
        return await _page(desk, asked, (of, of_id), NOTHING, wrong)
    return await _page(desk, asked, (of, of_id), found, {})


async def _page(
    desk: Desk,
    asked: Asked,
    whose: tuple[str, str],
    found: Mapping[str, Any],
    wrong: Mapping[str, str],
) -> Response:
    of, of_id = whose
    words = await desk.words(SERVICE)
    organisations = {each["organisation"] for each in found["looks"] if each["organisation"]}
    named = await desk.called(organisations | ({of_id} if of == ORGANISATION else set()))
    return desk.page(
        "views/views.html",
        WRONG if wrong else 200,
        at=AT,
        asked=asked,
        of=of,
        of_id=of_id,
        heading=say(HEADINGS[of]),
        found=found,
        words=words,
        choices=[("", say("everything")), (REFUSED, say("what was refused")), *words.of("looks")],
        named=named,
        names=await offers.names(desk, sorted(organisations)[:MOST_NAMED]),
        opens=desk.has(Role.AUDITOR),
        back=f"/board/{of_id}" if of == CASE and desk.has(Role.COORDINATOR) else AT,
        wrong=wrong,
    )
