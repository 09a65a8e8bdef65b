"""Sittings of Uchkun's committee in a running Tirek: planned with an agenda, held, and closed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.security.tokens import Caller
from tests.support.committee_town import CHAIR, NAMES, SECRETARY, House


def yesterday(uchkun: House) -> str:
    """A day on which a sitting is over."""
    return (uchkun.town.local_today() - timedelta(days=1)).isoformat()


async def planned(uchkun: House, *topics: str) -> tuple[str, list[str]]:
    """An emergency sitting of yesterday with these items: its id, and theirs."""
    name, items = str(uuid4()), []
    body = {"kind": "emergency", "starts": f"{yesterday(uchkun)}T10:00:00+06:00"}
    await uchkun.ask(SECRETARY, "PUT", f"{uchkun.path}/sittings/{name}", body)
    for topic in topics:
        items.append(str(uuid4()))
        path = f"/sittings/{name}/agenda/{items[-1]}"
        await uchkun.ask(SECRETARY, "PUT", path, {"source": "own", "topic": topic})
    return name, items


async def held(uchkun: House, sitting: str, by: Caller = SECRETARY) -> None:
    """All three came."""
    day = yesterday(uchkun)
    here = [{"staff_id": each.staff_id, "status": "present"} for each in NAMES]
    body: dict[str, Any] = {
        "starts": f"{day}T10:00:00+06:00",
        "ends": f"{day}T11:00:00+06:00",
        "chair": CHAIR.staff_id,
        "secretary": SECRETARY.staff_id,
        "attendance": here,
    }
    await uchkun.ask(by, "PUT", f"/sittings/{sitting}/held", body)


async def decided(
    uchkun: House, sitting: str, items: list[str], by: Caller = SECRETARY, led: Caller = CHAIR
) -> None:
    """It was held, each item was decided while somebody led it, and it is closed."""
    await held(uchkun, sitting, by)
    due = (uchkun.town.local_today() + timedelta(days=9)).isoformat()
    task = {"what": "visit-family", "body": "police", "due": due, "control": "visit"}
    votes = {"in_favour": 2, "against": 0, "abstained": 0}
    outcome = {"result": "decided", "votes": votes, "decisions": [task], "chair": led.staff_id}
    for item in items:
        await uchkun.ask(by, "PUT", f"/sittings/{sitting}/agenda/{item}/outcome", outcome)
    await uchkun.ask(by, "POST", f"/sittings/{sitting}/close")


async def played(uchkun: House) -> dict[str, str]:
    """One that is planned, one that was held, and one that is closed: ids for their pages."""
    sitting, (item,) = await planned(uchkun, "case")
    was_held, (open_item,) = await planned(uchkun, "aid")
    await held(uchkun, was_held)
    closed, items = await planned(uchkun, "open-actions", "at-risk-families")
    await decided(uchkun, closed, items)
    minutes = await uchkun.ask(SECRETARY, "GET", f"/sittings/{closed}")
    actions = await uchkun.ask(SECRETARY, "GET", f"{uchkun.path}/actions")
    return {
        "sitting": sitting,
        "item": item,
        "was_held": was_held,
        "open_item": open_item,
        "closed": closed,
        "decision": minutes["agenda"][0]["decisions"][0]["decision_id"],
        "action": actions["actions"][0]["action_id"],
    }
