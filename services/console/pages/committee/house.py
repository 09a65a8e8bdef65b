"""House: what all pages of a committee share: who enters, whose committee it is, how it is shown.

Forms carry the id of what they make: sent twice, it is there once. What the service refuses is
said beside the field that it names.
"""

from typing import Annotated, Any

from fastapi import Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.places import links_of
from services.console.frame.texts import later, say
from services.console.pages.committee.rooms import ROOMS
from services.console.peers.client import PeerRefused
from shared.errors import Forbidden, NotFound
from shared.events.words import Role
from shared.ids import RandomIds

SERVICE = "committee"
Sitting = Annotated[Desk, Depends(somebody(Role.SECRETARY, Role.MEMBER))]
"""Whoever reads the registers."""
FORM = "form"
"""Stands for no field: what is wrong with the whole."""
Wrong = dict[str, str]
"""Words of what is wrong, by field."""


async def own(desk: Desk) -> dict[str, Any]:
    """The committee in which the person serves; raises `NotFound` where nobody has approved one."""
    found = (await desk.get(SERVICE, "/committees", limit=1))["committees"]
    if not found:
        raise NotFound
    committee: dict[str, Any] = found[0]
    return committee


async def keeps(desk: Desk) -> bool:
    """Whether the person enters what is in the registers: the secretary, and the chair."""
    return desk.has(Role.SECRETARY) or (await own(desk))["chair"] == desk.signed_in.staff_id


async def _keeping(desk: Sitting) -> Desk:
    if not await keeps(desk):
        raise Forbidden(later("This page is for another role"))
    return desk


Keeping = Annotated[Desk, Depends(_keeping)]
"""Whoever enters what is in the registers."""


def show(desk: Desk, template: str, status: int = 200, **values: Any) -> Response:
    """A page of a committee, with the menu of all of them. ``template`` is below its folder;
    a page with ``wrong`` is a form that was refused, one with ``keeps`` has the chair's buttons."""
    wrong: Wrong = values.get("wrong") or {}
    given = {"told": "", "keeps": desk.has(Role.SECRETARY)} | values | {"wrong": wrong}
    return desk.page(
        f"committee/{template}",
        422 if wrong and status == 200 else status,
        rooms=links_of(desk, ROOMS),
        **given,
    )


def wrong_of(refused: PeerRefused) -> Wrong:
    """What a form shows of a refusal, by field; raises it where no form can mend it."""
    if refused.status == 409:
        return {FORM: refused.detail or refused.title}
    if refused.status != 422:
        raise refused
    said = ((each["field"].split("[")[0].split(".")[-1], each) for each in refused.errors)
    return {field: each["message"] for field, each in said} or {FORM: say("Look at it again")}


def new_id() -> str:
    """The id of what a form will make."""
    return RandomIds().new()
