"""Routes of presence: who is here, as they come, with the quorum; then how it was held."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response

from services.console.frame.desk import Desk
from services.console.frame.moments import read as moment
from services.console.frame.texts import later, say
from services.console.pages.committee.house import SERVICE, Keeping, Wrong, show
from services.console.pages.committee.sittings import table
from services.console.pages.committee.sittings.table import Table
from services.console.pages.committee.sittings.words import ATTENDANCE
from services.console.pages.committee.words import bodies, body, label, options
from services.console.peers.client import PeerRefused
from shared.http.schemas import PathId

router = APIRouter()
SAID = {"here": later("Saved who is here.")}
MEANWHILE = later(
    "Somebody else has saved this meanwhile. Both are here now: look once more, and save again."
)
ABSENT = ("", "absent")
"""Of these nothing is kept."""
FIELDS = ("day", "from", "to", "chair", "secretary", "seen")


@router.get("/committee/sittings/{sitting_id}/presence")
async def ask(desk: Keeping, sitting_id: PathId) -> Response:
    """Who is here?"""
    found = await table.read(desk, sitting_id)
    return _form(desk, found, _known(desk, found))


@router.post("/committee/sittings/{sitting_id}/presence")
async def save(desk: Keeping, sitting_id: PathId) -> Response:
    """Who is here so far, or the sitting as it was held."""
    found = await table.read(desk, sitting_id)
    given = _typed(desk, found)
    attendance = [
        {"staff_id": who, "status": how}
        for who, how in given["attendance"].items()
        if how not in ABSENT
    ]
    held = not desk.form.has("count")
    wrong: Wrong = {}
    try:
        if held:
            await _hold(desk, found, given, attendance, wrong)
        else:
            path = f"/sittings/{sitting_id}/attendance"
            await desk.put(SERVICE, path, {"attendance": attendance, "seen": given["seen"] or None})
    except PeerRefused as refused:
        if refused.status == 409 and given["seen"] != found.sitting["seen"]:
            return _form(desk, found, _both(given, found), {"form": say(MEANWHILE)})
        names = {
            f"attendance[{n}].staff_id": f"a-{e['staff_id']}" for n, e in enumerate(attendance)
        }
        named = {"starts": "from", "ends": "to", "chair": "chair", "secretary": "secretary"}
        signed = {f"invited[{n}].signed": "bodies" for n in range(len(given["bodies"]))}
        wrong = table.wrong_at(refused, names | named | signed)
    if wrong:
        return _form(desk, found, given, wrong)
    if held:
        return desk.to(found.at, "held")
    return desk.to(f"{found.at}/presence", "here")


async def _hold(
    desk: Desk, found: Table, given: Mapping[str, Any], attendance: list[Any], wrong: Wrong
) -> None:
    starts = table.at_once(desk, given["day"], given["from"], wrong, "from")
    ends = table.at_once(desk, given["day"], given["to"], wrong, "to")
    if given["next_day"] and starts and ends and ends <= starts:
        ends += timedelta(days=1)
    for field in ("chair", "secretary"):
        if not given[field]:
            wrong[field] = say("Choose one of those who were present")
    if wrong or starts is None or ends is None:
        return
    sent = {
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
        "chair": given["chair"],
        "secretary": given["secretary"],
        "attendance": attendance,
        "seen": given["seen"] or None,
        "invited": [
            {"body": code, "came": code in given["came"], "signed": code in given["signed"]}
            for code in given["bodies"]
        ],
    }
    await desk.put(SERVICE, f"/sittings/{found.sitting['sitting_id']}/held", sent)


def _known(desk: Desk, found: Table) -> dict[str, Any]:
    """What is kept of it, with what can be guessed: it began as planned, and ends now."""
    zone = desk.deps.country.current.zone
    sitting, now = found.sitting, desk.now.astimezone(zone)
    starts = moment(sitting["starts"]).astimezone(zone)
    ends = moment(sitting["ends"]).astimezone(zone) if sitting["ends"] else now
    invited = sitting["invited"]
    return {
        "seen": sitting["seen"],
        "day": starts.date().isoformat(),
        "from": starts.strftime("%H:%M"),
        "to": ends.strftime("%H:%M"),
        "next_day": bool(sitting["ends"]) and ends.date() > starts.date(),
        "chair": sitting["chair"] or found.committee["chair"] or "",
        "secretary": sitting["secretary"] or found.committee["secretary"] or "",
        "attendance": found.attendance,
        "bodies": [each["body"] for each in invited],
        "came": [each["body"] for each in invited if each["came"]],
        "signed": [each["body"] for each in invited if each["signed"]],
    }


def _typed(desk: Desk, found: Table) -> dict[str, Any]:
    """What stands in the form; another body that came is one that came."""
    form = desk.form
    given: dict[str, Any] = {name: form.text(name, 120) for name in FIELDS}
    came, other = form.all("came"), form.text("other", 64)
    bodies = [each["body"] for each in found.sitting["invited"]]
    if other and other not in bodies:
        came, bodies = [*came, other], [*bodies, other]
    return given | {
        "attendance": {
            each["staff_id"]: form.text(f"a-{each['staff_id']}", 40) for each in found.members
        },
        "next_day": form.has("next_day"),
        "bodies": bodies,
        "came": came,
        "signed": form.all("signed"),
    }


def _both(given: Mapping[str, Any], found: Table) -> dict[str, Any]:
    """What is typed, over what somebody else has saved meanwhile: nobody's tick is lost."""
    ticked = {who: how for who, how in given["attendance"].items() if how not in ABSENT}
    return {**given, "attendance": {**found.attendance, **ticked}, "seen": found.sitting["seen"]}


def _form(
    desk: Desk, found: Table, given: Mapping[str, Any], wrong: Wrong | None = None
) -> Response:
    other = [each for each in bodies(desk).items() if each[0] not in given["bodies"]]
    return show(
        desk,
        "sittings/presence.html",
        table=found,
        quorum=found.sitting["quorum"],
        planned=found.sitting["state"] == "planned",
        given=given,
        statuses=options(ATTENDANCE),
        others=[("", "–"), *other],
        body=lambda code: body(desk, code),
        label=label,
        wrong=wrong or {},
        told=desk.told(SAID),
    )
