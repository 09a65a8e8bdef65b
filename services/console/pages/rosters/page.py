"""Routes of the week: whose it is, who serves when, and who stands in for whom."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.moments import read
from services.console.frame.texts import later, say
from services.console.frame.weekdays import NAMES
from services.console.pages import colleagues
from services.console.pages.rosters.week import STEP, monday, table, tiers
from services.console.peers.client import PeerRefused
from shared.events.words import CASE_ROLES, Role
from shared.http.pages import Cursor
from shared.http.schemas import PathId
from shared.times import Day, Instant

router = APIRouter()
Looking = Annotated[Desk, Depends(somebody(Role.WORKER, Role.COORDINATOR, Role.ADMINISTRATOR))]
Keeping = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
Named = Annotated[str, Query(max_length=120)]
SAID = {
    "changed": later("Done. It holds from now on, for alerts too."),
    "undone": later("Taken back. The roster holds as before."),
    "saved": later("Saved. It holds from now on, for alerts too."),
    "removed": later("Removed. Nobody is on duty by it any more."),
}
REASONS = {
    "swap": later("a swap"),
    "illness": later("illness"),
    "leave": later("leave"),
    "other": later("another reason"),
}
FIELDS = ("roster", "from", "to", "who")
"""Of a change: the roster, the time, and who does not come; without ``who`` somebody comes too."""


@router.get("/rosters")
async def choose(desk: Looking, organisation: Named = "", cursor: Cursor | None = None) -> Response:
    """Whose week? And where nobody will be on duty in the next 7 days."""
    if not desk.has(Role.COORDINATOR, Role.ADMINISTRATOR):
        return desk.to(f"/rosters/of/{desk.caller.organisation}")
    theirs = await desk.organisations()
    if organisation in theirs:
        return desk.to(f"/rosters/of/{organisation}")
    gaps = await desk.get("notify", "/rosters/gaps", cursor=cursor)
    return desk.page(
        "rosters/choose.html",
        organisations=theirs,
        empty=gaps["organisations"],
        next=gaps.get("next"),
    )


@router.get("/rosters/of/{organisation}")
async def show(
    desk: Looking, organisation: PathId, week: Day | None = None, made: Named = ""
) -> Response:
    """A week. ``made``: the override that was just made, to be taken back if it was a slip."""
    zone = desk.deps.country.current.zone
    first = monday(week or desk.now.astimezone(zone).date())
    asked = {"organisation": organisation, "from": first.isoformat()}
    found = await desk.get("notify", "/rosters/week", **asked)
    edits = desk.has(Role.ADMINISTRATOR)
    rosters = await desk.get("notify", "/rosters", organisation=organisation) if edits else []
    columns = tiers(found, rosters)
    return desk.page(
        "rosters/week.html",
        organisation=organisation,
        name=await _name(desk, organisation),
        first=first,
        last=first + 6 * STEP,
        before=first - 7 * STEP,
        after=first + 7 * STEP,
        columns=columns,
        days=table(found, columns, zone, desk.now),
        changes=found["overrides"],
        made=next((each for each in found["overrides"] if each["override_id"] == made), None),
        reasons={code: say(words) for code, words in REASONS.items()},
        weekdays=[say(each) for each in NAMES],
        rosters=rosters,
        edits=edits,
        told=desk.told(SAID),
    )


@router.get("/rosters/of/{organisation}/change")
async def ask_change(
    desk: Keeping,
    organisation: PathId,
    roster: Named,
    starts: Annotated[Instant, Query(alias="from")],
    ends: Annotated[Instant, Query(alias="to")],
    who: Named = "",
) -> Response:
    """Who stands in?"""
    given = {"roster": roster, "from": starts.isoformat(), "to": ends.isoformat(), "who": who}
    return await _change(desk, organisation, given)


@router.post("/rosters/of/{organisation}/change")
async def change(desk: Keeping, organisation: PathId) -> Response:
    """Somebody stands in, comes too, or does not come; from now on, where it has begun."""
    given = {name: desk.form.text(name, 120) for name in FIELDS}
    starts, stands_in = max(read(given["from"]), desk.now), desk.form.text("in", 120)
    body = {"from": starts.isoformat(), "to": given["to"], "reason": desk.form.text("reason", 40)}
    if given["who"]:
        body["out"] = given["who"]
    if stands_in:
        body["in"] = stands_in
    try:
        made = await desk.post("notify", f"/rosters/{given['roster']}/overrides", body)
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        wrong = "; ".join(each["message"] for each in refused.errors)
        return await _change(desk, organisation, given, wrong)
    day = read(given["from"]).astimezone(desk.deps.country.current.zone).date()
    at = {"week": monday(day).isoformat(), "made": made["override_id"]}
    return desk.to(f"/rosters/of/{organisation}", "changed", **at)


@router.post("/rosters/of/{organisation}/undo")
async def undo(desk: Keeping, organisation: PathId) -> Response:
    """As if it had not been changed."""
    roster, override = desk.form.text("roster", 120), desk.form.text("override", 120)
    await desk.delete("notify", f"/rosters/{roster}/overrides/{override}")
    return desk.to(f"/rosters/of/{organisation}", "undone", week=desk.form.text("week", 10))


async def _change(
    desk: Desk, organisation: str, given: Mapping[str, str], wrong: str = ""
) -> Response:
    staff = await colleagues.of(desk, organisation)
    names = {each["staff_id"]: each["name"] for each in staff}
    return desk.page(
        "rosters/change.html",
        422 if wrong else 200,
        organisation=organisation,
        given=given,
        leaves=names.get(given["who"], given["who"]),
        people=[
            (each["staff_id"], each["name"])
            for each in staff
            if each["active"]
            and not CASE_ROLES.isdisjoint(each["roles"])
            and each["staff_id"] != given["who"]
        ],
        reasons=[(code, say(words)) for code, words in REASONS.items()],
        wrong=wrong,
    )


async def _name(desk: Desk, organisation: str) -> str:
    """What it is called, for those who keep more than their own."""
    if not desk.has(Role.COORDINATOR, Role.ADMINISTRATOR):
        return ""
    known = (await desk.organisations()).get(organisation)
    return known.name if known else organisation
