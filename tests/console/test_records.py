"""Who looked at what is said on the bus, by every page that shows a record or looks for one."""

import orjson

from deploy.samples.load import ADMINISTRATOR, sample_caller
from tests.console.conftest import Office
from tests.support.town import COORDINATOR, someone_at

SAMPLE, NEED = "12-late-yes", "crisis-counselling"
RECORDS = "SELECT type, document FROM outbox WHERE type LIKE 'tirek.record.%'"


async def recorded(office: Office, staff_id: str) -> set[tuple[str, str, str]]:
    """What was said of what somebody did: the act, the kind, and which or whether it was there."""
    async with office.desks.deps.db.transaction() as tx:
        rows = await tx.fetch(RECORDS)
    said = [(row["type"].split(".")[2], orjson.loads(row["document"])["data"]) for row in rows]
    return {
        (act, data["kind"], str(data.get("record", data.get("found"))))
        for act, data in said
        if data["staff_id"] == staff_id
    }


async def test_whoever_looks_is_recorded(office: Office) -> None:
    """A case, a need, a report, a person; and each search, also one that finds nothing."""
    incident = await office.town.report(SAMPLE)
    offer = await office.town.offer(incident, NEED)
    requests = await office.town.requests(incident)
    request = next(each for each in requests if each["service_type"] == NEED)
    worker = someone_at(office.town, offer["organisation"])
    reporter = office.town.caller(office.town.samples[SAMPLE].reported_by)
    keeper = sample_caller(ADMINISTRATOR)

    desk = await office.desks.of(worker)
    await desk.go(f"/cases/{offer['offer_id']}")
    for code in (request["public_id"], request["public_id"][::-1]):
        await desk.go("/find")
        await desk.press("Find", code=code)
    await (await office.desks.of(reporter)).go(f"/reports/{incident}")
    board = await office.desks.of(COORDINATOR)
    await board.go(f"/board/{request['service_request_id']}")
    register = await office.desks.of(keeper)
    await register.go("/people")
    await register.press("Find", q=worker.staff_id)
    await register.go(f"/people/{worker.staff_id}")
    await register.press("Show contacts")

    seen = await recorded(office, worker.staff_id)
    assert ("viewed", "offer", offer["offer_id"]) in seen
    assert {("searched", "public-id", "True"), ("searched", "public-id", "False")} <= seen
    assert ("viewed", "incident", incident) in await recorded(office, reporter.staff_id)
    at = request["service_request_id"]
    assert ("viewed", "service-request", at) in await recorded(office, COORDINATOR.staff_id)
    kept = await recorded(office, keeper.staff_id)
    assert {("searched", "person", "True"), ("viewed", "person", worker.staff_id)} <= kept
