"""Offers: what several pages do with one: an act, what was allowed, whom to call, who serves."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from fastapi import Response

from services.console.frame.desk import Desk
from services.console.frame.forms import outside_hours
from services.console.frame.vocabulary import Words
from services.console.pages import colleagues
from services.console.peers.client import PeerDown, PeerRefused
from services.console.sessions.model import SessionKind
from shared.events.words import CASE_ROLES, HELD, OPEN, Judgement, OfferStatus

ANSWERABLE = OPEN | {OfferStatus.EXPIRED}
"""A yes that comes late stands too, while nobody else has said one."""

REASONS = {
    "rejected": "reject_reasons",
    "failed": "fail_reasons",
    "cancelled": "cancel_reasons",
    "on-hold": "hold_reasons",
    "completed": "outcomes",
    "entered-in-error": "void_reasons",
}
"""The list of the reasons of each step that has one."""
CALLS_WITHIN = 1.5
"""Seconds."""


async def act(desk: Desk, offer_id: str, verb: str, body: Any = None) -> Response | None:
    """Does it; where it cannot be done any more, the page that says how the offer stands."""
    try:
        await desk.post("referral", f"/offers/{offer_id}/{verb}", body)
    except PeerRefused as refused:
        if refused.status != 409:
            raise
        return await _stands(desk, offer_id, refused)
    return None


async def called(desk: Desk, code: str) -> Any:
    """What referral knows by this public id; none if that is nothing of the person's."""
    try:
        return await desk.get("referral", f"/cases/{code}")
    except PeerRefused as refused:
        if refused.status != 404:
            raise
        return None


async def _stands(desk: Desk, offer_id: str, refused: PeerRefused) -> Response:
    """How the offer stands: who holds it goes on with it, who can answer still may, and of anybody
    else nothing more is asked."""
    offer = await desk.get("referral", f"/offers/{offer_id}")
    mine = offer["status"] in HELD and offer["person"] == desk.caller.staff_id
    taken = refused.more.get("judgement") == Judgement.TAKEN
    first_by = refused.more.get("first_by") or offer["first_by"]
    return desk.page(
        "queue/first.html",
        409,
        why=refused.detail or refused.title,
        at=case_at(desk, offer_id),
        mine=mine,
        over=not mine and (taken or offer["status"] not in ANSWERABLE),
        own=taken and first_by == desk.caller.staff_id,
        first_at=refused.more.get("first_at") or offer["first_at"],
        first_by=first_by,
    )


def case_at(desk: Desk, offer_id: str) -> str:
    """Where somebody works on an offer: an officer in one hand, everybody else at a desk."""
    officer = desk.signed_in.kind is SessionKind.OFFICER
    return f"/duty/{offer_id}" if officer else f"/cases/{offer_id}"


async def disclosed(desk: Desk, offer: Any) -> Any:
    """What the survivor has allowed its case holder to know. Recorded before it is answered."""
    ticket = (await desk.post("referral", f"/offers/{offer['offer_id']}/ticket"))["ticket"]
    asked = {"purpose": "service", "ticket": ticket} | outside_hours(desk.form)
    return await desk.post("intake", f"/incidents/{offer['incident_id']}/disclosures", asked)


async def calls(desk: Desk, offer_ids: Sequence[str]) -> dict[str, Any]:
    """Whom to call about each of these, by offer; none while notify does not answer: a list without
    numbers is there at once, and worth more than a whole one that is waited for."""
    found: list[dict[str, Any]] = []
    if offer_ids:
        with suppress(PeerDown, PeerRefused, TimeoutError):
            async with asyncio.timeout(CALLS_WITHIN):
                found = await desk.get("notify", "/offers", offer=list(offer_ids))
    return {each["offer_id"]: each for each in found}


async def staff(desk: Desk, organisation: str, but: str | None) -> list[tuple[str, str]]:
    """Who of an organisation can have a case, ``but`` whoever holds the offer, to choose from."""
    return [
        (each["staff_id"], each["name"])
        for each in await colleagues.of(desk, organisation)
        if each["active"] and each["staff_id"] != but and CASE_ROLES & {*each["roles"]}
    ]


def why(words: Words, step: Mapping[str, Any]) -> str:
    """Why a step of an offer came, in words; empty where nobody said."""
    reason = step["reason"]
    return words.label(REASONS.get(step["stage"], ""), reason) if reason else ""


def acted_at(asked: Iterable[Mapping[str, Any]]) -> set[str]:
    """The organisations at which somebody said or did something about an offer."""
    return {
        each["organisation"]
        for each in asked
        if each["person"] or any(step["person"] for step in each["timeline"] or ())
    }


async def names(desk: Desk, organisations: Iterable[str]) -> dict[str, str]:
    """What people there are called, by staff id, as far as the person may see; none while notify
    does not answer."""
    found: dict[str, str] = {}
    for organisation in organisations:
        with suppress(PeerDown, PeerRefused):
            there = await colleagues.of(desk, organisation)
            found |= {each["staff_id"]: each["name"] for each in there}
    return found
