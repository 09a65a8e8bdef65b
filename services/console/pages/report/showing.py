"""Showing a step of a report, with what was answered so far."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import Response

from services.console.frame.desk import Desk
from services.console.frame.texts import say
from services.console.pages.report import body
from services.console.pages.report.body import Answers, one, some
from services.console.pages.report.steps import ORDER, STEPS
from services.console.peers.client import PeerDown, PeerRefused


async def show(
    desk: Desk, draft_id: str, step: str, answers: Answers, *, status: int = 200, **more: Any
) -> Response:
    """The page of a step; ``more`` are errors, drafts, what was just done (``told``), how many
    ``empty`` rows are wanted, and whether it is a ``change`` to what is read aloud. Raises
    `PeerDown` without intake's lists."""
    assessed = step in ("needs", "summary")
    shown = {"errors": [], "drafts": [], "told": "", "change": False, "empty": 0} | more
    return desk.page(
        f"report/{step}.html",
        status,
        draft_id=draft_id,
        action=f"/report/{draft_id}" if draft_id else "/report",
        step=step,
        number=ORDER.index(step) + 1,
        count=len(ORDER),
        heading=say(STEPS[step]),
        forms=await desk.forms(),
        assessment=await _assessment(desk, answers) if assessed else None,
        units=await _units(desk, answers) if step in ("family", "summary") else {},
        found=body.found(answers),
        part=body,
        answers=answers,
        one=partial(one, answers),
        some=partial(some, answers),
        **shown,
    )


async def _assessment(desk: Desk, answers: Answers) -> Any | None:
    """Urgency, needs and clocks as they would be; none where they cannot be told."""
    asked = body.circumstances(answers, desk.deps.country.current.zone, desk.now)
    try:
        return await desk.post("intake", "/assessments", asked)
    except PeerRefused:
        return None


async def _units(desk: Desk, answers: Answers) -> Mapping[str, str]:
    """Organisations round her place, by id and name; none while the directory is silent."""
    place = one(answers, "territory")
    if not place:
        return {}
    try:
        answer = await desk.get("referral", "/organisations", near=place)
    except (PeerRefused, PeerDown):
        return {}
    return {each["organisation"]: each["name"] for each in answer["organisations"]}
