"""Routes of the queue: counts as links, late first, then the least time left; an act in one tap."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages.case.page import SAID as OF_CASES
from services.console.pages.offers import act, calls, case_at
from services.console.pages.places.page import SAID as OF_PLACES
from services.console.pages.places.page import counted
from shared.errors import NotFound
from shared.events.words import HELD, OPEN, Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
Working = Annotated[Desk, Depends(somebody(Role.WORKER))]
TABS = {"new": later("New"), "work": later("In work"), "late": later("Late")}
SAID = OF_CASES | OF_PLACES | {"declined": later("Declined. The next one is asked now.")}
LIMIT = 50
Undo = Annotated[str | None, Query(pattern="^[a-z0-9-]{1,64}$")]
"""An id that an address hands on to a button: no way to anywhere else."""


@dataclass(frozen=True, slots=True)
class Row:
    """One offer as the queue shows it."""

    offer: dict[str, Any]
    code_ends: str | None
    open: bool
    held: bool

    @property
    def due(self) -> str | None:
        """What runs now."""
        due: str | None = self.offer["due"]
        return due


@router.get("/queue")
async def queue(
    desk: Working,
    tab: str = "new",
    cursor: Cursor | None = None,
    undo: Undo = None,
) -> Response:
    """What waits for the organisation (``new``), what it holds (``work``), what is late of both."""
    if tab not in TABS:
        raise NotFound
    page = await desk.get("referral", "/queue", tab=tab, cursor=cursor, limit=LIMIT)
    rows = await _rows(desk, page["offers"])
    counts = page.get("counts") or {}
    words = await desk.words()
    return desk.page(
        "queue/queue.html",
        rows=rows,
        words=words,
        tab=tab,
        tabs=[(code, say(name), counts.get(code, "")) for code, name in TABS.items()],
        next=page.get("next"),
        rooms=await counted(desk) if cursor is None else [],
        told=desk.told(SAID),
        undo=undo,
    )


async def _rows(desk: Desk, offers: list[dict[str, Any]]) -> list[Row]:
    """Rows with the last signs of the person's own code, so that text and row can be matched."""
    known = await calls(desk, [each["offer_id"] for each in offers])
    ends = {offer_id: each["code_ends"] for offer_id, each in known.items()}
    return [
        Row(each, ends.get(each["offer_id"]), each["status"] in OPEN, each["status"] in HELD)
        for each in offers
    ]


@router.post("/queue/{offer_id}/accept")
async def accept(desk: Working, offer_id: PathId) -> Response:
    """Yes, in one tap; it can be taken back for two minutes."""
    return await _act(desk, offer_id, "accept", "accepted", undo=offer_id)


@router.post("/queue/{offer_id}/seen")
async def seen(desk: Working, offer_id: PathId) -> Response:
    """Seen, not decided."""
    return await _act(desk, offer_id, "received", "seen")


@router.post("/queue/{offer_id}/release")
async def release(desk: Working, offer_id: PathId) -> Response:
    """Takes back one's own yes."""
    return await _act(desk, offer_id, "release", "released")


async def _act(desk: Desk, offer_id: str, verb: str, said: str, **query: str) -> Response:
    """Back to where it was pressed: the list, or the case itself."""
    refused = await act(desk, offer_id, verb)
    if refused is None and desk.form.has("case"):
        return desk.to(case_at(desk, offer_id), said)
    return refused or desk.to("/queue", said, **query)


@router.get("/queue/{offer_id}/decline")
async def ask_reason(desk: Working, offer_id: PathId) -> Response:
    """The reasons of a no."""
    return await _decline_form(desk, offer_id)


@router.post("/queue/{offer_id}/decline")
async def decline(desk: Working, offer_id: PathId) -> Response:
    """No, with a reason from the list; the next one is asked at once."""
    reason = desk.form.text("reason", 80)
    if not reason:
        return await _decline_form(desk, offer_id, say("Choose a reason"), 422)
    refused = await act(desk, offer_id, "reject", {"reason": reason})
    return refused or desk.to("/queue", "declined")


async def _decline_form(desk: Desk, offer_id: str, wrong: str = "", status: int = 200) -> Response:
    offer = await desk.get("referral", f"/offers/{offer_id}")
    reasons = (await desk.words()).of("reject_reasons")
    return desk.page("queue/decline.html", status, offer=offer, reasons=reasons, wrong=wrong)
