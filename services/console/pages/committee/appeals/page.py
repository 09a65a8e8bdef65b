"""Routes of the register of appeals: listed, entered, corrected, answered, opened as an incident.

What tells who wrote (village, sex, age) is shown in the answer to a POST alone.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later, say
from services.console.pages.committee.appeals import words
from services.console.pages.committee.appeals.opening import opened
from services.console.pages.committee.appeals.typed import Entry
from services.console.pages.committee.house import (
    SERVICE,
    Keeping,
    Sitting,
    Wrong,
    keeps,
    new_id,
    own,
    show,
    wrong_of,
)
from services.console.pages.committee.words import bodies, body, label, options, place
from services.console.peers.client import PeerRefused
from shared.events.words import Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId

router = APIRouter()
AT = "/committee/appeals"
A_PAGE = 50
Year = Annotated[int | None, Query(ge=2000, le=2200)]
Chosen = Annotated[str, Query(pattern="^(open|incident|answered|late)?$")]
SAID = {
    "entered": later("Entered. Now it is answered, or opened as an incident."),
    "corrected": later("Corrected."),
    "answered": later("Answered and closed."),
    "linked": later("It was opened before, and nothing is sent twice: now the register knows."),
}


@router.get(AT)
async def register(
    desk: Sitting, year: Year = None, state: Chosen = "", cursor: Cursor | None = None
) -> Response:
    """Those of a year, the last received first; nothing of who wrote."""
    wanted, late = year or desk.today.year, state == "late"
    asked = {"state": None if late else state or None, "late": late or None}
    found = await desk.get(SERVICE, "/appeals", year=wanted, **asked, limit=A_PAGE, cursor=cursor)
    return show(
        desk,
        "appeals/list.html",
        keeps=await keeps(desk),
        appeals=found["appeals"],
        next=found.get("next"),
        year=wanted,
        state=state,
        states=[("", say("All")), *options(words.STATES), ("late", say("late"))],
        told=desk.told(SAID),
        words=words,
        label=label,
    )


@router.get(f"{AT}/new")
async def ask_new(desk: Keeping) -> Response:
    """An empty form."""
    return await _form(desk, new_id(), Entry(received_on=desk.today.isoformat()), new=True)


@router.post(AT)
async def enter(desk: Keeping) -> Response:
    """One more; the form carries its id, so that twice is once."""
    return await _save(desk, desk.form.text("id", 64), new=True)


@router.get(AT + "/{appeal_id}")
async def one(desk: Sitting, appeal_id: PathId) -> Response:
    """One appeal, and what became of it."""
    return await _one(desk, appeal_id)


@router.post(AT + "/{appeal_id}/edit")
async def edit(desk: Keeping, appeal_id: PathId) -> Response:
    """As it was entered, to correct it."""
    appeal = await desk.get(SERVICE, f"/appeals/{appeal_id}")
    return await _form(desk, appeal_id, Entry.of(appeal), new=False)


@router.post(AT + "/{appeal_id}/save")
async def correct(desk: Keeping, appeal_id: PathId) -> Response:
    """As it should have been entered."""
    return await _save(desk, appeal_id, new=False)


@router.get(AT + "/{appeal_id}/answer")
async def ask_answer(desk: Keeping, appeal_id: PathId) -> Response:
    """What was answered, and when?"""
    return await _answer_form(desk, appeal_id, {"answered_on": desk.today.isoformat()}, {})


@router.post(AT + "/{appeal_id}/answer")
async def answer(desk: Keeping, appeal_id: PathId) -> Response:
    """It is no incident: the answer closes it."""
    names = ("answer", "answered_on", "forwarded_to")
    typed = {name: desk.form.text(name, 100) for name in names}
    forwarded = typed["forwarded_to"] if typed["answer"] == "forwarded" else None
    reply = typed | {"forwarded_to": forwarded or None}
    try:
        await desk.put(SERVICE, f"/appeals/{appeal_id}/answer", reply)
    except PeerRefused as refused:
        return await _answer_form(desk, appeal_id, typed, wrong_of(refused))
    return desk.to(f"{AT}/{appeal_id}", "answered")


@router.post(AT + "/{appeal_id}/open")
async def open_incident(desk: Keeping, appeal_id: PathId) -> Response:
    """It is an incident: the report goes on with what was entered here."""
    appeal = await desk.get(SERVICE, f"/appeals/{appeal_id}")
    if appeal["incident_id"]:
        return desk.to(f"{AT}/{appeal_id}")
    try:
        return await opened(desk, appeal)
    except PeerRefused as refused:
        return await _one(desk, appeal_id, wrong_of(refused))


async def _one(desk: Desk, appeal_id: str, wrong: Wrong | None = None) -> Response:
    appeal = await desk.get(SERVICE, f"/appeals/{appeal_id}")
    return show(
        desk,
        "appeals/one.html",
        keeps=await keeps(desk),
        reports=desk.has(Role.REPORTER, Role.WORKER),
        appeal=appeal,
        forms=await desk.forms(),
        forwarded=body(desk, appeal["forwarded_to"]) if appeal["forwarded_to"] else "",
        told=desk.told(SAID),
        words=words,
        label=label,
        wrong=wrong,
    )


async def _save(desk: Desk, appeal_id: str, *, new: bool) -> Response:
    entry = Entry.typed(desk.form)
    try:
        await desk.put(SERVICE, f"/appeals/{appeal_id}", entry.body())
    except PeerRefused as refused:
        return await _form(desk, appeal_id, entry, wrong_of(refused), new=new)
    return desk.to(f"{AT}/{appeal_id}", "entered" if new else "corrected")


async def _form(
    desk: Desk, appeal_id: str, entry: Entry, wrong: Wrong | None = None, *, new: bool
) -> Response:
    country, committee = desk.deps.jurisdiction, await own(desk)
    bands = [country.age_band(lowest) for lowest in country.profile.age_bands]
    near = [committee["territory"]]
    near += [each.code for each in country.territories.below(committee["territory"])]
    places = dict.fromkeys([*near, *filter(None, [entry.village])])
    return show(
        desk,
        "appeals/form.html",
        appeal_id=appeal_id,
        action=AT if new else f"{AT}/{appeal_id}/save",
        new=new,
        entry=entry,
        villages=[("", say("not known")), *((code, place(desk, code)) for code in places)],
        bands=[("unknown", say("not known")), *((each, each) for each in bands)],
        words=words,
        options=options,
        wrong=wrong,
    )


async def _answer_form(desk: Desk, appeal_id: str, typed: dict[str, Any], wrong: Wrong) -> Response:
    return show(
        desk,
        "appeals/answer.html",
        appeal=await desk.get(SERVICE, f"/appeals/{appeal_id}"),
        typed={"answer": "explained", "forwarded_to": ""} | typed,
        answers=options(words.ANSWERS),
        bodies=[("", "–"), *bodies(desk).items()],
        wrong=wrong,
    )
