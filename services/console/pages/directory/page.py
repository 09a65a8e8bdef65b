"""Routes of the directory: who serves whom, where, when and with how much room."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.console.frame.desk import Desk
from services.console.frame.entry import somebody
from services.console.frame.weekdays import days_of, in_words
from shared.events.words import Role
from shared.http.pages import Cursor

router = APIRouter()
Answering = Annotated[Desk, Depends(somebody(Role.ADMINISTRATOR, Role.COORDINATOR))]
Chosen = Annotated[str, Query(max_length=80)]
A_PAGE = 15
_EPOCH = date(2024, 1, 1)
"""A rule of opening hours has no first day; every week that begins on a Monday is as good."""


@router.get("/directory")
async def directory(
    desk: Answering,
    kind: Chosen = "",
    service_type: Chosen = "",
    organisation: Chosen = "",
    cursor: Cursor | None = None,
) -> Response:
    """The organisations of a kind, or with a service; all of them without."""
    chosen = {"kind": kind, "service_type": service_type, "organisation": organisation}
    asked = {name: value or None for name, value in chosen.items()}
    found = await desk.get("referral", "/directory", **asked, cursor=cursor, limit=A_PAGE)
    words = await desk.words()
    return desk.page(
        "directory/directory.html",
        organisations=found["organisations"],
        next=found.get("next"),
        hours=hours,
        kinds=words.of("organisation_kinds"),
        types=words.of("service_types"),
        words=words,
        chosen={name: value for name, value in chosen.items() if value},
    )


def hours(window: dict[str, Any]) -> str:
    """Opening hours as people say them; a rule that is not of every week as it stands."""
    days = days_of(window["rrule"], _EPOCH)
    named = in_words(days) if days else window["rrule"]
    return f"{named} {window['opens_at']}–{window['closes_at']}"
