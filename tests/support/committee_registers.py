"""What stands in the registers of a committee of a running Tirek, as its secretary entered it."""

from uuid import uuid4

from tests.support import town_sittings
from tests.support.committee_town import SECRETARY, TERRITORY, House


async def decided(uchkun: House) -> str:
    """A sitting that is closed, with one decision: the address of its item."""
    sitting, items = await town_sittings.planned(uchkun, "aid")
    await town_sittings.decided(uchkun, sitting, items)
    return f"/sittings/{sitting}/agenda/{items[0]}"


async def entered(uchkun: House) -> dict[str, str]:
    """A training and aid, each with its id; and the decision by which the aid was given."""
    day = uchkun.town.local_today().isoformat()
    activity, aid = str(uuid4()), str(uuid4())
    training = {
        "kind": "training",
        "happened_on": day,
        "territory": TERRITORY,
        "topic": "law",
        "days": 2,
        "present": [{"sex": "female", "age_band": "30-44", "count": 12}],
    }
    await uchkun.ask(SECRETARY, "PUT", f"/activities/{activity}", training)
    await decided(uchkun)
    by = (await uchkun.ask(SECRETARY, "GET", "/aid-decisions"))["decisions"][0]
    given = {
        "matter_id": by["matter_id"],
        "decision_id": by["decision_id"],
        "kind": "cash",
        "som": 6500,
        "source": "local-budget",
        "given_on": day,
    }
    await uchkun.ask(SECRETARY, "PUT", f"/aid/{aid}", given)
    return {"activity": activity, "aid": aid, "given_by": by["decision_id"]}
