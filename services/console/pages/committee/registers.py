"""Registers: what those of a year share: which year, and why an entry is taken back."""

from typing import Annotated, Any

from fastapi import Query, Response

from services.console.frame.desk import Desk
from services.console.frame.texts import later
from services.console.pages.committee.house import SERVICE, show, wrong_of
from services.console.peers.client import PeerRefused

Year = Annotated[int | None, Query(ge=2000, le=2200)]
SAID = {
    "entered": later("Entered. If it was a slip, correct it or take it back here."),
    "corrected": later("Corrected. What stood before stays in its story."),
    "withdrawn": later("Taken back. It counts no more, and stays in its story."),
}
BACK = 5
"""Years before this one that lists lead to."""
MOST = 200
"""Entries of a page to print; more are taken along as a table."""


def years(shown: int, this: int, ahead: int = 0) -> list[int]:
    """To which years a list leads: this one, the one that is shown and those beside it, from `BACK`
    years ago to ``ahead`` years from now."""
    beside = {each for each in (shown - 1, shown + 1) if this - BACK <= each <= this + ahead}
    return sorted({this, shown, *beside})


async def story(desk: Desk, register: str, entry_id: str) -> list[dict[str, Any]]:
    """All entries of the story of one, oldest first."""
    found: list[dict[str, Any]] = (await desk.get(SERVICE, f"/{register}/{entry_id}"))[register]
    return found


def holds(story: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The entry of a story that counts; none once it was taken back."""
    return next((each for each in story if each["ended_at"] is None), None)


def spaced(number: int) -> str:
    """``13 000``: thousands apart, and on one line."""
    return f"{number:,}".replace(",", "\u00a0")


async def ask_withdrawal(desk: Desk, at: str, wrong: dict[str, str] | None = None) -> Response:
    """Why is it taken back?"""
    words = await desk.words(SERVICE)
    reasons = words.of("withdrawal_reasons")
    return show(desk, "withdraw.html", at=at, reasons=reasons, wrong=wrong)


async def withdraw(desk: Desk, register: str, entry_id: str) -> Response:
    """It was entered in error."""
    at, body = f"/committee/{register}/{entry_id}", {"reason": desk.form.text("reason", 40)}
    try:
        await desk.post(SERVICE, f"/{register}/{entry_id}/withdraw", body)
    except PeerRefused as refused:
        return await ask_withdrawal(desk, at, wrong_of(refused))
    return desk.to(at, "withdrawn")
