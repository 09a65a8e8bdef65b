"""Routes of the rosters themselves: made, changed and removed by administrators."""

from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.texts import later, say
from services.console.frame.weekdays import CODES, NAMES
from services.console.pages import colleagues
from services.console.pages.rosters.rota import Rota, Watch, in_words, spared, where
from services.console.peers.client import PeerRefused
from shared.errors import Invalid
from shared.events.words import CASE_ROLES, Role
from shared.http.schemas import PathId

router = APIRouter()
Keeping = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR))]
HOLIDAYS = {
    "as-ever": later("also on public holidays"),
    "off": later("not on public holidays"),
    "only": later("on public holidays alone"),
}


@router.get("/rosters/of/{organisation}/new")
async def ask_new(
    desk: Keeping, organisation: PathId, tier: Annotated[str, Query(max_length=1)] = "1"
) -> Response:
    """An empty one."""
    return await _form(desk, organisation, "", Rota(tier=tier))


@router.post("/rosters/of/{organisation}/new")
async def new(desk: Keeping, organisation: PathId) -> Response:
    """One more."""
    return await _save(desk, organisation, "")


@router.get("/rosters/of/{organisation}/edit/{roster_id}")
async def ask_edit(desk: Keeping, organisation: PathId, roster_id: PathId) -> Response:
    """As it is."""
    roster = await desk.get("notify", f"/rosters/{roster_id}")
    return await _form(desk, organisation, roster_id, Rota.of(roster))


@router.post("/rosters/of/{organisation}/edit/{roster_id}")
async def edit(desk: Keeping, organisation: PathId, roster_id: PathId) -> Response:
    """As it shall be."""
    return await _save(desk, organisation, roster_id)


@router.post("/rosters/of/{organisation}/remove/{roster_id}")
async def remove(desk: Keeping, organisation: PathId, roster_id: PathId) -> Response:
    """It tells nobody any more."""
    await desk.delete("notify", f"/rosters/{roster_id}")
    return desk.to(f"/rosters/of/{organisation}", "removed")


async def _save(desk: Desk, organisation: str, roster_id: str) -> Response:
    rota = Rota.typed(desk.form)
    if desk.form.has("more"):
        return await _form(desk, organisation, roster_id, rota)
    try:
        body = rota.body(organisation)
        at = roster_id or f"{organisation}-{rota.tier}-{token_hex(3)}"
        await desk.put("notify", f"/rosters/{at}", body)
    except Invalid as problem:
        return await _form(desk, organisation, roster_id, rota, say(problem.message))
    except PeerRefused as refused:
        if refused.status != 422:
            raise
        said = ((where(each["field"]), each["message"]) for each in refused.errors)
        wrong = "; ".join(": ".join(filter(None, each)) for each in said)
        return await _form(desk, organisation, roster_id, rota, wrong)
    return desk.to(f"/rosters/of/{organisation}", "saved")


async def _form(
    desk: Desk, organisation: str, roster_id: str, rota: Rota, wrong: str = ""
) -> Response:
    staff = await colleagues.of(desk, organisation)
    today = desk.today.isoformat()
    listed = {who for who, _ in rota.people}
    return desk.page(
        "rosters/edit.html",
        422 if wrong else 200,
        organisation=organisation,
        roster_id=roster_id,
        rota=rota,
        staff=[("", "")]
        + [
            (each["staff_id"], each["name"])
            for each in staff
            if each["staff_id"] in listed
            or (each["active"] and not CASE_ROLES.isdisjoint(each["roles"]))
        ],
        tiers=[(str(number), str(number)) for number in range(1, 10)],
        groups=[("", "–"), *((str(n), str(n)) for n in range(1, len(rota.people) + 3))],
        kept=[(each, in_words(each)) for each in rota.kept],
        people=spared(rota.people),
        watches=[*rota.watches, Watch(since=today)],
        days=list(zip(CODES, map(say, NAMES), strict=True)),
        holidays=[(code, say(words)) for code, words in HOLIDAYS.items()],
        wrong=wrong,
    )
