"""A call in which something is read out: the words of referral and notify, signed as they sign."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from shared.events.words import Role
from shared.security.tokens import Caller, CallProof, Signer
from tests.support.intake import Intake, consent, key_file, staff
from tests.support.referral_says import CENTRE

LINE = "sezim-bishkek"
SCOPE = ["identity", "location", "children", "contact"]


@dataclass(slots=True)
class Call:
    """An operator who has the case holder of an incident on the telephone."""

    intake: Intake
    taken: dict[str, Any]
    officer: Caller
    operator: Caller

    async def proof(self, ago: timedelta = timedelta(), **fields: str) -> str:
        """What notify gives for two right digits."""
        said = {"operator": self.operator.staff_id, "person": self.officer.staff_id}
        signer = Signer.from_file(key_file(self.intake.stack, "notify", "calls.private.json"))
        proof = CallProof(**{**said, "check_id": "check-1", **fields})
        return signer.call(proof, await self.intake.now() - ago)

    async def ticket(self, **fields: Any) -> str:
        """What referral gives the operator."""
        named = {"reader": self.operator.staff_id} | fields
        return await self.intake.ticket(self.taken, self.officer, **named)

    async def read(self, group: str, **body: str) -> httpx.Response:
        """One group, with a good ticket and a good proof unless others are given."""
        words = {"ticket": await self.ticket(), "proof": await self.proof(), "group": group}
        return await self.intake.ask("POST", "/readings-out", self.operator, json=words | body)

    async def recorded(self) -> int:
        """How many readings are on record."""
        incident_id = self.taken["incident_id"]
        return await self.intake.count("disclosures", "incident_id = $1", incident_id)


async def calling(intake: Intake, **report: Any) -> Call:
    """A case in the hands of an officer of the centre, for whom the line answers."""
    officer = staff("worker", organisation=CENTRE)
    operator = staff(Role.OPERATOR, organisation=LINE)
    body = {
        "consents": [consent(scope=SCOPE)],
        "survivor": {"name": "Айсулуу", "phone": "0 000 500 101", "language": "ky"},
    }
    taken = await intake.take(staff(), **(body | report))
    for each in (officer, operator):
        await intake.introduce(each)
    return Call(intake, taken, officer, operator)
