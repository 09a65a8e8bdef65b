"""Routes of duty: what waits for the officer's unit, and one case for one hand.

An address is shown after *I am going*, in the answer to that tap or to *Show*: both are recorded.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.sparse import sparse
from services.console.frame.texts import later
from services.console.pages import offers
from services.console.peers.client import PeerDown, PeerRefused
from shared.errors import NotFound
from shared.events.words import HELD, OPEN, Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
OnDuty = Annotated[Desk, Depends(somebody(Role.WORKER))]
ACTS = {"on-the-way": "going", "start": "there"}
FORMS = ("pass", "done")
"""What is asked about once more: nothing takes it back."""
SAID = {
    "going": later("It is written down that you are going."),
    "there": later("It is written down that you are there."),
    "passed": later("Passed on. The next one is asked now."),
    "done": later("Done. Thank you."),
}
OUTCOMES = ("helped", "not-reached", "declined-by-survivor", "other")


@router.get("/duty")
async def duty(desk: OnDuty, cursor: Cursor | None = None) -> Response:
    """What waits for the unit, and what its officer has."""
    page = await desk.get("referral", "/queue", cursor=cursor, limit=20)
    return desk.page(
        "duty/duty.html",
        offers=page["offers"],
        next=page.get("next"),
        words=await desk.words(),
        told=desk.told(SAID),
    )


@router.get("/duty/{offer_id}")
async def case(desk: OnDuty, offer_id: PathId) -> Response:
    """The case, without a word that names anybody."""
    return await _case(desk, await desk.get("referral", f"/offers/{offer_id}"))


@router.post("/duty/{offer_id}/go")
async def go(desk: OnDuty, offer_id: PathId) -> Response:
    """I am going: accepted, on the way, and the address at once."""
    for verb in ("accept", "on-the-way"):
        refused = await offers.act(desk, offer_id, verb)
        if refused:
            return refused
    return await _shown(desk, await desk.get("referral", f"/offers/{offer_id}"))


@router.post("/duty/{offer_id}/show")
async def show(desk: OnDuty, offer_id: PathId) -> Response:
    """Where, who, and how to call back."""
    return await _shown(desk, await desk.get("referral", f"/offers/{offer_id}"))


@router.get("/duty/{offer_id}/{form}")
async def ask(desk: OnDuty, offer_id: PathId, form: str) -> Response:
    """Whether it is passed on, or what came of it: a page of its own, so that no second tap of what
    stood there before does it."""
    if form not in FORMS:
        raise NotFound
    offer = await desk.get("referral", f"/offers/{offer_id}")
    words = await desk.words()
    outcomes = [(code, words.label("outcomes", code)) for code in OUTCOMES]
    return desk.page("duty/ask.html", offer=offer, form=form, outcomes=outcomes)


@router.post("/duty/{offer_id}/pass")
async def pass_on(desk: OnDuty, offer_id: PathId) -> Response:
    """Not me: the next one is asked at once."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    said = ("reject", "other") if offer["status"] in OPEN else ("fail", "unable")
    refused = await offers.act(desk, offer_id, said[0], {"reason": said[1]})
    return refused or desk.to("/duty", "passed")


@router.post("/duty/{offer_id}/act/{verb}")
async def act(desk: OnDuty, offer_id: PathId, verb: str) -> Response:
    """On the way, or there."""
    if verb not in ACTS:
        raise NotFound
    return await offers.act(desk, offer_id, verb) or desk.to(f"/duty/{offer_id}", ACTS[verb])


@router.post("/duty/{offer_id}/done")
async def done(desk: OnDuty, offer_id: PathId) -> Response:
    """What came of it."""
    outcome = desk.form.text("outcome", 40)
    if outcome not in OUTCOMES:
        raise NotFound
    refused = await offers.act(desk, offer_id, "complete", {"outcome": outcome})
    return refused or desk.to("/duty", "done")


async def _shown(desk: Desk, offer: Any) -> Response:
    """With what was allowed; the yes stands also where that cannot be had now."""
    try:
        return await _case(desk, offer, await offers.disclosed(desk, offer))
    except PeerDown:
        return await _case(desk, offer, missing="down")
    except PeerRefused as refused:
        if refused.status != 403 or offer.get("incident_id") is None:
            raise
        return await _case(desk, offer, missing="refused")


async def _case(desk: Desk, offer: Any, disclosed: Any = None, missing: str = "") -> Response:
    await desk.viewed("offer", offer["offer_id"])
    return desk.page(
        "duty/case.html",
        503 if missing == "down" else 200,
        offer=offer,
        words=await desk.words(),
        forms=await desk.forms() if disclosed else None,
        answering=offer["status"] in offers.ANSWERABLE,
        held=offer["status"] in HELD,
        mine=offer.get("incident_id") is not None,
        disclosed=sparse(disclosed),
        missing=missing,
        told=desk.told(SAID),
    )
