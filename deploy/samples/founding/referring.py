"""Referring: a woman's appeal becomes an incident, and the services find who takes her case.

Whoever is alerted says yes here: a worker of the sample staff, over the API.
"""

from time import monotonic
from typing import Any

import httpx

from deploy.samples.founding.desk import Desk
from deploy.samples.founding.figures import Referred
from deploy.samples.founding.voice import EVERY, Refused, Voice, heard
from deploy.samples.load import COORDINATOR, load_people, sample_caller
from shared.clock import pause
from shared.events.words import Fulfilment, OfferStatus
from shared.security.tokens import Caller

PLACED_WITHIN = 120.0
"""Seconds from the report until somebody has the case."""
ASKED = (OfferStatus.REQUESTED, OfferStatus.RECEIVED)
GONE = (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT)
"""Somebody else was asked meanwhile, or was first: look again."""


async def refer(desk: Desk, referred: Referred, share: float) -> Any:
    """One woman's appeal, referred and accepted; the appeal as the register has it."""
    path = f"/appeals/{desk.own_id('appeal')}"
    appeal = await desk.once(path, _appeal(desk, referred, share))
    incident = appeal["incident_id"]
    if incident is None:
        incident = await _reported(desk, referred, appeal)
        await desk.ask("PUT", f"{path}/incident", {"incident_id": incident})
    await _accepted(desk.voice, incident)
    return appeal


async def _reported(desk: Desk, referred: Referred, appeal: Any) -> str:
    """Its incident: under the appeal's id as key, so that it is one however often it is sent."""
    body, key = _report(desk, referred, appeal["received_on"]), appeal["appeal_id"]
    # 403 and 404 until intake has heard of the secretary
    answer = await heard(
        lambda: desk.voice.ask(desk.secretary.caller, "intake", "POST", "/incidents", body, key),
        *GONE[:2],
    )
    return str(answer["incident_id"])


async def _accepted(voice: Voice, incident: str) -> None:
    until, path = monotonic() + PLACED_WITHIN, f"/service-requests?incident={incident}"
    coordinator = sample_caller(COORDINATOR)
    while monotonic() < until:
        found = (await voice.ask(coordinator, "referral", "GET", path))["service_requests"]
        if found and all(each["fulfilment"] == Fulfilment.PLACED for each in found):
            return
        for offer in (each for request in found for each in request["offers"]):
            if offer["told"] and offer["status"] in ASKED:
                await _say_yes(voice, offer)
        await pause(EVERY)
    raise TimeoutError(f"nobody took a case within {PLACED_WITHIN:.0f} s")


async def _say_yes(voice: Voice, offer: Any) -> None:
    path = f"/offers/{offer['offer_id']}/accept"
    try:
        await voice.ask(_worker(offer["organisation"]), "referral", "POST", path, {})
    except Refused as refused:
        if refused.status not in GONE:
            raise


def _worker(organisation: str) -> Caller:
    return next(
        each.caller
        for each in load_people()
        if each.organisation == organisation and "worker" in each.roles
    )


def _appeal(desk: Desk, referred: Referred, share: float) -> dict[str, Any]:
    return {
        "received_on": desk.calendar.day(share).isoformat(),
        "journal_no": "1",
        "way": "oral",
        "kind": "application",
        "subject": "domestic-violence",
        "village": desk.committee.territory,
        "sex": "female",
        "age_band": referred.band,
    }


def _report(desk: Desk, referred: Referred, day: str) -> dict[str, Any]:
    """The same each time: under its key intake takes no other."""
    consent = {
        "need": referred.need,
        "recipient_kind": "crisis-centre",
        "purpose": "service",
        "scope": ["identity", "story"],
        "given_by": {"who": "survivor"},
        "how": "written",
        "until": f"{int(day[:4]) + 1}{day[4:7]}-01T00:00:00+06:00",
    }
    return {
        "reporter": {"kind": "staff"},
        "received_by_channel": "in-person",
        "territory": desk.committee.territory,
        "immediate_danger": False,
        "needs": [referred.need],
        "danger_signs": [],
        "survivor": {
            "name": f"Үчүнчү {desk.founding.surname}",
            "age": referred.age,
            "language": "ky",
        },
        "accused": [{"relation": "күйөөсү"}],
        "children": [],
        "exclusions": [],
        "consents": [consent],
        "language": "ky",
    }
