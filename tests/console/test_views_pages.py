"""Who looked at what: a coordinator sees who looked at a case and who tried, another does not."""

from dataclasses import replace

from services.audit.settings import AuditSettings
from services.console.accounts import handlers as accounts
from shared.csv_text import BOM
from shared.db import Database
from shared.events.words import Role
from tests.console.conftest import Office
from tests.support.environment import settings_of
from tests.support.eventually import eventually
from tests.support.town import COORDINATOR, someone_at

SAMPLE, NEED = "12-late-yes", "crisis-counselling"
HEARD = """
SELECT count(DISTINCT record) FILTER (WHERE what = 'viewed' AND record = ANY ($1)),
    count(DISTINCT staff_id) FILTER (WHERE what ~ 'refused' AND staff_id = ANY ($2)),
    (SELECT count(*) FROM offer_facts WHERE offer_id = ANY ($1))
FROM views
"""
SAID = "SELECT document FROM outbox WHERE type = 'tirek.record.viewed.v1'"
AUDITOR = replace(COORDINATOR, roles=frozenset({Role.AUDITOR}), territories=())


async def test_whoever_oversees_sees_who_looked_and_who_tried(office: Office) -> None:
    """A look, a search, a refused read and a broken link; of a case with its ids, of a person
    without. Whom it does not concern sees none of it."""
    town = office.town
    incident = await town.report(SAMPLE)
    offer = await town.offer(incident, NEED)
    requests = await town.requests(incident)
    request = next(each for each in requests if each["service_type"] == NEED)
    asked = {each["organisation"] for one in requests for each in one["offers"]}
    worker = someone_at(town, offer["organisation"])
    far = [each for each in town.people.values() if each.organisation not in asked]
    stranger = next(each for each in far if each.roles == (Role.WORKER,))
    another = next(
        each
        for each in far
        if each.roles == (Role.COORDINATOR,)
        and not town.body(SAMPLE)["territory"].startswith(each.territories)
    )
    async with office.desks.deps.db.transaction() as tx:
        link = await accounts.invite(tx, office.desks.deps, "st-admin", worker.staff_id)
        await accounts.invite(tx, office.desks.deps, "st-admin", worker.staff_id)

    desk = await office.desks.of(worker)
    await desk.go(f"/cases/{offer['offer_id']}")
    await desk.go("/find")
    await desk.press("Find", code=request["public_id"][::-1])
    await (await office.desks.of(stranger.caller)).go(f"/cases/{offer['offer_id']}")
    nobody = office.desks.nobody()
    await nobody.go(f"/invitation/{link}")
    await nobody.press("Go on")
    assert nobody.answer.status_code == 404

    board = await office.desks.of(COORDINATOR)
    request_id = request["service_request_id"]
    await board.go(f"/board/{request_id}")
    await heard(office, {offer["offer_id"], request_id}, {worker.staff_id, stranger.staff_id})
    await board.follow("Who looked at this")
    case = board.at
    for told in ("was refused: an offer", "looked at: an offer", offer["offer_id"], "a need"):
        assert told in board.page.text, told
    assert f"/views/person/{stranger.staff_id}" in board.page.markup
    theirs = f"/views/person/{worker.staff_id}"
    await board.go(theirs)
    for told in ("a link or a code opened nothing: an invitation", "taken back", "not found"):
        assert told in board.page.text, told
    assert offer["offer_id"] not in board.page.markup
    await board.press("Table for a spreadsheet")
    assert board.answer.text.startswith(BOM)

    elsewhere = await office.desks.of(another.caller)
    await elsewhere.go(case)
    assert elsewhere.answer.status_code == 404
    assert "There is none." in (await elsewhere.go(theirs)).text
    for there_or_not in (request_id, "00000000-0000-4000-8000-000000000000"):
        await elsewhere.go(f"/board/{there_or_not}")
    await heard(office, {offer["offer_id"], request_id}, {another.staff_id, stranger.staff_id})
    page = await elsewhere.go(f"/views/person/{another.staff_id}")
    assert page.text.count("was refused: a need") == 1 + 3, "those that are there, and that are not"
    auditor = await office.desks.of(AUDITOR)
    page = await auditor.go("/views?what=refused")
    for told in ("was refused: an offer", offer["offer_id"], "opened nothing"):
        assert told in page.text, told


async def test_a_time_that_ends_before_it_begins_is_said(office: Office) -> None:
    """In the form, with what was typed."""
    auditor = await office.desks.of(AUDITOR)
    page = await auditor.go("/views?since=2026-02-02&until=2026-02-01")
    assert auditor.answer.status_code == 422
    assert "must not end before it begins" in page.text


async def test_words_in_an_address_are_not_recorded(office: Office) -> None:
    """A link can be made of anything; what is kept of a look is for good."""
    auditor = await office.desks.of(AUDITOR)
    for words in ("person/+996000500999", "case/aisuluu", "organisation/aisuluu"):
        await auditor.go(f"/views/{words}")
    async with office.desks.deps.db.transaction() as tx:
        rows = await tx.fetch(SAID)
    kept = [bytes(row["document"]).decode() for row in rows]
    assert sum('"record":"organisation"' in each for each in kept) == 1
    assert not [each for each in kept if "aisuluu" in each or "500999" in each]


async def heard(office: Office, records: set[str], people: set[str]) -> None:
    """Audit has heard of these looks, of what was refused these people, and of the offer."""
    db = Database(settings_of(AuditSettings, office.town.stack, "audit.serve"))

    async def all_of_it() -> bool:
        async with db.transaction() as tx:
            row = await tx.fetchrow(HEARD, list(records), list(people))
        return row is not None and tuple(row) == (len(records), len(people), 1)

    try:
        assert await eventually(all_of_it, within=60)
    finally:
        await db.close()
