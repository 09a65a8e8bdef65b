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
from shared.errors import NotFound
from shared.events.words import HELD, OPEN, Role
from shared.http.schemas import PathId

router = APIRouter()
OnDuty = Annotated[Desk, Depends(somebody(Role.WORKER))]
ACTS = {"on-the-way": "going", "start": "there"}
SAID = {
    "going": later("It is written down that you are going."),
    "there": later("It is written down that you are there."),
    "passed": later("Passed on. The next one is asked now."),
    "done": later("Done. Thank you."),
}
OUTCOMES = ("helped", "not-reached", "declined-by-survivor", "other")


@router.get("/duty")
async def duty(desk: OnDuty) -> Response:
    """What waits for the unit, and what its officer has."""
    page = await desk.get("referral", "/queue", limit=20)
    return desk.page(
        "duty/duty.html", offers=page["offers"], words=await desk.words(), told=desk.told(SAID)
    )


@router.get("/duty/{offer_id}")
async def case(desk: OnDuty, offer_id: PathId) -> Response:
    """The case, without a word that names anybody."""
    return await _case(desk, await desk.get("referral", f"/offers/{offer_id}"))


@router.post("/duty/{offer_id}/go")
async def go(desk: OnDuty, offer_id: PathId) -> Response:
    """I am going: accepted, on the way, and the address at once."""
    refused = await offers.act(desk, offer_id, "accept")
    if refused:
        return refused
    offer = await desk.post("referral", f"/offers/{offer_id}/on-the-way")
    return await _case(desk, offer, await offers.disclosed(desk, offer))


@router.post("/duty/{offer_id}/show")
async def show(desk: OnDuty, offer_id: PathId) -> Response:
    """Where, who, and how to call back."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    return await _case(desk, offer, await offers.disclosed(desk, offer))


@router.post("/duty/{offer_id}/pass")
async def pass_on(desk: OnDuty, offer_id: PathId) -> Response:
    """Not me: the next one is asked at once."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    if offer["status"] in OPEN:
        await desk.post("referral", f"/offers/{offer_id}/reject", {"reason": "other"})
    else:
        await desk.post("referral", f"/offers/{offer_id}/fail", {"reason": "unable"})
    return desk.to("/duty", "passed")


@router.post("/duty/{offer_id}/act/{verb}")
async def act(desk: OnDuty, offer_id: PathId, verb: str) -> Response:
    """On the way, or there."""
    if verb not in ACTS:
        raise NotFound
    await desk.post("referral", f"/offers/{offer_id}/{verb}")
    return desk.to(f"/duty/{offer_id}", ACTS[verb])


@router.post("/duty/{offer_id}/done")
async def done(desk: OnDuty, offer_id: PathId) -> Response:
    """What came of it."""
    outcome = desk.form.text("outcome", 40)
    if outcome not in OUTCOMES:
        raise NotFound
    await desk.post("referral", f"/offers/{offer_id}/complete", {"outcome": outcome})
    return desk.to("/duty", "done")


async def _case(desk: Desk, offer: Any, disclosed: Any = None) -> Response:
    await desk.viewed("offer", offer["offer_id"])
    words = await desk.words()
    return desk.page(
        "duty/case.html",
        offer=offer,
        words=words,
        forms=await desk.forms() if disclosed else None,
        open=offer["status"] in OPEN,
        held=offer["status"] in HELD,
        mine=offer.get("incident_id") is not None,
        disclosed=sparse(disclosed),
        outcomes=[(code, words.label("outcomes", code)) for code in OUTCOMES],
        told=desk.told(SAID),
    )
