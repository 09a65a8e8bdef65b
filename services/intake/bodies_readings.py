"""Bodies of readings: who reads what, by which right and for which purpose."""

from typing import Annotated

from pydantic import Field

from services.intake.model.consents import Group
from services.intake.model.safe_contact import OutsideHours
from shared.http.schemas import Code, Strict, Word

Outside = Annotated[OutsideHours, Word]
Signed = Annotated[str, Field(min_length=1, max_length=4000)]


class DisclosureBody(
    Strict,
    json_schema_extra={
        "examples": [
            {"purpose": "service", "ticket": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVkLWJ5LXJlZmVycmFs"},
            {
                "purpose": "service",
                "ticket": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVkLWJ5LXJlZmVycmFs",
                "outside_hours": "danger-to-life",
            },
        ]
    },
):
    """``purpose`` as in the consent; ``ticket`` from referral, given to who accepted.

    ``outside_hours``: the reason, recorded, for which the number is shown when a call is not safe.
    """

    purpose: Code
    ticket: Signed
    outside_hours: Outside | None = None


class ReadOutBody(
    Strict,
    json_schema_extra={
        "examples": [
            {
                "ticket": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVkLWJ5LXJlZmVycmFs",
                "proof": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVkLWJ5LW5vdGlmeQ",
                "group": "location",
            }
        ]
    },
):
    """``ticket`` from referral and ``proof`` from notify, both given to this operator about this
    case holder; one ``group`` at a time. ``outside_hours`` as for holders."""

    ticket: Signed
    proof: Signed
    group: Annotated[Group, Word]
    outside_hours: Outside | None = None


class EnteredBody(Strict, json_schema_extra={"examples": [{"purpose": "correction"}]}):
    """Why somebody looks again at what they entered: a code. ``outside_hours`` as for holders."""

    purpose: Code
    outside_hours: Outside | None = None
