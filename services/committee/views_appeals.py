"""Views of appeals that the committee service's HTTP returns."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from services.committee.appeals.model import Answer, Appeal, Kind, Sex, State, Subject, Way
from services.committee.progress.model import Need, Progress
from shared.http.pages import Next


class NeedView(BaseModel):
    """A need of the incident, and how far it has come."""

    service_type: str
    public_id: str | None
    progress: Progress
    changed_at: datetime


class AppealView(BaseModel):
    """An appeal, and what became of it. ``late``: nothing had by its last day.

    ``needs`` are empty until referral has said something of the incident.
    """

    appeal_id: str
    matter_id: str
    state: State
    received_on: date
    journal_no: str
    way: Way
    collective: bool
    kind: Kind
    subject: Subject
    village: str | None
    sex: Sex | None
    age_band: str | None
    answer_by: date | None
    late: bool
    incident_id: str | None
    linked_on: date | None
    needs: list[NeedView]
    answer: Answer | None
    answered_on: date | None
    forwarded_to: str | None

    @classmethod
    def of(cls, appeal: Appeal, today: date, needs: Iterable[Need]) -> Self:
        """As it stands today."""
        applicant, reply = appeal.applicant, appeal.reply
        return cls(
            appeal_id=appeal.appeal_id,
            matter_id=appeal.matter_id,
            state=appeal.state,
            received_on=appeal.received_on,
            journal_no=appeal.journal_no,
            way=appeal.way,
            collective=appeal.collective,
            kind=appeal.kind,
            subject=appeal.subject,
            village=applicant.village,
            sex=applicant.sex,
            age_band=applicant.age_band,
            answer_by=appeal.answer_by,
            late=appeal.late(today),
            incident_id=appeal.incident_id,
            linked_on=appeal.linked_on,
            needs=[
                NeedView(
                    service_type=each.service_type,
                    public_id=each.public_id,
                    progress=each.progress,
                    changed_at=each.changed_at,
                )
                for each in needs
            ],
            answer=reply.answer if reply else None,
            answered_on=reply.day if reply else None,
            forwarded_to=reply.body if reply else None,
        )


class AppealsView(BaseModel):
    """A page of the register, the last received first."""

    appeals: list[AppealView]
    next: Next = None
