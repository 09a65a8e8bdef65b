"""Routes of one's own reports: progress in words, and consents given or withdrawn later."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.forms import outside_hours
from services.console.frame.sparse import sparse
from services.console.frame.texts import later, say
from services.console.pages import consents
from services.console.peers.client import PeerRefused
from shared.events.words import Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
Reporting = Annotated[Desk, Depends(somebody(Role.REPORTER, Role.WORKER, Role.COORDINATOR))]
PROGRESS = {
    "received": later("received"),
    "awaiting-consent": later("waits for her yes"),
    "matching": later("we look for who can help"),
    "offered": later("somebody is being asked"),
    "accepted": later("somebody has accepted"),
    "in-service": later("she is being helped"),
    "on-hold": later("on hold"),
    "exhausted": later("nobody was found; a coordinator looks for a way"),
    "completed": later("completed"),
    "ended": later("ended"),
    "unmet": later("closed: nobody could help"),
}
TAKEN_BACK = later("ended: she took her yes back, and may give it again")
SAID = {
    "consented": later("Written down. Who can help is asked at once."),
    "withdrawn": later(
        "Withdrawn. Nobody can read under it from now on. She may allow it again at any time."
    ),
}


@router.get("/reports")
async def own(desk: Reporting, before: Cursor | None = None) -> Response:
    """What the person reported, newest first."""
    page = await desk.get("intake", "/incidents", before=before)
    return desk.page(
        "reports/reports.html",
        incidents=page["incidents"],
        next=page["next"],
        how_far=_how_far,
        forms=await desk.forms(),
    )


@router.get("/reports/{incident_id}")
async def one(desk: Reporting, incident_id: PathId) -> Response:
    """How far one has come."""
    incident = await desk.get("intake", f"/incidents/{incident_id}")
    await desk.viewed("incident", incident_id)
    return desk.page(
        "reports/one.html",
        incident=incident,
        how_far=_how_far,
        forms=await desk.forms(),
        told=desk.told(SAID),
    )


@router.post("/reports/{incident_id}/entered")
async def entered(desk: Reporting, incident_id: PathId) -> Response:
    """What the person entered, for a day. Recorded before it is shown."""
    why = {"purpose": "correction"} | outside_hours(desk.form)
    shown = await desk.post("intake", f"/incidents/{incident_id}/entered", why)
    return desk.page(
        "reports/entered.html",
        disclosed=sparse(shown),
        incident_id=incident_id,
        forms=await desk.forms(),
        words=await desk.words(),
    )


@router.get("/reports/{incident_id}/consent/{need}")
async def ask_consent(desk: Reporting, incident_id: PathId, need: PathId) -> Response:
    """What she allows now."""
    return await _consent_form(desk, incident_id, need)


@router.post("/reports/{incident_id}/consent/{need}")
async def consent(desk: Reporting, incident_id: PathId, need: PathId) -> Response:
    """She allows it: the need that waited is asked for at once."""
    forms, form = await desk.forms(), desk.form
    scope = form.all("scope")
    if not scope:
        return await _consent_form(desk, incident_id, need, say("Tick what may be told"), 422)
    said = {name: form.text(name) for name in ("given_by", "basis", "how")}
    asked = next((each for each in forms["needs"] if each["code"] == need), None)
    if asked is None:
        return desk.to(f"/reports/{incident_id}")
    given = consents.given(asked, scope, said, consents.ends(desk.now, forms))
    try:
        await desk.post("intake", f"/incidents/{incident_id}/consents", {"consents": given})
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        wrong = "; ".join(each["message"] for each in refused.errors)
        return await _consent_form(desk, incident_id, need, wrong, 422)
    return desk.to(f"/reports/{incident_id}", "consented")


@router.get("/reports/{incident_id}/withdraw/{consent_id}")
async def ask_withdrawal(desk: Reporting, incident_id: PathId, consent_id: PathId) -> Response:
    """What ends with it, before it does."""
    incident = await desk.get("intake", f"/incidents/{incident_id}")
    given = {each["consent_id"]: each for each in incident["consents"] if not each["by_law"]}
    consent = given.get(consent_id)
    if consent is None or consent["withdrawn_at"]:
        return desk.to(f"/reports/{incident_id}")
    need = next(each for each in incident["needs"] if each["need_id"] == consent["need_id"])
    return desk.page(
        "reports/withdraw.html",
        incident_id=incident_id,
        consent=consent,
        need=need,
        forms=await desk.forms(),
    )


@router.post("/reports/{incident_id}/withdraw/{consent_id}")
async def withdraw(desk: Reporting, incident_id: PathId, consent_id: PathId) -> Response:
    """She takes it back: reading under it ends at once."""
    await desk.post("intake", f"/incidents/{incident_id}/consents/{consent_id}/withdrawal")
    return desk.to(f"/reports/{incident_id}", "withdrawn")


async def _consent_form(
    desk: Desk, incident_id: str, need: str, wrong: str = "", status: int = 200
) -> Response:
    forms = await desk.forms()
    asked: dict[str, Any] | None = next(
        (each for each in forms["needs"] if each["code"] == need), None
    )
    if asked is None:
        return desk.to(f"/reports/{incident_id}")
    return desk.page(
        "reports/consent.html",
        status,
        incident_id=incident_id,
        need=asked,
        forms=forms,
        wrong=wrong,
        chosen=desk.form.all("scope") or asked["scope"],
    )


def _how_far(need: Mapping[str, Any]) -> str:
    """In words. What ended for want of a consent may go on with another."""
    progress = need["progress"]
    taken_back = progress == "ended" and "give-consent" in need["can_do"]
    return say(TAKEN_BACK if taken_back else PROGRESS[progress])
