"""Intake over HTTP: parse, hand on, answer. No rule and no SQL stands here."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response

from services.intake.asking import AssessmentView, FormsView, PlacesFound
from services.intake.bodies import (
    AssessmentBody,
    ConsentsBody,
    DraftBody,
    ExcludeBody,
    ReportBody,
    WithdrawalBody,
)
from services.intake.bodies_readings import DisclosureBody, EnteredBody, ReadOutBody
from services.intake.deps import Deps
from services.intake.disclosed import Disclosed, ReadOut
from services.intake.handlers import (
    assess,
    disclose,
    drafts,
    exclude,
    forms,
    give_consents,
    places,
    report,
    show,
    withdraw_consent,
)
from services.intake.handlers import read_out as reading_out
from services.intake.model.incidents import REPORTING_ROLES
from services.intake.views import (
    ConsentsGiven,
    DraftPage,
    DraftText,
    DraftView,
    Excluded,
    IncidentPage,
    IncidentView,
    Taken,
    Withdrawn,
)
from services.intake.visibility import seen_by
from shared.db import Tx
from shared.events.words import CASE_ROLES, Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId, PublicId
from shared.http.web import Db, Viewing
from shared.security.place_names import TYPED_MAX

router = APIRouter()
KEYS = r"^[\x21-\x7e]{1,200}$"
Key = Annotated[
    str,
    Header(
        alias=report.KEY,
        pattern=KEYS,
        description="Chosen by the caller, new for each report: sent again with the same body, the "
        "report is answered as before and not taken twice.",
    ),
]
RETRY_AFTER = {"Retry-After": "1"}


def deps_of(request: Request) -> Deps:
    """What this process decides by."""
    deps: Deps = request.app.state.deps
    return deps


def transaction(*roles: str) -> Any:
    """A route's parameter: one transaction a request, for callers with one of these roles.

    The database shows in it what the caller may know of. It commits before the answer is sent.
    """

    async def seen(who: Viewing, db: Db) -> AsyncIterator[Tx]:
        async with seen_by(db, who, *roles) as tx:
            yield tx

    return Depends(seen, scope="function")


DepsOf = Annotated[Deps, Depends(deps_of)]
Reporting = Annotated[Tx, transaction(*REPORTING_ROLES)]
"""For whoever may report."""
Reading = Annotated[Tx, transaction(*CASE_ROLES)]
"""For whoever may hold a case."""
ReadingOut = Annotated[Tx, transaction(Role.OPERATOR)]
"""For whoever sits at a desk."""


@router.post("/incidents", status_code=201)
async def report_incident(
    body: ReportBody, key: Key, response: Response, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> Taken:
    """Takes a report. In immediate danger call 102 or 112: this is not an emergency line.

    It is refused for what would send it the wrong way, and taken without any other field that
    cannot be read: ``notices`` name those.
    """
    try:
        answer = await report.report_once(deps, tx, viewer, key, body)
    except report.InFlight as busy:
        raise HTTPException(409, str(busy), RETRY_AFTER) from None
    response.headers["Location"] = f"/incidents/{answer.incident_id}"
    return answer


@router.get("/taken")
async def show_taken(
    viewer: Viewing, tx: Reporting, key: Annotated[str, Query(pattern=KEYS)]
) -> Taken:
    """What the caller's report under this key was answered with, when it was taken; without the
    numbers. Not found where none was."""
    return await report.taken(tx, viewer, key)


@router.get("/incidents")
async def list_incidents(
    viewer: Viewing,
    deps: DepsOf,
    tx: Reporting,
    before: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    public_id: Annotated[PublicId | None, Query()] = None,
) -> IncidentPage:
    """What the caller reported, newest first; ``before``: ``next`` of the page before.
    ``public_id``: the one of which a need is called so."""
    return await show.show_own(deps, tx, viewer, show.Wanted(before, limit, public_id))


@router.get("/incidents/{incident_id}")
async def show_incident(
    incident_id: PathId, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> IncidentView:
    """How far an incident has come, for who reported it and for coordinators."""
    return await show.show(deps, tx, viewer, incident_id)


@router.post("/incidents/{incident_id}/consents")
async def add_consents(
    incident_id: PathId, body: ConsentsBody, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> ConsentsGiven:
    """Records consents that came after the report: what waited for one is referred at once, and a
    need that the incident lacks is opened. Repeating it changes nothing."""
    return await give_consents.give_consents(deps, tx, viewer, incident_id, body)


@router.post("/incidents/{incident_id}/consents/{consent_id}/withdrawal")
async def end_consent(
    incident_id: PathId,
    consent_id: PathId,
    viewer: Viewing,
    tx: Reporting,
    body: WithdrawalBody | None = None,
) -> Withdrawn:
    """Ends a consent now. Reading under it stops at once; repeating it changes nothing."""
    which, asked = (incident_id, consent_id), body or WithdrawalBody()
    return await withdraw_consent.withdraw_consent(tx, viewer, which, asked)


@router.post("/incidents/{incident_id}/exclusions")
async def add_exclusions(
    incident_id: PathId, body: ExcludeBody, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> Excluded:
    """Hides an incident from more people, at once and everywhere. Repeating it changes nothing."""
    return await exclude.exclude(deps, tx, viewer, incident_id, body)


@router.post("/incidents/{incident_id}/disclosures", response_model_exclude_none=True)
async def read_details(
    incident_id: PathId, body: DisclosureBody, viewer: Viewing, deps: DepsOf, tx: Reading
) -> Disclosed:
    """The consented fields, for whoever accepted, with the ticket they were given for it.

    Every reading is recorded before it is answered. Outside the hours of a safe contact her number
    is masked, unless ``outside_hours`` says that her life is in danger.
    """
    return await disclose.disclose(deps, tx, viewer, incident_id, body)


@router.post("/readings-out", response_model_exclude_none=True)
async def read_out(body: ReadOutBody, viewer: Viewing, deps: DepsOf, tx: ReadingOut) -> ReadOut:
    """One group of consented fields, for an operator to tell a case holder on the telephone.

    With referral's ticket and notify's proof of the call. Recorded for both before it is answered;
    numbers are masked as they are for holders.
    """
    return await reading_out.read_out(deps, tx, viewer, body)


@router.post("/incidents/{incident_id}/entered", response_model_exclude_none=True)
async def show_entered(
    incident_id: PathId, body: EnteredBody, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> Disclosed:
    """What the caller entered, within 24 hours of it. Recorded like any other reading."""
    return await disclose.show_entered(deps, tx, viewer, incident_id, body)


@router.post("/drafts", status_code=201)
async def begin_draft(viewer: Viewing, deps: DepsOf, tx: Reporting) -> DraftView:
    """An empty draft of a report. Nobody but the caller ever sees it; 20 at most."""
    return await drafts.begin(deps, tx, viewer)


@router.get("/drafts")
async def list_drafts(
    viewer: Viewing,
    tx: Reporting,
    before: Annotated[Cursor | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DraftPage:
    """The caller's drafts, the last changed first; nothing of what is written."""
    return await drafts.show_own(tx, viewer, before, limit)


@router.put("/drafts/{draft_id}")
async def save_draft(
    draft_id: PathId, body: DraftBody, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> DraftView:
    """The whole of what is written so far: kept for 72 hours, and not judged."""
    return await drafts.save(deps, tx, viewer, draft_id, body)


@router.post("/drafts/{draft_id}/read")
async def read_draft(draft_id: PathId, viewer: Viewing, deps: DepsOf, tx: Reporting) -> DraftText:
    """What is written so far. Not a GET: it is about somebody."""
    return await drafts.read(deps, tx, viewer, draft_id)


@router.delete("/drafts/{draft_id}", status_code=204)
async def delete_draft(draft_id: PathId, viewer: Viewing, tx: Reporting) -> None:
    """Its text is gone at once, its key within moments."""
    await drafts.end(tx, viewer, draft_id)


@router.get("/forms")
async def show_forms(viewer: Viewing, deps: DepsOf) -> FormsView:
    """What a report is asked with, in the caller's language: every code that it takes, in words."""
    return forms.forms(deps.jurisdiction, viewer.language)


@router.post("/assessments")
async def preview(
    body: AssessmentBody, viewer: Viewing, deps: DepsOf, tx: Reporting
) -> AssessmentView:
    """What a report would come to: urgency and why, needs, clocks that run. Nothing is stored."""
    return assess.assess(deps, body, viewer.language, tx.now)


@router.get("/territories")
async def find_places(
    viewer: Viewing,
    deps: DepsOf,
    q: Annotated[str | None, Query(min_length=1, max_length=TYPED_MAX)] = None,
    under: Annotated[str | None, Query(max_length=40)] = None,
) -> PlacesFound:
    """At most ten places whose name may be meant by ``q``, in any spelling; without it the places
    right in ``under`` (a code), or the largest there are."""
    if q is not None:
        return places.near(deps, q, viewer.language)
    return places.below(deps, under, viewer.language)
