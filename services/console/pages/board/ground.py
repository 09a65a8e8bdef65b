"""Routes of a ground: what permits an asking without her yes, entered by a coordinator who answers
for it. A consent has the page of reports."""

from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages import consents
from services.console.pages.board.acts import Coordinating
from services.console.peers.client import PeerRefused
from shared.errors import NotFound
from shared.http.schemas import PathId

router = APIRouter()


@router.get("/board/{request_id}/ground")
async def ask_ground(desk: Coordinating, request_id: PathId) -> Response:
    """Which ground, and what may be told under it."""
    return await _form(desk, request_id)


@router.post("/board/{request_id}/ground")
async def ground(desk: Coordinating, request_id: PathId) -> Response:
    """It is entered with whoever enters it as who answers for it; who can help is asked at once."""
    chosen, scope = desk.form.text("ground", 80), desk.form.all("scope")
    if not chosen or not scope:
        wrong = say("Choose a ground, and tick what may be told")
        return await _form(desk, request_id, wrong)
    request, need = await _need(desk, request_id)
    body = {"consents": consents.grounds(need, scope, chosen, desk.signed_in.staff_id)}
    try:
        await desk.post("intake", f"/incidents/{request['incident_id']}/consents", body)
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        return await _form(desk, request_id, "; ".join(each["message"] for each in refused.errors))
    return desk.to(f"/board/{request_id}", "grounded")


async def _need(desk: Desk, request_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The service request, and intake's row of what is needed."""
    request: dict[str, Any] = await desk.get("referral", f"/service-requests/{request_id}")
    known = (await desk.forms())["needs"]
    for each in known:
        if each["code"] == request["service_type"]:
            return request, each
    raise NotFound


async def _form(desk: Desk, request_id: str, wrong: str = "") -> Response:
    _, need = await _need(desk, request_id)
    return desk.page(
        "board/ground.html",
        422 if wrong else 200,
        request_id=request_id,
        need=need,
        forms=await desk.forms(),
        chosen=desk.form.text("ground", 80),
        scope=desk.form.all("scope"),
        wrong=wrong,
    )
