"""Offers: what several pages do with one: an act, what was allowed, whom to call, who serves."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from fastapi import Response

from services.console.frame.desk import Desk
from services.console.frame.forms import outside_hours
from services.console.peers.client import PeerDown, PeerRefused


async def act(desk: Desk, offer_id: str, verb: str, body: Any = None) -> Response | None:
    """Does it; the page that says how the offer stands instead, where somebody was first."""
    try:
        await desk.post("referral", f"/offers/{offer_id}/{verb}", body)
    except PeerRefused as refused:
        if refused.status != 409:
            raise
        return desk.page("queue/first.html", 409, refused=refused, offer_id=offer_id)
    return None


async def disclosed(desk: Desk, offer: Any) -> Any:
    """What the survivor has allowed its case holder to know. Recorded before it is answered."""
    ticket = (await desk.post("referral", f"/offers/{offer['offer_id']}/ticket"))["ticket"]
    asked = {"purpose": "service", "ticket": ticket} | outside_hours(desk.form)
    return await desk.post("intake", f"/incidents/{offer['incident_id']}/disclosures", asked)


async def calls(desk: Desk, offer_ids: Sequence[str]) -> dict[str, Any]:
    """Whom to call about each of these, by offer; none while notify does not answer."""
    found: list[dict[str, Any]] = []
    if offer_ids:
        with suppress(PeerDown, PeerRefused):
            found = await desk.get("notify", "/offers", offer=list(offer_ids))
    return {each["offer_id"]: each for each in found}


async def staff(desk: Desk, organisation: str, but: str | None) -> list[tuple[str, str]]:
    """Who serves in an organisation, ``but`` whoever holds the offer, to choose from by name."""
    return [
        (each["staff_id"], each["name"])
        for each in await desk.get("notify", "/people", organisation=organisation)
        if each["active"] and each["staff_id"] != but
    ]
