"""What stands in the registers of a committee of a running Tirek, as its secretary entered it."""

from datetime import timedelta
from uuid import uuid4

from shared.clock import wall
from tests.support.committee_town import CHAIR, MEMBER, SECRETARY, TERRITORY, House
from tests.support.town import BISHKEK

UNANIMOUS = {"in_favour": 3, "against": 0, "abstained": 0}


async def decided(own: House) -> tuple[str, str]:
    """A sitting that has just ended, with one item, on aid: its address, and the decision's id."""
    ends = wall() - timedelta(minutes=5)
    starts = (ends - timedelta(minutes=30)).isoformat()
    at, item = f"/sittings/{uuid4()}", f"/agenda/{uuid4()}"
    await own.ask(SECRETARY, "PUT", own.path + at, {"kind": "emergency", "starts": starts})
    await own.ask(SECRETARY, "PUT", at + item, {"source": "own", "topic": "aid"})
    here = (SECRETARY, CHAIR, MEMBER)
    held = {
        "starts": starts,
        "ends": ends.isoformat(),
        "chair": CHAIR.staff_id,
        "secretary": SECRETARY.staff_id,
        "attendance": [{"staff_id": each.staff_id, "status": "present"} for each in here],
    }
    await own.ask(SECRETARY, "PUT", f"{at}/held", held)
    decision = {
        "what": "aid-cash",
        "body": "ayil-okmotu",
        "due": (ends + timedelta(days=10)).date().isoformat(),
        "control": "report-in-writing",
    }
    outcome = {"result": "decided", "votes": UNANIMOUS, "decisions": [decision]}
    await own.ask(SECRETARY, "PUT", f"{at}{item}/outcome", outcome)
    minutes = await own.ask(SECRETARY, "POST", f"{at}/close")
    return at + item, minutes["agenda"][0]["decisions"][0]["decision_id"]


async def entered(own: House) -> dict[str, str]:
    """A training and aid, each with its id; and the decision by which the aid was given."""
    day = wall().astimezone(BISHKEK).date().isoformat()
    activity, aid = str(uuid4()), str(uuid4())
    training = {
        "kind": "training",
        "happened_on": day,
        "territory": TERRITORY,
        "topic": "law",
        "days": 2,
        "present": [{"sex": "female", "age_band": "30-44", "count": 12}],
    }
    await own.ask(SECRETARY, "PUT", f"/activities/{activity}", training)
    _, decision = await decided(own)
    found = await own.ask(SECRETARY, "GET", "/aid-decisions")
    by = next(each for each in found["decisions"] if each["decision_id"] == decision)
    given = {
        "matter_id": by["matter_id"],
        "decision_id": decision,
        "kind": "cash",
        "som": 6500,
        "source": "local-budget",
        "given_on": day,
    }
    await own.ask(SECRETARY, "PUT", f"/aid/{aid}", given)
    return {"activity": activity, "aid": aid, "given_by": decision}
