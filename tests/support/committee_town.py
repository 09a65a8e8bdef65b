"""A committee in a running Tirek: Uchkun's, approved, with a secretary, a chair and a member."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg

from deploy.samples import load
from deploy.samples.load import sample_caller
from shared.clock import wall
from shared.security.tokens import Caller
from tests.support.committee_api import approval
from tests.support.eventually import eventually
from tests.support.town import BISHKEK, COORDINATOR, Town

POLICE = "police-naryn-oblast"
ORGANISATION, TERRITORY = "committee-uchkun", "41704245845000"
SECRETARY = Caller("st-keeps-uchkun", ORGANISATION, frozenset({"secretary", "reporter"}))
CHAIR = Caller("st-leads-uchkun", ORGANISATION, frozenset({"member"}))
MEMBER = Caller("st-sits-uchkun", ORGANISATION, frozenset({"member"}))
NAMES = {SECRETARY: "Жаркын Осмонова", CHAIR: "Бектур Садыков", MEMBER: "Гүлнара Ибраимова"}
SEATS = {
    SECRETARY: "self-government-executive",
    CHAIR: "community-aksakal-court",
    MEMBER: "state-health",
}
BODIES = {SECRETARY: "ayil-okmotu", CHAIR: "aksakal-court", MEMBER: "health"}
HEARD = """
SELECT NOT EXISTS (SELECT FROM unnest($1::text[]) AS wanted(staff_id)
                   WHERE wanted.staff_id NOT IN (SELECT staff_id FROM committee.staff))
"""


@dataclass(frozen=True, slots=True)
class House:
    """The committee, by its id; who sits in it are the constants here."""

    town: Town
    committee_id: str

    @property
    def path(self) -> str:
        """Its address in the service."""
        return f"/committees/{self.committee_id}"

    async def ask(self, caller: Caller, method: str, path: str, body: Any = None) -> Any:
        """Asks the committee service; the decoded answer, none for an empty one."""
        answer = await self.town.call(caller, "committee", method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def sits(self, caller: Caller, sector: str, body: str) -> None:
        """Somebody of the register joined in January."""
        order = {"order_no": "14-б", "order_on": "2026-01-12", "member_from": "2026-01-12"}
        who = {"staff_id": caller.staff_id, "sector": sector, "body": body}
        await self.ask(SECRETARY, "POST", f"{self.path}/members", order | who)


async def enter(town: Town, caller: Caller, name: str, phone: str | None = None) -> None:
    """Somebody of the register, as an administrator enters them."""
    body = {
        "name": name,
        "organisation": caller.organisation,
        "roles": sorted(caller.roles),
        "languages": ["ky", "ru"],
        "territories": [],
        "phone": phone,
        "active": True,
    }
    keeper = sample_caller(load.ADMINISTRATOR)
    answer = await town.call(keeper, "notify", "PUT", f"/people/{caller.staff_id}", body)
    assert answer.is_success, answer.text


async def house(town: Town) -> House:
    """The committee; the same again for whoever asks a second time."""
    found = await town.ask(COORDINATOR, "committee", "GET", "/committees?limit=200")
    known = {each["organisation"]: each["committee_id"] for each in found["committees"]}
    if ORGANISATION in known:
        return House(town, known[ORGANISATION])
    for caller, name in NAMES.items():
        await enter(town, caller, name)
    await _heard(town, [each.staff_id for each in NAMES] + [COORDINATOR.staff_id])
    wanted = approval(organisation=ORGANISATION, territory=TERRITORY)
    made = await town.ask(COORDINATOR, "committee", "POST", "/committees", wanted)
    own = House(town, made["committee_id"])
    for caller, sector in SEATS.items():
        await own.sits(caller, sector, BODIES[caller])
    named = {"chair": CHAIR.staff_id, "secretary": SECRETARY.staff_id}
    await own.ask(COORDINATOR, "PUT", own.path, approval(**named))
    return own


async def filled(own: House) -> dict[str, str]:
    """A row of the plan, which the police are asked to join, and an appeal; their ids."""
    day = wall().astimezone(BISHKEK).date()
    row, appeal = str(uuid4()), str(uuid4())
    planned = {
        "year": day.year,
        "quarter": 2,
        "work": "prevention-meeting",
        "prepares": "aksakal-court",
        "reports": "local-committee",
        "target": {"indicator": "people", "count": 100},
        "joint_with": POLICE,
    }
    await own.ask(SECRETARY, "PUT", f"/plan-items/{row}", planned)
    written = {
        "received_on": day.isoformat(),
        "journal_no": "17",
        "way": "written",
        "kind": "application",
        "subject": "material-aid",
        "sex": "female",
        "age_band": "30-44",
    }
    await own.ask(SECRETARY, "PUT", f"/appeals/{appeal}", written)
    known = (await own.ask(SECRETARY, "GET", f"{own.path}/members"))["members"]
    member = next(each["member_id"] for each in known if each["staff_id"] == MEMBER.staff_id)
    committee = own.committee_id
    made = {"row": row, "appeal": appeal, "member": member, "committee": committee}
    return made | {"year": str(day.year)}


async def _heard(town: Town, staff_ids: list[str]) -> None:
    """Whom a service has not heard of yet sees nothing there."""
    connection = await asyncpg.connect(town.stack.superuser("tirek"))

    async def heard() -> bool:
        return bool(await connection.fetchval(HEARD, staff_ids))

    try:
        await eventually(heard, within=30)
    finally:
        await connection.close()
