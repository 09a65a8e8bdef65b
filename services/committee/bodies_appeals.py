"""Bodies of appeals that the committee service takes over HTTP. No name, and no words."""

from typing import Annotated

from fastapi import Path
from pydantic import BeforeValidator, Field

from services.committee.appeals.model import (
    Answer,
    Appeal,
    Applicant,
    Kind,
    Reply,
    Sex,
    State,
    Subject,
    Way,
)
from services.committee.bodies import Day, Place
from shared.http.pages import Cursor
from shared.http.schemas import Code, Pasted, Strict, Word, seen

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
JOURNAL_NO = r"^[0-9]{1,6}([/-][0-9]{1,4})?(-?[a-zа-яөүң])?$"
"""Without a letter in front: registers of appeals put the first of the name there."""
OwnId = Annotated[str, BeforeValidator(seen), Path(pattern=UUID)]
"""An id in a path that its caller made: a UUID, new for each thing."""
EXAMPLE = {
    "received_on": "2026-11-24",
    "journal_no": "17-б",
    "way": "written",
    "kind": "application",
    "subject": "material-aid",
    "village": "41704245845020",
    "sex": "female",
    "age_band": "30-44",
}


class AppealBody(Strict, json_schema_extra={"examples": [EXAMPLE]}):
    """An appeal. ``collective``: several wrote together, and nothing of anybody is kept;
    ``age_band``: the jurisdiction's, or ``unknown``."""

    received_on: Day
    journal_no: Annotated[str, Field(pattern=JOURNAL_NO)]
    way: Annotated[Way, Word]
    kind: Annotated[Kind, Word]
    subject: Annotated[Subject, Word]
    collective: bool = False
    village: Place | None = None
    sex: Annotated[Sex | None, Word] = None
    age_band: Annotated[str | None, Field(max_length=16)] = None

    def appeal(self, appeal_id: str) -> Appeal:
        """As wanted; whose it is, and its matter, are not the caller's to say."""
        return Appeal(
            appeal_id=appeal_id,
            committee_id="",
            matter_id="",
            received_on=self.received_on,
            journal_no=self.journal_no,
            way=self.way,
            collective=self.collective,
            kind=self.kind,
            subject=self.subject,
            applicant=Applicant(village=self.village, sex=self.sex, age_band=self.age_band),
        )


class AppealsQuery(Pasted):
    """Which of the register. ``year``: in which they were received, all without; ``late``: only
    those of which nothing had become in time; ``dealt_with``: whether a sitting has, and closed
    that, all without."""

    year: Annotated[int | None, Field(ge=2000, le=2200)] = None
    state: State | None = None
    late: bool = False
    dealt_with: bool | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Cursor | None = None


class LinkBody(
    Strict,
    json_schema_extra={"examples": [{"incident_id": "0b0f6d0e-5f0c-4c7b-9a55-3a7f5f1f6f11"}]},
):
    """What intake called the incident as which it was opened."""

    incident_id: Annotated[str, Field(pattern=UUID)]


class ReplyBody(
    Strict, json_schema_extra={"examples": [{"answer": "explained", "answered_on": "2026-11-30"}]}
):
    """The answer, and the day on it. ``forwarded_to``: the body to which it was forwarded."""

    answer: Annotated[Answer, Word]
    answered_on: Day
    forwarded_to: Code | None = None

    def reply(self) -> Reply:
        """As said."""
        return Reply(answer=self.answer, day=self.answered_on, body=self.forwarded_to)
