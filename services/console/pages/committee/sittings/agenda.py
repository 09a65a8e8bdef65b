"""Routes of an agenda: put on it what is open, or an own item; take off what was not dealt with."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.pages.committee.house import (
    SERVICE,
    Keeping,
    Wrong,
    new_id,
    show,
    wrong_of,
)
from services.console.pages.committee.plan.words import WORKS
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.words import TOPIC_OF_WORK, TOPICS
from services.console.pages.committee.words import label, options
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()
Json = Mapping[str, Any]
KEPT = ("open", "incident")
"""What is answered is closed, and on no agenda."""
OVER = frozenset({"completed", "ended", "unmet"})
MOST = 100
"""Appeals of a kind to choose from: what is older is found by its number in the register."""


@router.get("/committee/sittings/{sitting_id}/agenda")
async def ask(desk: Keeping, sitting_id: PathId) -> Response:
    """Out of what?"""
    return await _choose(desk, sitting_id)


@router.post("/committee/sittings/{sitting_id}/agenda")
async def add(desk: Keeping, sitting_id: PathId) -> Response:
    """At its end. Sent twice, it is there once."""
    given = {name: desk.form.text(name, 120) for name in ("source", "topic", "matter_id")}
    sent = {name: value for name, value in given.items() if value}
    item = desk.form.text("item_id", 40)
    try:
        await desk.put(SERVICE, f"/sittings/{sitting_id}/agenda/{item}", sent)
    except PeerRefused as refused:
        return await _choose(desk, sitting_id, wrong_of(refused))
    return desk.to(f"/committee/sittings/{sitting_id}", "added")


@router.post("/committee/sittings/{sitting_id}/agenda/{item_id}/remove")
async def remove(desk: Keeping, sitting_id: PathId, item_id: PathId) -> Response:
    """Off it, with what was not dealt with."""
    await desk.delete(SERVICE, f"/sittings/{sitting_id}/agenda/{item_id}")
    try:
        await desk.get(SERVICE, f"/sittings/{sitting_id}")
    except PeerRefused:  # the rest of it is hidden from whoever took this off
        return desk.to("/committee/sittings")
    return desk.to(f"/committee/sittings/{sitting_id}", "removed")


async def _choose(desk: Desk, sitting_id: str, wrong: Wrong | None = None) -> Response:
    found = await table.read(desk, sitting_id)
    taken = {each["matter_id"] for each in found.items}
    own = {each["topic"] for each in found.items if each["source"] == "own"}
    plan = await desk.get(SERVICE, f"/plans/{found.day.year}")
    open_ones = await desk.get(
        SERVICE, f"/committees/{found.committee['committee_id']}/actions", status="open", limit=1
    )
    waiting = [each for state in KEPT for each in await _appeals(desk, taken, state)]
    done = [each for state in KEPT for each in await _appeals(desk, taken, state, dealt_with=True)]
    first = "case" if found.sitting["kind"] == "emergency" else "other"
    if open_ones["actions"] and "open-actions" not in own:
        first = "open-actions"
    return show(
        desk,
        "sittings/agenda.html",
        at=found.at,
        planned=_free(plan["items"], taken, done="done_on"),
        appeals=[each for each in waiting if not _is_over(each)],
        others=[each for each in waiting if _is_over(each)] + done,
        topics=options(TOPICS),
        first=first,
        topic_of=lambda work: TOPIC_OF_WORK.get(work, "other"),
        works=WORKS,
        label=label,
        new_id=new_id,
        wrong=wrong or {},
    )


async def _appeals(
    desk: Desk, taken: set[str], state: str, *, dealt_with: bool = False
) -> Sequence[Json]:
    asked = {"state": state, "dealt_with": str(dealt_with).lower()}
    return _free((await desk.get(SERVICE, "/appeals", **asked, limit=MOST))["appeals"], taken)


def _is_over(appeal: Json) -> bool:
    """Whether it is a case in which nothing is to be done any more."""
    needs = appeal["needs"]
    return bool(needs) and all(each["progress"] in OVER for each in needs)


def _free(rows: Sequence[Json], taken: set[str], done: str | None = None) -> Sequence[Json]:
    return [each for each in rows if each["matter_id"] not in taken and not (done and each[done])]
