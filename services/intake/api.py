"""Intake over HTTP: parse, hand on, answer. No rule and no SQL stands here."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Path, Query, Response

from services.intake.bodies import DisclosureBody, EnteredBody, ReportBody, WithdrawalBody
from services.intake.deps import Kit
from services.intake.disclosed import Disclosed
from services.intake.handlers import disclose as disclosing
from services.intake.handlers import report, show
from services.intake.handlers import withdraw_consent as withdrawing
from services.intake.model.incidents import REPORTING_ROLES, STAFF_ROLES
from services.intake.views import IncidentPage, IncidentView, Withdrawn
from services.intake.visibility import seen_by
from shared.http.web import Authenticated, Db

IncidentId = Annotated[str, Path(max_length=64)]
ConsentId = Annotated[str, Path(max_length=64)]
Key = Annotated[
    str,
    Header(
        alias=report.KEY,
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Chosen by the caller, new for each report: sent again with the same body, the "
        "report is answered as before and not taken twice.",
    ),
]
RETRY_AFTER = {"Retry-After": "1"}


def router(kit: Kit) -> APIRouter:
    """All routes."""
    routes = APIRouter()
    _incidents(routes, kit)
    _consents(routes, kit)
    _disclosures(routes, kit)
    return routes


def _incidents(routes: APIRouter, kit: Kit) -> None:
    country = kit.jurisdiction

    @routes.post("/incidents", status_code=201)
    async def report_incident(
        body: ReportBody, key: Key, response: Response, caller: Authenticated, db: Db
    ) -> IncidentView:
        """Takes a report. In immediate danger call 102 or 112: this is not an emergency line."""
        try:
            async with seen_by(db, country, caller, *REPORTING_ROLES) as tx:
                answer = await report.report_once(kit, tx, caller, key, body)
        except report.InFlight as busy:
            raise HTTPException(409, str(busy), RETRY_AFTER) from None
        response.headers["Location"] = f"/incidents/{answer.incident_id}"
        return answer

    @routes.get("/incidents")
    async def list_incidents(
        caller: Authenticated,
        db: Db,
        before: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> IncidentPage:
        """What the caller reported, newest first; ``before``: only what is older than that one."""
        async with seen_by(db, country, caller, *REPORTING_ROLES) as tx:
            return await show.show_own(kit, tx, caller, before, limit)

    @routes.get("/incidents/{incident_id}")
    async def show_incident(incident_id: IncidentId, caller: Authenticated, db: Db) -> IncidentView:
        """How far an incident has come, for who reported it and for coordinators."""
        async with seen_by(db, country, caller, *REPORTING_ROLES) as tx:
            return await show.show(kit, tx, caller, incident_id)


def _consents(routes: APIRouter, kit: Kit) -> None:
    @routes.post("/incidents/{incident_id}/consents/{consent_id}/withdrawal")
    async def withdraw_consent(
        incident_id: IncidentId,
        consent_id: ConsentId,
        caller: Authenticated,
        db: Db,
        body: WithdrawalBody | None = None,
    ) -> Withdrawn:
        """Ends a consent now. Reading under it stops at once; repeating it changes nothing."""
        asked = body or WithdrawalBody()
        async with seen_by(db, kit.jurisdiction, caller, *REPORTING_ROLES) as tx:
            return await withdrawing.withdraw_consent(
                kit, tx, caller, (incident_id, consent_id), asked
            )


def _disclosures(routes: APIRouter, kit: Kit) -> None:
    country = kit.jurisdiction

    @routes.post("/incidents/{incident_id}/disclosures", response_model_exclude_none=True)
    async def disclose(
        incident_id: IncidentId, body: DisclosureBody, caller: Authenticated, db: Db
    ) -> Disclosed:
        """The consented fields, for whoever accepted, with the ticket they were given for it.

        Every reading is recorded before it is answered.
        """
        async with seen_by(db, country, caller, *STAFF_ROLES) as tx:
            return await disclosing.disclose(kit, tx, caller, incident_id, body)

    @routes.post("/incidents/{incident_id}/entered", response_model_exclude_none=True)
    async def show_entered(
        incident_id: IncidentId, body: EnteredBody, caller: Authenticated, db: Db
    ) -> Disclosed:
        """What the caller entered, within 24 hours of it. Recorded like any other reading."""
        async with seen_by(db, country, caller, *REPORTING_ROLES) as tx:
            return await disclosing.show_entered(kit, tx, caller, incident_id, body)
