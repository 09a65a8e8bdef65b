"""Routes of a case: what may be read and until when, the clocks, and the acts of its holder.

Names and addresses are masked until somebody asks for them: that is a POST, which intake records
before it answers. What it answers stands in that one answer and nowhere else.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.sparse import sparse
from services.console.frame.texts import later, say
from services.console.pages import offers
from services.console.peers.client import PeerDown
from shared.errors import NotFound
from shared.events.words import HELD, OPEN, Role
from shared.http.schemas import PathId

router = APIRouter()
Working = Annotated[Desk, Depends(somebody(Role.WORKER, Role.COORDINATOR))]
FORMS = ("hold", "complete", "handover", "fail")
SIMPLE = {"on-the-way": "coming", "start": "started", "resume": "resumed", "release": "released"}
"""Acts of one tap, and what is said when they are done."""
SAID = {
    "accepted": later("You have accepted. You can take it back for 2 minutes."),
    "seen": later("Marked as seen. Others wait for your decision."),
    "coming": later("It is written down that you are on the way."),
    "started": later("First contact is written down."),
    "resumed": later("You have taken it up again."),
    "released": later("Taken back, as if nothing had been. The next one is asked now."),
    "held": later("On hold. If you do nothing by the day you named, others are asked soon after."),
    "completed": later("Completed. Thank you."),
    "handed": later("Handed over. Your colleague is told."),
    "failed": later("Given back. The next one is asked now."),
}
DAYS = (1, 2, 3, 7, 14, 30)
"""What people name for a review: days from today."""


@router.get("/cases/{offer_id}")
async def case(desk: Working, offer_id: PathId) -> Response:
    """The case, without a word that names anybody."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    await desk.viewed("offer", offer_id)
    return await show(desk, offer)


async def show(
    desk: Desk, offer: dict[str, Any], disclosed: dict[str, Any] | None = None, status: int = 200
) -> Response:
    """The page, with what was disclosed if anything was."""
    return desk.page(
        "case/case.html",
        status,
        offer=offer,
        words=await desk.words(),
        forms=await desk.forms() if disclosed else None,
        mine=offer.get("incident_id") is not None,
        works=desk.has(Role.WORKER),
        answering=desk.has(Role.WORKER) and offer["status"] in offers.ANSWERABLE,
        open=offer["status"] in OPEN,
        held=offer["status"] in HELD,
        disclosed=sparse(disclosed),
        told=desk.told(SAID),
    )


@router.post("/cases/{offer_id}/details")
async def details(desk: Working, offer_id: PathId) -> Response:
    """Shows what the survivor has allowed. Recorded before it is shown."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    return await show(desk, offer, await offers.disclosed(desk, offer))


@router.post("/cases/{offer_id}/act/{verb}")
async def act(desk: Working, offer_id: PathId, verb: str) -> Response:
    """An act of one tap."""
    if verb not in SIMPLE:
        raise NotFound
    return await _done(desk, offer_id, verb, {}, SIMPLE[verb])


@router.get("/cases/{offer_id}/{form}")
async def ask(desk: Working, offer_id: PathId, form: str) -> Response:
    """What an act needs to know."""
    if form not in FORMS:
        raise NotFound
    return await _form(desk, offer_id, form)


@router.post("/cases/{offer_id}/hold")
async def hold(desk: Working, offer_id: PathId) -> Response:
    """Paused until a day."""
    reason, days = desk.form.text("reason", 80), desk.form.text("days", 4)
    if not reason or not days.isdecimal():
        return await _form(desk, offer_id, "hold", say("Choose a reason and a day"), 422)
    review: datetime = desk.now + timedelta(days=min(int(days), 365))
    body = {"reason": reason, "review_at": review.isoformat()}
    return await _done(desk, offer_id, "hold", body, "held")


@router.post("/cases/{offer_id}/complete")
async def complete(desk: Working, offer_id: PathId) -> Response:
    """Done, with what came of it."""
    return await _chosen(desk, offer_id, "complete", "outcome", "completed")


@router.post("/cases/{offer_id}/fail")
async def fail(desk: Working, offer_id: PathId) -> Response:
    """It came to nothing: the next one is asked."""
    return await _chosen(desk, offer_id, "fail", "reason", "failed")


@router.post("/cases/{offer_id}/handover")
async def hand_over(desk: Working, offer_id: PathId) -> Response:
    """A colleague has it from now on."""
    to, reason = desk.form.text("to", 120), desk.form.text("reason", 80)
    if not to or not reason:
        return await _form(desk, offer_id, "handover", say("Choose a colleague and a reason"), 422)
    return await _done(
        desk, offer_id, "handover", {"to": to, "reason": reason}, "handed", at="/queue"
    )


async def _chosen(desk: Desk, offer_id: str, verb: str, field: str, said: str) -> Response:
    value = desk.form.text(field, 80)
    if not value:
        return await _form(desk, offer_id, verb, say("Choose one"), 422)
    return await _done(desk, offer_id, verb, {field: value}, said)


async def _done(
    desk: Desk, offer_id: str, verb: str, body: dict[str, Any], said: str, at: str | None = None
) -> Response:
    after = at or ("/queue" if verb in ("release", "fail") else f"/cases/{offer_id}")
    return await offers.act(desk, offer_id, verb, body) or desk.to(after, said)


async def _form(
    desk: Desk, offer_id: str, form: str, wrong: str = "", status: int = 200
) -> Response:
    offer = await desk.get("referral", f"/offers/{offer_id}")
    colleagues: list[tuple[str, str]] = []
    if form == "handover":
        try:
            colleagues = await offers.staff(desk, desk.caller.organisation, offer["person"])
        except PeerDown:
            wrong = wrong or say("People cannot be looked up now. Try again in a moment.")
    days = [(str(each), _day(desk, each)) for each in DAYS]
    return desk.page(
        "case/act.html",
        status,
        offer=offer,
        form=form,
        words=await desk.words(),
        colleagues=colleagues,
        days=days,
        wrong=wrong,
    )


def _day(desk: Desk, days: int) -> str:
    local = (desk.now + timedelta(days=days)).astimezone(desk.deps.country.current.zone)
    return say("in %(n)s d, %(day)s") % {"n": days, "day": local.strftime("%d.%m.%Y")}
