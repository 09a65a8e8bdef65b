"""Routes of somebody's account and telephones: what opens one is shown once, in the answer to a
POST."""

from fastapi import APIRouter, Response

from services.console.accounts import handlers as accounts
from services.console.devices import handlers as devices
from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
from services.console.pages.people.showing import Keeping, one, show
from services.console.sessions import handlers as sessions
from shared.errors import Conflict, NotFound
from shared.events.words import SYSTEM
from shared.http.schemas import PathId

router = APIRouter()
INACTIVE = later("They do not serve any more: nobody signs in as them.")


@router.post("/people/{staff_id}/invite")
async def invite(desk: Keeping, staff_id: PathId) -> Response:
    """A link by which they make their account, for a day."""
    if not (await one(desk, staff_id))["active"]:
        return await show(desk, staff_id, wrong=say(INACTIVE), status=409)
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            secret = await accounts.invite(tx, desk.deps, _by(desk), staff_id)
    except Conflict as problem:
        return await _refused(desk, staff_id, problem)
    return _once(desk, staff_id, link=secret)


@router.post("/people/{staff_id}/reset")
async def reset(desk: Keeping, staff_id: PathId) -> Response:
    """Asked for by one administrator, done by another."""
    await one(desk, staff_id)
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            secret = await accounts.reset(tx, desk.deps, _by(desk), staff_id)
    except Conflict as problem:
        return await _refused(desk, staff_id, problem)
    if secret is None:
        return desk.to(f"/people/{staff_id}", "reset-asked")
    return _once(desk, staff_id, link=secret)


@router.post("/people/{staff_id}/sign-out")
async def sign_out(desk: Keeping, staff_id: PathId) -> Response:
    """Ends all of their sessions."""
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        own = desk.signed_in.session_id if staff_id == _by(desk) else None
        await sessions.end_all(tx, staff_id, but=own, by=_by(desk))
    return desk.to(f"/people/{staff_id}", "sessions-ended")


@router.post("/people/{staff_id}/telephone")
async def register_telephone(desk: Keeping, staff_id: PathId) -> Response:
    """A code that registers one telephone of theirs, for ten minutes."""
    member = await desk.front.register.member(staff_id)
    if member is None:
        return await show(desk, staff_id, wrong=say(INACTIVE), status=409)
    try:
        async with desk.deps.db.transaction(actor=SYSTEM) as tx:
            code = await devices.issue_code(tx, desk.deps, _by(desk), member)
    except Conflict as problem:
        return await _refused(desk, staff_id, problem)
    return _once(desk, staff_id, code=code)


@router.post("/people/{staff_id}/telephone/{device_id}/revoke")
async def revoke_telephone(desk: Keeping, staff_id: PathId, device_id: PathId) -> Response:
    """A lost one opens nothing, and they are signed out."""
    async with desk.deps.db.transaction(actor=SYSTEM) as tx:
        if device_id not in {each.device_id for each in await devices.of_staff(tx, staff_id)}:
            raise NotFound
        await devices.revoke(tx, _by(desk), device_id)
    return desk.to(f"/people/{staff_id}", "revoked")


def _by(desk: Desk) -> str:
    return desk.signed_in.staff_id


def _once(desk: Desk, staff_id: str, *, link: str = "", code: str = "") -> Response:
    address = f"{desk.deps.settings.origin}/invitation/{link}" if link else ""
    return desk.page("people/once.html", staff_id=staff_id, address=address, code=code)


async def _refused(desk: Desk, staff_id: str, why: Conflict) -> Response:
    words = desk.deps.country.current.wording.say(str(why), desk.language)
    return await show(desk, staff_id, wrong=words, status=409)
