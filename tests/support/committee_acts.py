"""Acts of a committee, one of each kind, as requests that may be sent again: wave after wave, for
each needs what the one before it left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from deploy.samples import load
from deploy.samples.load import sample_caller
from shared.security.tokens import Caller
from tests.support.committee_town import CHAIR, MEMBER, POLICE, SECRETARY, TERRITORY, House
from tests.support.eventually import eventually
from tests.support.town import someone_at
from tests.support.town_sittings import yesterday

NEW = Caller("st-joins-uchkun", SECRETARY.organisation, frozenset({"member"}))
"""Somebody of the register who is no member yet."""
CASE = "01-child-who-witnessed"
HERE = (SECRETARY, CHAIR, MEMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One request to the committee service. ``writes``: the last table to which it does."""

    path: str
    body: Any
    writes: str
    method: str = "PUT"
    by: Caller = SECRETARY

    async def send(self, uchkun: House) -> httpx.Response:
        """Its answer; raises `httpx.HTTPError` where there is none."""
        return await uchkun.town.call(self.by, "committee", self.method, self.path, self.body)


@dataclass(slots=True)
class Year:
    """A year of the committee's work; ids are of its callers' choosing, and so stay."""

    uchkun: House
    ids: dict[str, str] = field(default_factory=dict)

    def own(self, name: str) -> str:
        """The id of a thing, the same each time."""
        return self.ids.setdefault(name, str(uuid4()))

    @property
    def waves(self) -> tuple[Callable[[], Awaitable[list[Act]]], ...]:
        """All of them; each is made when the one before it is in."""
        return (
            self.entered,
            self.prepared,
            self.gathered,
            self.held,
            self.settled,
            self.closed,
            self.followed,
            self.corrected,
        )

    async def entered(self) -> list[Act]:
        """Somebody joins; a sitting, a row of the plan, two appeals, a meeting, a handbook page."""
        order = {"order_no": "14-б", "order_on": "2026-01-12", "member_from": "2026-01-12"}
        joins = order | {"staff_id": NEW.staff_id, "sector": "state-education", "body": "education"}
        starts = f"{yesterday(self.uchkun)}T10:00:00+06:00"
        page = {"language": "ky", "title": "Колдонмо", "position": 1, "url": "https://example.org/"}
        return [
            Act(method="POST", path=f"{self.uchkun.path}/members", body=joins, writes="members"),
            Act(
                path=f"{self.uchkun.path}/sittings/{self.own('sitting')}",
                body={"kind": "emergency", "starts": starts},
                writes="sittings",
            ),
            Act(path=f"/plan-items/{self.own('row')}", body=self._row(), writes="plan_items"),
            Act(path=f"/appeals/{self.own('case')}", body=self._appeal("17"), writes="outbox"),
            Act(path=f"/appeals/{self.own('other')}", body=self._appeal("18"), writes="outbox"),
            self._meeting("meeting", 20),
            Act(
                path=f"/handbook/{self.own('page')}",
                body=page,
                writes="handbook",
                by=sample_caller(load.ADMINISTRATOR),
            ),
        ]

    async def prepared(self) -> list[Act]:
        """An agenda and guests; the police say yes; one appeal is an incident, one is answered."""
        matter, incident = await self._matter(), await eventually(self._incident, within=30)
        sitting, case = f"/sittings/{self.own('sitting')}", {"source": "appeal", "topic": "case"}
        replied = {"answer": "explained", "answered_on": self._day()}
        return [
            self._item("aid", {"source": "own", "topic": "aid"}),
            self._item("about", case | {"matter_id": matter}),
            Act(path=f"{sitting}/invited", body={"bodies": ["police"]}, writes="invited"),
            Act(
                path=f"/joint-items/{self.own('row')}/answer",
                body={"yes": True, "version": 1},
                writes="plan_items",
                by=someone_at(self.uchkun.town, POLICE),
            ),
            Act(
                path=f"/appeals/{self.own('case')}/incident",
                body={"incident_id": incident},
                writes="outbox",
            ),
            Act(path=f"/appeals/{self.own('other')}/answer", body=replied, writes="outbox"),
            self._meeting("corrected meeting", 25, replaces=self.own("meeting")),
        ]

    async def gathered(self) -> list[Act]:
        """Who is here; and a row of the plan was done."""
        here = [{"staff_id": each.staff_id, "status": "present"} for each in HERE]
        return [
            Act(
                path=f"/sittings/{self.own('sitting')}/attendance",
                body={"attendance": here},
                writes="attendance",
            ),
            Act(
                path=f"/plan-items/{self.own('row')}/done",
                body={"done_on": self._day()},
                writes="plan_items",
            ),
        ]

    async def held(self) -> list[Act]:
        """The sitting was held."""
        day = yesterday(self.uchkun)
        minutes = {
            "starts": f"{day}T10:00:00+06:00",
            "ends": f"{day}T11:00:00+06:00",
            "chair": CHAIR.staff_id,
            "secretary": SECRETARY.staff_id,
            "attendance": [{"staff_id": each.staff_id, "status": "present"} for each in HERE],
            "invited": [{"body": "police", "came": True, "signed": True}],
        }
        path = f"/sittings/{self.own('sitting')}/held"
        return [Act(path=path, body=minutes, writes="outbox")]

    async def settled(self) -> list[Act]:
        """Both items were decided: cash, a visit that is due tomorrow, and a referral."""
        given = self._decision("aid-cash", 9)
        visit = self._decision("visit-family", 1) | {"person": MEMBER.staff_id}
        return [
            self._outcome("aid", [given, visit]),
            self._outcome("about", [self._decision("refer", 9)]),
        ]

    async def closed(self) -> list[Act]:
        """The minutes are closed: what was decided is to be done."""
        path = f"/sittings/{self.own('sitting')}/close"
        return [Act(method="POST", path=path, body=None, writes="outbox")]

    async def followed(self) -> list[Act]:
        """Aid is given, that is reported, and a referral has more time."""
        actions = (await self._see(f"{self.uchkun.path}/actions"))["actions"]
        paths = {each["what"]: f"/actions/{each['action_id']}" for each in actions}
        done = {"status": "done", "reported_on": self._day()}
        terms = {"due": self._day(20)}
        return [
            await self._aid("aid", 6500),
            Act(path=f"{paths['aid-cash']}/report", body=done, writes="outbox"),
            Act(path=f"{paths['refer']}/terms", body=terms, writes="outbox"),
        ]

    async def corrected(self) -> list[Act]:
        """The sum had been mistyped."""
        return [await self._aid("corrected aid", 5600, replaces=self.own("aid"))]

    async def _see(self, path: str) -> Any:
        return await self.uchkun.ask(SECRETARY, "GET", path)

    async def _matter(self) -> str:
        return str((await self._see(f"/appeals/{self.own('case')}"))["matter_id"])

    async def _incident(self) -> str | None:
        """As which the appeal is opened in intake, once that has heard of the secretary."""
        town, key = self.uchkun.town, self.own("case")
        answer = await town.call(
            SECRETARY, "intake", "POST", "/incidents", town.body(CASE), Idempotency_Key=key
        )
        return str(answer.json()["incident_id"]) if answer.is_success else None

    def _day(self, ahead: int = 0) -> str:
        return (self.uchkun.town.local_today() + timedelta(days=ahead)).isoformat()

    def _row(self) -> dict[str, Any]:
        return {
            "year": self.uchkun.town.local_today().year,
            "quarter": 2,
            "work": "prevention-meeting",
            "prepares": "aksakal-court",
            "reports": "local-committee",
            "joint_with": POLICE,
        }

    def _appeal(self, journal_no: str) -> dict[str, Any]:
        return {
            "received_on": self._day(),
            "journal_no": journal_no,
            "way": "written",
            "kind": "application",
            "subject": "material-aid",
            "sex": "female",
            "age_band": "30-44",
        }

    def _meeting(self, name: str, count: int, **fields: str) -> Act:
        body = {
            "kind": "meeting",
            "happened_on": self._day(),
            "territory": TERRITORY,
            "topic": "rights",
            "present": [{"sex": "female", "age_band": "30-44", "count": count}],
        }
        return Act(path=f"/activities/{self.own(name)}", body=body | fields, writes="activities")

    def _item(self, name: str, body: dict[str, Any]) -> Act:
        path = f"/sittings/{self.own('sitting')}/agenda/{self.own(name)}"
        return Act(path=path, body=body, writes="agenda")

    def _decision(self, what: str, days: int) -> dict[str, Any]:
        due = self._day(days)
        return {"what": what, "body": "ayil-okmotu", "due": due, "control": "report-in-writing"}

    def _outcome(self, item: str, decisions: list[dict[str, Any]]) -> Act:
        path = f"/sittings/{self.own('sitting')}/agenda/{self.own(item)}/outcome"
        votes = {"in_favour": 3, "against": 0, "abstained": 0}
        body = {"result": "decided", "votes": votes, "decisions": decisions}
        return Act(path=path, body=body, writes="decisions")

    async def _aid(self, name: str, som: int, **fields: str) -> Act:
        decisions = (await self._see("/aid-decisions"))["decisions"]
        by = next(each for each in decisions if each["what"] == "aid-cash")
        body = {
            "matter_id": by["matter_id"],
            "decision_id": by["decision_id"],
            "kind": "cash",
            "som": som,
            "source": "local-budget",
            "given_on": self._day(),
        }
        return Act(path=f"/aid/{self.own(name)}", body=body | fields, writes="aid")
