"""Routes of one's own account: where one is signed in, new recovery codes, the telephone PIN."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.console.accounts import handlers as accounts
from services.console.frame.desk import Desk
from services.console.frame.entry import SignedIn, somebody
from services.console.frame.texts import later, say
from services.console.peers.client import PeerRefused
from services.console.sessions import handlers as sessions
from shared.errors import NotFound
from shared.events.words import SYSTEM, Role
from shared.http.schemas import PathId

router = APIRouter()
Working = Annotated[Desk, Depends(somebody(Role.WORKER))]
SAID = {
    "ended": later("Ended. Who sat there has to sign in again."),
    "others": later("All others are ended."),
    "telephone-pin": later(
        "Kept. The desk asks for two of the digits when it has called you back."
    ),
}


@router.get("/account")
async def show(desk: SignedIn) -> Response:
    """Where one is signed in."""
    return await _page(desk)


async def _page(desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        own = await sessions.of_staff(tx, desk.signed_in.staff_id)
        has = await accounts.exists(tx, desk.signed_in.staff_id)
    return desk.page(
        "account/account.html",
        422 if wrong else 200,
        sessions=own,
        has_account=has,
        may_be_called=desk.has(Role.WORKER),
        wrong=wrong or {},
        told=desk.told(SAID),
    )


@router.post("/account/sessions/{session_id}/end")
async def end(desk: SignedIn, session_id: PathId) -> Response:
    """Ends one of one's own sessions."""
    who = desk.signed_in.staff_id
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        if session_id not in {each.session_id for each in await sessions.of_staff(tx, who)}:
            raise NotFound
        await sessions.end(tx, session_id, by=who)
    return desk.to("/account", "ended")


@router.post("/account/others")
async def end_others(desk: SignedIn) -> Response:
    """Ends all of them but this one."""
    session = desk.signed_in
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        await sessions.end_all(tx, session.staff_id, but=session.session_id, by=session.staff_id)
    return desk.to("/account", "others")


@router.post("/account/codes")
async def new_codes(desk: SignedIn) -> Response:
    """New recovery codes, shown this once; those before are worth nothing any more.

    An officer who has a telephone and no account has none.
    """
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        codes = await accounts.renew_recovery_codes(tx, desk.deps, desk.signed_in.staff_id)
    return desk.page("account/codes.html", codes=codes)


@router.post("/account/telephone-pin")
async def set_telephone_pin(desk: Working) -> Response:
    """Six digits of which a desk asks two, so that it knows whom it has called back."""
    pin = desk.form.raw("pin")
    if pin != desk.form.raw("again"):
        return await _page(desk, {"again": say("The two PINs are not the same")})
    try:
        await desk.put("notify", "/me/telephone-pin", {"pin": pin})
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        return await _page(desk, {"pin": "; ".join(each["message"] for each in refused.errors)})
    return desk.to("/account", "telephone-pin")
