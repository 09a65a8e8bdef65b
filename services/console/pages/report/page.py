"""Routes of a report.

Every step is the answer to a POST: what was typed stands in that answer and in intake's sealed
draft, and nowhere else. The address of a report never changes, and opened by itself it shows a
button and nothing that was written. While intake is silent the step comes back as it was typed.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.forms import Form
from services.console.frame.texts import later, say
from services.console.pages.report import body, lookups, sending
from services.console.pages.report.body import Answers
from services.console.pages.report.showing import show
from services.console.pages.report.steps import (
    STEPS,
    Errors,
    beside,
    of_service,
    unfinished,
    wrong_in,
)
from services.console.peers.client import PeerDown, PeerRefused
from shared.events.words import Role
from shared.http.schemas import PathId

router = APIRouter()
Reporting = Annotated[Desk, Depends(somebody(Role.REPORTER, Role.WORKER, Role.COORDINATOR))]
CONTROLS = frozenset({"step", "go", "asks", "change"})
STAY = frozenset({"look", "more"})
"""What is pressed to see more of the same step."""
SAID = {"deleted": later("The draft is deleted. Nothing of it is kept.")}


@router.get("/report")
async def begin(desk: Reporting) -> Response:
    """The first step, and drafts that wait."""
    drafts = (await desk.get("intake", "/drafts"))["drafts"]
    return await show(desk, "", "place", {}, drafts=drafts, told=desk.told(SAID))


@router.post("/report")
async def first(desk: Reporting) -> Response:
    """The first step was filled in: from now on there is a draft."""
    draft_id = ""
    try:
        draft_id = (await desk.post("intake", "/drafts"))["draft_id"]
        return await _next(desk, draft_id, {})
    except PeerDown:
        return await _as_typed(desk, draft_id)
    except PeerRefused as refused:
        if refused.status != 409:  # as many drafts as anybody may have
            raise
        drafts = (await desk.get("intake", "/drafts"))["drafts"]
        wrong = [("drafts", refused.detail or refused.title)]
        typed = _merged({}, desk.form)
        return await show(desk, "", "place", typed, status=409, drafts=drafts, errors=wrong)


@router.get("/report/{draft_id}")
async def waiting(desk: Reporting, draft_id: PathId) -> Response:
    """A draft by its address alone: a button, and nothing of what is written."""
    return desk.page("report/waiting.html", draft_id=draft_id)


@router.post("/report/{draft_id}")
async def go_on(desk: Reporting, draft_id: PathId) -> Response:
    """A step was filled in, or the draft is opened again; or it was sent already."""
    try:
        return await _next_or_taken(desk, draft_id)
    except PeerDown:
        return await _as_typed(desk, draft_id)


@router.post("/report/{draft_id}/delete")
async def delete(desk: Reporting, draft_id: PathId) -> Response:
    """Nothing of it is kept."""
    await desk.delete("intake", f"/drafts/{draft_id}")
    return desk.to("/report", "deleted")


async def _next_or_taken(desk: Desk, draft_id: str) -> Response:
    try:
        kept = await desk.post("intake", f"/drafts/{draft_id}/read")
        return await _next(desk, draft_id, kept["report"])
    except PeerRefused as refused:  # the draft went with the report, perhaps this very moment
        appeal = desk.form.text(sending.APPEAL, 64)
        gone = refused.status == 404
        before = await sending.taken(desk, appeal or draft_id) if gone else None
        if before is None:
            raise
        return await _done(desk, before, appeal)


async def _next(desk: Desk, draft_id: str, kept: Mapping[str, Any]) -> Response:
    at, go = desk.form.text("step"), desk.form.text("go") or "next"
    answers: Answers = kept.get("answers", {})
    forms = await desk.forms()
    if at not in STEPS:
        return await show(desk, draft_id, _where_it_was(kept, answers, forms), answers)
    found = await _looked(desk, at, go, _merged(answers, desk.form))
    answers = found.answers
    if at != "summary":  # where nothing is typed
        await desk.put("intake", f"/drafts/{draft_id}", {"answers": answers, "step": at})
    if go == "send":
        return await _send(desk, draft_id, answers)
    errors = found.errors + (wrong_in(at, answers, forms) if go == "next" else [])
    change = at == "summary" or desk.form.has("change")
    if errors or go in STAY:
        shown = at
    elif go == "next" and change:
        shown, _ = unfinished(answers, forms) or ("summary", [])
    else:
        shown = go if go in STEPS else beside(at, -1 if go == "back" else 1)
    empty = int(go == "more")
    return await show(desk, draft_id, shown, answers, errors=errors, change=change, empty=empty)


def _where_it_was(kept: Mapping[str, Any], answers: Answers, forms: Mapping[str, Any]) -> str:
    """The step to go on with: the one behind the last that was filled in, if that was done."""
    last: str = kept.get("step", "")
    if last not in STEPS:
        return "place"
    return last if wrong_in(last, answers, forms) else beside(last, 1)


async def _looked(desk: Desk, at: str, go: str, answers: Answers) -> lookups.Looked:
    if at == "family" and go in ("next", "look"):
        return await lookups.register(desk, answers, again=go == "look")
    if at == "place" and go == "next":
        answers = await lookups.places(desk, answers)
    return lookups.Looked(answers, errors=[])


def _merged(answers: Answers, form: Form) -> dict[str, Sequence[str]]:
    """The answers with those of this step anew: a box that is not ticked any more is sent as
    nothing, so all that the step asked goes first."""
    asked = set(form.all("asks"))
    rest = {name: values for name, values in answers.items() if name not in asked}
    sent = {
        name: [form.raw(name)] if name == "story" else form.all(name)
        for name in form.names()
        if name not in CONTROLS
    }
    return rest | sent


async def _send(desk: Desk, draft_id: str, answers: Answers) -> Response:
    forms, zone = await desk.forms(), desk.deps.country.current.zone
    if (wanting := unfinished(answers, forms)) is not None:
        step, errors = wanting
        return await show(desk, draft_id, step, answers, status=422, errors=errors, change=True)
    report = body.report_of(answers, forms, desk.now, zone) | {"draft": draft_id}
    try:
        taken = await sending.send(desk, sending.key_of(draft_id, answers), report)
    except PeerRefused as refused:
        if refused.status == 409:
            errors = [("main", say("It is being sent. Wait a moment, then press once more."))]
        elif refused.status == 422:
            errors = of_service(refused.errors)
        else:
            raise
        return await show(desk, draft_id, "summary", answers, status=refused.status, errors=errors)
    return await _done(desk, taken, body.one(answers, sending.APPEAL))


async def _done(desk: Desk, taken: Any, appeal: str) -> Response:
    """It is taken; the register of appeals is told, if it is the report of an ``appeal``."""
    told = not appeal or await sending.linked(desk, appeal, taken["incident_id"])
    forms = await desk.forms()
    return desk.page("report/done.html", taken=taken, forms=forms, appeal=appeal, told=told)


async def _as_typed(desk: Desk, draft_id: str) -> Response:
    """Intake does not answer: the step once more with everything that was typed, and the word that
    it is not lost; or, where a step cannot be shown, a button that sends the same again."""
    at = desk.form.text("step")
    if at in STEPS and at != "summary":
        answers = _merged({}, desk.form)
        asked = (each.removeprefix("tell-") for each in desk.form.all("asks") if "tell-" in each)
        answers = answers if at == "needs" else answers | {"needs": list(asked)}
        wrong: Errors = [
            (
                "main",
                say(
                    "This part does not answer now. Nothing is lost: what you "
                    "typed is still here. Wait a moment, then press again."
                ),
            )
        ]
        with suppress(PeerDown):
            return await show(
                desk,
                draft_id,
                at,
                answers,
                status=503,
                errors=wrong,
                change=desk.form.has("change"),
            )
    typed = [(name, value) for name, values in desk.form.names().items() for value in values]
    return desk.page("report/again.html", 503, draft_id=draft_id, typed=typed)
