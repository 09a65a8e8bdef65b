"""Routes of the members of a committee: listed by sector, entered in one form, left; taken back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
from services.console.pages import colleagues
from services.console.pages.committee.house import (
    SERVICE,
    Keeping,
    Sitting,
    Wrong,
    keeps,
    own,
    show,
    wrong_of,
)
from services.console.pages.committee.members.typed import Entry
from services.console.pages.committee.words import SECTORS, bodies, body, label, options
from services.console.pages.people.person import new_staff_id
from services.console.peers.client import PeerRefused
from shared.clock import pause
from shared.errors import NotFound
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/members"
WAITS = (0.3, 0.6, 1.2, 2.0)
"""Seconds in which a committee hears of somebody whom the register has just taken."""
SAID = {
    "joined": later("Entered."),
    "withdrawn": later("Taken back. They are no member, and never were."),
    "left": later("Written down. On the day after they are no member any more."),
}


@router.get(AT)
async def listed(desk: Sitting) -> Response:
    """Who sits in it, by sector, and who has left."""
    committee = await own(desk)
    members = await _members(desk, committee)
    return show(
        desk,
        "members/list.html",
        committee=committee,
        keeps=await keeps(desk),
        sectors={
            code: there
            for code in SECTORS
            if (there := [each for each in members if each["sector"] == code and each["sits"]])
        },
        others=[each for each in members if not each["sits"]],
        names=await _names(desk),
        words=SECTORS,
        label=label,
        body=partial(body, desk),
        told=desk.told(SAID),
    )


@router.get(f"{AT}/new")
async def ask_new(desk: Keeping) -> Response:
    """Somebody of the register, or somebody new; approved by the committee's own order."""
    committee = await own(desk)
    entry = Entry(
        new_id=new_staff_id(),
        order_no=committee["order_no"],
        order_on=committee["order_on"],
        member_from=max(committee["term_from"], committee["order_on"]),
    )
    return await _form(desk, entry)


@router.post(AT)
async def join(desk: Keeping) -> Response:
    """They join; somebody new is entered in the register first."""
    entry, committee = Entry.typed(desk.form), await own(desk)
    try:
        if not entry.staff_id:
            person = entry.person(committee["organisation"], desk.language)
            await desk.put("notify", f"/people/{entry.new_id}", person)
        await _join(desk, committee["committee_id"], entry)
    except PeerRefused as refused:
        return await _form(desk, entry, wrong_of(refused))
    return desk.to(AT, "joined")


@router.get(AT + "/{member_id}")
async def one(desk: Keeping, member_id: PathId) -> Response:
    """A member, to enter that they leave."""
    return await _one(desk, member_id)


@router.post(AT + "/{member_id}/leave")
async def leave(desk: Keeping, member_id: PathId) -> Response:
    """Their last day."""
    committee, last = await own(desk), desk.form.text("member_to", 10)
    at = f"/committees/{committee['committee_id']}/members/{member_id}/leave"
    try:
        await desk.post(SERVICE, at, {"member_to": last})
    except PeerRefused as refused:
        return await _one(desk, member_id, wrong_of(refused))
    return desk.to(AT, "left")


@router.post(AT + "/{member_id}/withdraw")
async def withdraw(desk: Keeping, member_id: PathId) -> Response:
    """They were entered in error."""
    at = f"/committees/{(await own(desk))['committee_id']}/members/{member_id}/withdraw"
    try:
        await desk.post(SERVICE, at)
    except PeerRefused as refused:
        return await _one(desk, member_id, wrong_of(refused))
    return desk.to(AT, "withdrawn")


async def _join(desk: Desk, committee_id: str, entry: Entry) -> None:
    """The register tells the committee of somebody new by and by: that is waited for."""
    for wait in (*WAITS, None) if not entry.staff_id else (None,):
        try:
            await desk.post(SERVICE, f"/committees/{committee_id}/members", entry.member())
            return
        except PeerRefused as refused:
            unheard = [each["field"] for each in refused.errors] == ["staff_id"]
            if wait is None or not unheard:
                raise
            await pause(wait)


async def _members(desk: Desk, committee: Mapping[str, Any]) -> list[dict[str, Any]]:
    at = f"/committees/{committee['committee_id']}/members"
    return list((await desk.get(SERVICE, at))["members"])


async def _names(desk: Desk) -> Mapping[str, str]:
    staff = await colleagues.of(desk, desk.signed_in.organisation)
    return {each["staff_id"]: each["name"] for each in staff}


async def _one(desk: Desk, member_id: str, wrong: Wrong | None = None) -> Response:
    members = await _members(desk, await own(desk))
    member = next((each for each in members if each["member_id"] == member_id), None)
    if member is None:
        raise NotFound
    return show(
        desk,
        "members/one.html",
        member=member,
        name=(await _names(desk)).get(member["staff_id"], member["staff_id"]),
        today=desk.today.isoformat(),
        words=SECTORS,
        label=label,
        body=partial(body, desk),
        wrong=wrong,
    )


async def _form(desk: Desk, entry: Entry, wrong: Wrong | None = None) -> Response:
    members, names = await _members(desk, await own(desk)), await _names(desk)
    sitting = {each["staff_id"] for each in members if each["sits"]}
    free = [(code, name) for code, name in names.items() if code not in sitting]
    deputised = [
        (each["member_id"], names.get(each["staff_id"], each["staff_id"]))
        for each in members
        if each["sits"] and not each["deputy_of"]
    ]
    return show(
        desk,
        "members/form.html",
        entry=entry,
        people=[("", say("somebody new: type the name")), *free],
        sectors=options(SECTORS, "–"),
        bodies=[("", "–"), *bodies(desk).items()],
        deputised=[("", say("nobody: they have a seat of their own")), *deputised],
        wrong=wrong,
    )
