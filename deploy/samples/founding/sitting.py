"""Sittings: the committee sits on an appeal, decides, sees to it that it is done, and gives aid."""

from datetime import date, timedelta
from typing import Any

from deploy.samples.founding.desk import Desk
from deploy.samples.founding.figures import Aid, Referred

AFTER = timedelta(days=3)
"""From an appeal to the emergency sitting on it."""
WITHIN = timedelta(days=14)
"""Until what was decided is to be done."""
INVITED = ("police", "aksakal-court")


async def sit(desk: Desk, referred: Referred, appeal: Any) -> None:
    """One sitting on an appeal, closed, with what it decided done."""
    sitting, item = desk.own_id("sitting"), desk.own_id("item")
    path = f"/sittings/{sitting}"
    day = desk.calendar.later(date.fromisoformat(appeal["received_on"]), AFTER)
    minutes = await desk.found(path)
    if minutes is None or minutes["state"] == "planned":
        minutes = await _held(desk, (sitting, item), appeal["matter_id"], day)
    if not minutes["agenda"][0]["decisions"]:
        await desk.ask("PUT", f"{path}/agenda/{item}/outcome", _outcome(desk, referred, day))
    minutes = await desk.ask("POST", f"{path}/close")  # a second time changes nothing
    until = desk.calendar.later(day, WITHIN)
    await _done(desk, sitting, until)
    if referred.aid is not None:
        await _give(desk, referred.aid, appeal, minutes["agenda"][0]["decisions"], until)


async def _held(desk: Desk, ids: tuple[str, str], matter_id: str, day: date) -> Any:
    sitting, item = ids
    starts, ends = (each.isoformat() for each in desk.calendar.sitting(day))
    path, there = f"/sittings/{sitting}", desk.founding.sitting
    plan = {"kind": "emergency", "starts": starts}
    await desk.ask("PUT", f"{desk.path}{path}", plan)
    about = {"source": "appeal", "topic": "case", "matter_id": matter_id}
    await desk.ask("PUT", f"{path}/agenda/{item}", about)
    statuses = ["present"] * there.present + ["apologies"] * there.apologies
    held = {
        "starts": starts,
        "ends": ends,
        "chair": desk.chair.staff_id,
        "secretary": desk.secretary.staff_id,
        "attendance": [
            {"staff_id": each.staff_id, "status": status}
            for each, status in zip(desk.people, statuses, strict=False)
        ],
        "invited": [{"body": each, "came": True, "signed": True} for each in INVITED],
    }
    return await desk.ask("PUT", f"{path}/held", held)


def _outcome(desk: Desk, referred: Referred, day: date) -> dict[str, Any]:
    wanted = [("refer", "crisis-centre")]
    if referred.aid is not None:
        wanted.append((f"aid-{referred.aid.kind}", "ayil-okmotu"))
    return {
        "result": "decided",
        "votes": {"in_favour": desk.founding.sitting.present, "against": 0, "abstained": 0},
        "decisions": [
            {
                "what": what,
                "body": body,
                "due": (day + WITHIN).isoformat(),
                "control": "report-in-writing",
                "person": desk.chair.staff_id,
            }
            for what, body in wanted
        ],
    }


async def _done(desk: Desk, sitting: str, day: date) -> None:
    page = await desk.ask("GET", f"{desk.path}/actions?status=open&limit=200")
    for each in page["actions"]:
        if each["sitting_id"] == sitting:
            report = {"status": "done", "reported_on": day.isoformat()}
            await desk.ask("PUT", f"/actions/{each['action_id']}/report", report)


async def _give(desk: Desk, aid: Aid, appeal: Any, decisions: Any, day: date) -> None:
    decided = next(each for each in decisions if each["what"] == f"aid-{aid.kind}")
    body = {
        "matter_id": appeal["matter_id"],
        "decision_id": decided["decision_id"],
        "kind": aid.kind,
        "som": aid.som,
        "source": "local-budget",
        "given_on": day.isoformat(),
    }
    await desk.once(f"/aid/{desk.own_id('aid')}", body)
