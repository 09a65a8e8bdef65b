"""Routes of a report.

Every step is the answer to a POST: what was typed stands in that answer and in intake's sealed
draft, and nowhere else. The address of a report never changes, and opened by itself it shows a
button and nothing that was written.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.pages.report import body
from services.console.pages.report.body import Answers, one, some
from services.console.peers.client import PeerDown, PeerRefused, new_key
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
Reporting = Annotated[Desk, Depends(somebody(Role.REPORTER, Role.WORKER, Role.COORDINATOR))]
STEPS: Mapping[str, str] = {
    "place": later("Where, and is there danger now?"),
    "who": later("Who is it about?"),
    "danger": later("What makes it dangerous?"),
    "family": later("Children, and who must not hear of it"),
    "needs": later("What is needed?"),
    "consents": later("What may we tell, and to whom?"),
    "contact": later("How may we reach her without harm?"),
    "summary": later("Read it aloud, then send it"),
}
"""In their order: the name of each is its template, and the title of its page."""
ORDER = tuple(STEPS)
CONTROLS = frozenset({"step", "go", "csrf"})
STEP_OF = {
    "territory": "place",
    "occurred_at": "place",
    "reporter": "who",
    "survivor": "who",
    "danger_signs": "danger",
    "sexual_violence_at": "danger",
    "text": "danger",
    "children": "family",
    "accused": "family",
    "exclusions": "family",
    "needs": "needs",
    "consents": "consents",
    "safe_contact": "contact",
}
"""Where a field of a report is asked for."""
Errors = list[tuple[str, str]]


@router.get("/report")
async def begin(desk: Reporting) -> Response:
    """The first step, and drafts that wait."""
    drafts = (await desk.get("intake", "/drafts"))["drafts"]
    return await _step(desk, "", "place", {}, drafts=drafts)


@router.post("/report")
async def first(desk: Reporting) -> Response:
    """The first step was filled in: from now on there is a draft."""
    draft = (await desk.post("intake", "/drafts"))["draft_id"]
    return await _next(desk, draft, {"key": [new_key()]})


@router.get("/report/{draft_id}")
async def waiting(desk: Reporting, draft_id: PathId) -> Response:
    """A draft by its address alone: a button, and nothing of what is written."""
    return desk.page("report/waiting.html", draft_id=draft_id)


@router.post("/report/{draft_id}")
async def go_on(desk: Reporting, draft_id: PathId) -> Response:
    """A step was filled in, or the draft is opened again."""
    kept = await desk.post("intake", f"/drafts/{draft_id}/read")
    return await _next(desk, draft_id, kept["report"].get("answers", {}))


@router.post("/report/{draft_id}/delete")
async def delete(desk: Reporting, draft_id: PathId) -> Response:
    """Nothing of it is kept."""
    await desk.delete("intake", f"/drafts/{draft_id}")
    return desk.to("/report", "deleted")


async def _next(desk: Desk, draft_id: str, kept: Mapping[str, Sequence[str]]) -> Response:
    at, go = desk.form.text("step") or "", desk.form.text("go") or "next"
    answers = dict(kept)
    if at in STEPS:
        answers = _merged(answers, desk, at)
        await desk.put("intake", f"/drafts/{draft_id}", {"answers": answers, "step": at})
    if go == "send":
        return await _send(desk, draft_id, answers)
    errors, matches = await _checked(desk, at, answers) if go == "next" else ([], [])
    if go == "look" or errors or matches:
        shown = at
    elif go in STEPS:
        shown = go
    else:
        shown = _beside(at, -1 if go == "back" else 1)
    return await _step(desk, draft_id, shown, answers, errors=errors, places=matches)


def _merged(answers: dict[str, Sequence[str]], desk: Desk, at: str) -> dict[str, Sequence[str]]:
    """The answers with those of this step anew: a box that is not ticked any more is sent as
    nothing, so all that the step asked goes first."""
    asked = set(desk.form.all("asks"))
    rest = {name: values for name, values in answers.items() if name not in asked}
    sent = {
        name: [desk.form.raw(name)] if name == "story" else desk.form.all(name)
        for name in desk.form.names()
        if name not in CONTROLS and name != "asks"
    }
    return rest | sent | {"step": [at]}


def _beside(at: str, by: int) -> str:
    if at not in ORDER:
        return ORDER[0]
    return ORDER[min(max(ORDER.index(at) + by, 0), len(ORDER) - 1)]


async def _checked(desk: Desk, at: str, answers: Answers) -> tuple[Errors, list[dict[str, Any]]]:
    """What keeps this step from being left, and places to choose from."""
    if at == "place":
        return await _place(desk, answers)
    if at == "needs" and not some(answers, "needs"):
        return [("needs", say("Choose at least one"))], []
    if (
        at == "contact"
        and one(answers, "channel") not in ("", "none")
        and not some(answers, "days")
    ):
        return [("days", say("Choose the days on which it is safe"))], []
    return [], []


async def _place(desk: Desk, answers: Answers) -> tuple[Errors, list[dict[str, Any]]]:
    typed = one(answers, "place")
    if one(answers, "territory") and one(answers, "place_chosen") == typed:
        return [], []
    if len(typed) < 2:
        return [("place", say("Type the name of the village, town or district"))], []
    found = (await desk.get("intake", "/territories", q=typed))["places"]
    if not found:
        return [("place", say("No such place is known. Try the district."))], []
    return [], found


async def _send(desk: Desk, draft_id: str, answers: Answers) -> Response:
    country = desk.deps.country.current
    whole = body.report_of(answers, await desk.forms(), desk.now, country.zone)
    whole["draft"] = draft_id
    headers = {"Idempotency-Key": one(answers, "key")}
    try:
        taken = await desk.post("intake", "/incidents", whole, headers)
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        errors = [
            (STEP_OF.get(each["field"].split("[")[0].split(".")[0], "summary"), each["message"])
            for each in refused.errors
        ]
        return await _step(desk, draft_id, "summary", answers, errors=errors, status=422)
    return desk.page("report/done.html", taken=taken, forms=await desk.forms())


async def _step(
    desk: Desk, draft_id: str, step: str, answers: Answers, status: int = 200, **more: Any
) -> Response:
    """A step with what was answered so far; ``more`` are errors, places or drafts to show."""
    zone = desk.deps.country.current.zone
    assessment = matches = None
    if step in ("needs", "summary"):
        asked = body.circumstances(answers, zone, desk.now)
        with suppress(PeerRefused):
            assessment = await desk.post("intake", "/assessments", asked)
    if step == "family":
        matches = await _matches(desk, answers)
    shown = {"errors": [], "places": [], "drafts": []} | more
    return desk.page(
        f"report/{step}.html",
        status,
        draft_id=draft_id,
        action=f"/report/{draft_id}" if draft_id else "/report",
        step=step,
        number=ORDER.index(step) + 1,
        count=len(ORDER),
        heading=say(STEPS[step]),
        forms=await desk.forms(),
        assessment=assessment,
        matches=matches or [],
        rows=body,
        one=partial(one, answers),
        some=partial(some, answers),
        found=shown["places"],
        errors=shown["errors"],
        drafts=shown["drafts"],
    )


async def _matches(desk: Desk, answers: Answers) -> list[dict[str, Any]]:
    """Who of the register may be meant by the names that were given, with where they serve."""
    names = [one(answers, f"accused{n}_name") for n in range(body.ACCUSED)]
    names += [one(answers, f"hidden{n}") for n in range(body.HIDDEN)]
    raion, found = one(answers, "territory"), []
    for name in filter(None, names):
        try:
            answer = await desk.post("notify", "/people/matches", {"name": name, "raion": raion})
        except (PeerRefused, PeerDown):
            continue
        found += [each for each in answer["matches"] if each not in found]
    return found
