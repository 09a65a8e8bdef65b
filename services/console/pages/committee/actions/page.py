"""Routes of actions: those to be done first, each with its story; reported, corrected, changed."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
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
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.words import CONTROLS
from services.console.pages.committee.words import ACTIONS, Words, bodies, body, label, options
from services.console.peers.client import PeerRefused
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
STATUSES: Words = {
    "open": later("waits to be done"),
    "done": later("done"),
    "not-done-circumstances": later("not done: circumstances changed"),
    "not-done-body": later("not done: the body did not do it"),
}
SAID = {
    "reported": later("Saved. If it was a slip, take it back: both stay in its story."),
    "open": later("It is to be done again. What was reported stays in its story."),
    "changed": later("Saved. What was before stays in its story."),
}
A_PAGE = 50
A_LIST = 200
"""Actions of a body that a paper lists."""


@router.get("/committee/actions")
async def actions(
    desk: Sitting,
    status: Annotated[str, Query(pattern="^(open|done|not-done-circumstances|not-done-body)$")] = (
        "open"
    ),
    cursor: Cursor | None = None,
) -> Response:
    """Those that stand so, by the day on which they are due."""
    committee = await own(desk)
    path = f"/committees/{committee['committee_id']}/actions"
    found = await desk.get(SERVICE, path, status=status, limit=A_PAGE, cursor=cursor)
    return show(
        desk,
        "actions/list.html",
        actions=found["actions"],
        next=found.get("next"),
        chosen=status,
        statuses=options(STATUSES),
        names=await table.names(desk),
        bodies=_bodies(desk),
        **_said(desk),
    )


@router.get("/committee/actions/paper")
async def paper(desk: Sitting, of: Annotated[str, Query(max_length=64)] = "") -> Response:
    """What one body is to do, or all of them, as a list to print."""
    committee = await own(desk)
    path = f"/committees/{committee['committee_id']}/actions"
    found: list[Mapping[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await desk.get(SERVICE, path, status="open", limit=A_LIST, cursor=cursor)
        found += page["actions"]
        cursor = page.get("next")
        if cursor is None:
            break
    wanted = sorted({each["body"] for each in found}) if not of else [of]
    return show(
        desk,
        "actions/paper_actions.html",
        committee=committee,
        name=desk.deps.country.current.profile.sittings.name.get(desk.language, ""),
        lists=[(code, [each for each in found if each["body"] == code]) for code in wanted],
        names=await table.names(desk),
        **_said(desk),
    )


@router.get("/committee/actions/{action_id}")
async def one(desk: Sitting, action_id: PathId) -> Response:
    """One, with its story."""
    return await _one(desk, action_id)


@router.post("/committee/actions/{action_id}/report")
async def report(desk: Keeping, action_id: PathId) -> Response:
    """What became of it."""
    given = {name: desk.form.text(name, 40) for name in ("status", "reported_on")}
    if not given["reported_on"]:
        return await _one(desk, action_id, {"reported_on": say("Say on which day")}, given)
    try:
        await desk.put(SERVICE, f"/actions/{action_id}/report", given)
    except PeerRefused as refused:
        return await _one(desk, action_id, wrong_of(refused), given)
    return desk.to(f"/committee/actions/{action_id}", "reported")


@router.post("/committee/actions/{action_id}/open")
async def take_back(desk: Keeping, action_id: PathId) -> Response:
    """What was reported does not hold."""
    await desk.put(SERVICE, f"/actions/{action_id}/report", {"status": "open"})
    return desk.to(f"/committee/actions/{action_id}", "open")


@router.post("/committee/actions/{action_id}/change")
async def change(desk: Keeping, action_id: PathId) -> Response:
    """Another day, or another member."""
    given = {name: desk.form.text(name, 120) for name in ("due", "person")}
    if not given["due"]:
        return await _one(desk, action_id, {"due": say("Say on which day")}, given)
    try:
        sent = {"due": given["due"], "person": given["person"] or None}
        await desk.put(SERVICE, f"/actions/{action_id}/terms", sent)
    except PeerRefused as refused:
        return await _one(desk, action_id, wrong_of(refused), given)
    return desk.to(f"/committee/actions/{action_id}", "changed")


async def _one(
    desk: Desk,
    action_id: str,
    wrong: Wrong | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    action = await desk.get(SERVICE, f"/actions/{action_id}")
    names = await table.names(desk)
    members = await table.sitting_on(desk, await own(desk), desk.today)
    usual = {
        "status": "",
        "reported_on": desk.today.isoformat(),
        "due": action["due"],
        "person": action["person"] or "",
    }
    people = [(each["staff_id"], names.get(each["staff_id"], "")) for each in members]
    return show(
        desk,
        "actions/action.html",
        action=action,
        before=action["story"][:-1],
        given={**usual, **(typed or {})},
        ends=[each for each in options(STATUSES) if each[0] != "open"],
        people=[("", say("nobody in particular")), *people],
        names=names,
        wrong=wrong or {},
        told=desk.told(SAID),
        keeps=await keeps(desk),
        **_said(desk),
    )


def _bodies(desk: Desk) -> list[tuple[str, str]]:
    return [("", say("each body")), *bodies(desk).items()]


def _said(desk: Desk) -> dict[str, Any]:
    """What templates say codes with."""
    return {
        "label": label,
        "acts": ACTIONS,
        "controls": CONTROLS,
        "stands": STATUSES,
        "body": lambda code: body(desk, code),
        "days": lambda due: (date.fromisoformat(due) - desk.today).days,
    }
