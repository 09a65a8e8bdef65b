"""Routes of the registry of committees, for the coordinator of their territory."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later
from services.console.pages import colleagues
from services.console.pages.committee.house import SERVICE, Wrong, show, wrong_of
from services.console.pages.committee.registry.typed import MARK, Approval
from services.console.pages.committee.words import SECTORS, Words, label
from services.console.peers.client import PeerRefused
from shared.events.words import Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/all"
Coordinating = Annotated[Desk, Depends(somebody(Role.COORDINATOR))]
A_PAGE = 50
KIND = "local-committee"
STANDINGS: Words = {
    "active": later("active"),
    "lapsed": later("its term is over"),
    "ended": later("it was ended"),
}
SAID = {
    "approved": later("Entered. Its secretary enters who sits in it; then name its chair."),
    "changed": later("Saved. It holds from now on."),
}


@router.get(AT)
async def listed(desk: Coordinating, cursor: Cursor | None = None) -> Response:
    """The committees of the coordinator's territories."""
    found = await desk.get(SERVICE, "/committees", limit=A_PAGE, cursor=cursor)
    committees = found["committees"]
    return show(
        desk,
        "registry/list.html",
        committees=committees,
        next=found.get("next"),
        called=await desk.called({each["organisation"] for each in committees}),
        standings=STANDINGS,
        label=label,
        told=desk.told(SAID),
    )


@router.get(f"{AT}/new")
async def ask_new(desk: Coordinating) -> Response:
    """Which organisation of the directory, by which order, for how long?"""
    return await _new_form(desk, Approval())


@router.post(AT)
async def approve(desk: Coordinating) -> Response:
    """One more."""
    wanted = Approval.typed(desk.form)
    try:
        await desk.post(SERVICE, "/committees", wanted.body())
    except PeerRefused as refused:
        return await _new_form(desk, wanted, wrong_of(refused))
    return desk.to(AT, "approved")


@router.get(AT + "/{committee_id}")
async def one(desk: Coordinating, committee_id: PathId) -> Response:
    """One committee: to approve it anew, to name who leads it, to end it."""
    committee = await desk.get(SERVICE, f"/committees/{committee_id}")
    return await _form(desk, committee, Approval.of(committee))


@router.post(AT + "/{committee_id}")
async def change(desk: Coordinating, committee_id: PathId) -> Response:
    """As it is approved from now on."""
    wanted = Approval.typed(desk.form)
    try:
        await desk.put(SERVICE, f"/committees/{committee_id}", wanted.body())
    except PeerRefused as refused:
        committee = await desk.get(SERVICE, f"/committees/{committee_id}")
        return await _form(desk, committee, wanted, wrong_of(refused))
    return desk.to(AT, "changed")


async def _new_form(desk: Desk, wanted: Approval, wrong: Wrong | None = None) -> Response:
    found = await desk.get("referral", "/directory", kind=KIND, limit=200)
    digits = desk.deps.jurisdiction.territories.rules.digits
    choices = [
        (f"{each['organisation']}{MARK}{area['code'].ljust(digits, '0')}", each["name"])
        for each in found["organisations"]
        for area in each["areas"][:1]
    ]
    both = dict.fromkeys(("organisation", "territory"), "which")
    said = {both.get(field, field): words for field, words in (wrong or {}).items()}
    return show(desk, "registry/new.html", wanted=wanted, choices=[("", "–"), *choices], wrong=said)


async def _form(
    desk: Desk, committee: Mapping[str, Any], wanted: Approval, wrong: Wrong | None = None
) -> Response:
    at = f"/committees/{committee['committee_id']}/members"
    members = (await desk.get(SERVICE, at))["members"]
    sitting = {each["staff_id"] for each in members if each["sits"]}
    staff = await colleagues.of(desk, committee["organisation"])
    people = [(each["staff_id"], each["name"]) for each in staff if each["staff_id"] in sitting]
    called = await desk.called({committee["organisation"]})
    return show(
        desk,
        "registry/one.html",
        committee=committee,
        name=called.get(committee["organisation"], committee["organisation"]),
        wanted=wanted,
        people=[("", "–"), *people],
        sectors=SECTORS,
        standings=STANDINGS,
        label=label,
        wrong=wrong,
    )
