"""The registry: a committee's people enter the register, it is approved, and they join it."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from deploy.samples.founding.desk import Desk
from deploy.samples.founding.figures import Seated
from deploy.samples.founding.voice import heard
from deploy.samples.load import ADMINISTRATOR, COORDINATOR, sample_caller

TERM = 3
"""Years for which a committee is approved."""
UNKNOWN_YET = 422
"""Notify has not heard of an organisation from the directory, or the committee service of somebody
from notify."""


async def found(desk: Desk) -> None:
    """Approved this year, with all its members, a chair and a secretary."""
    await _register(desk)
    known = await _approved(desk)
    desk.committee_id = known["committee_id"]
    await _join(desk)
    if known["chair"] is None:
        led = _order(desk) | {"chair": desk.chair.staff_id, "secretary": desk.secretary.staff_id}
        coordinator = sample_caller(COORDINATOR)
        await desk.voice.ask(coordinator, "committee", "PUT", desk.path, led)


async def _register(desk: Desk) -> None:
    """The administrator enters the secretary, who enters the others."""
    administrator, secretary = sample_caller(ADMINISTRATOR), desk.secretary.caller
    for each in desk.people:
        by = administrator if each == desk.secretary else secretary
        path, body = f"/people/{each.staff_id}", _person(each)
        put = partial(desk.voice.ask, by, "notify", "PUT", path, body)
        await heard(put, UNKNOWN_YET)


async def _approved(desk: Desk) -> Any:
    """The committee as it stands; it is approved if it is not yet."""
    coordinator, wanted = sample_caller(COORDINATOR), desk.committee
    listed = f"/committees?area={wanted.territory}&limit=200"
    page = await desk.voice.ask(coordinator, "committee", "GET", listed)
    known = _of(page["committees"], wanted.organisation)
    if known is not None:
        return known
    body = _order(desk) | {"organisation": wanted.organisation, "territory": wanted.territory}
    return await desk.voice.ask(coordinator, "committee", "POST", "/committees", body)


async def _join(desk: Desk) -> None:
    sitting = await heard(lambda: desk.ask("GET", f"{desk.path}/members"), 403, 404)
    known = {each["staff_id"] for each in sitting["members"]}
    for each in desk.people:
        if each.staff_id not in known:
            post = partial(desk.ask, "POST", f"{desk.path}/members", _member(desk, each))
            await heard(post, UNKNOWN_YET)


def _of(committees: Iterable[Any], organisation: str) -> Any:
    return next((each for each in committees if each["organisation"] == organisation), None)


def _person(seated: Seated) -> dict[str, Any]:
    known = {"name", "organisation", "roles", "languages", "phone"}
    return seated.person.model_dump(mode="json", include=known)


def _order(desk: Desk) -> dict[str, Any]:
    first = desk.calendar.first
    return {
        "order_no": f"{desk.founding.committees.index(desk.committee) + 1}-б",
        "order_on": first.isoformat(),
        "term_from": first.isoformat(),
        "term_to": first.replace(year=first.year + TERM).isoformat(),
    }


def _member(desk: Desk, seated: Seated) -> dict[str, Any]:
    order = _order(desk)
    return {
        "staff_id": seated.staff_id,
        "body": seated.body,
        "sector": seated.sector,
        "order_no": order["order_no"],
        "order_on": order["order_on"],
        "member_from": order["term_from"],
    }
