"""Opening an appeal as an incident: in intake, once, with what was entered in the register.

The appeal's id is the key of its report. Whatever is cut off in between, opening it again finds
the report that was taken, and the register is told of that one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response

from services.console.frame.desk import Desk
from services.console.pages.committee.appeals import words
from services.console.pages.committee.words import label, place
from services.console.pages.report import sending

AT = "/committee/appeals"
RECEIVED_BY = {"oral": "in-person", "written": "other", "electronic": "web"}
"""Intake's words for how it came."""


async def opened(desk: Desk, appeal: Mapping[str, Any]) -> Response:
    """To the report, begun; to the appeal where it was taken already. Raises as `Desk.post`."""
    appeal_id = appeal["appeal_id"]
    before = await sending.taken(desk, appeal_id)
    if before is not None:
        await sending.link(desk, appeal_id, before["incident_id"])
        return desk.to(AT, "linked")
    draft = (await desk.post("intake", "/drafts"))["draft_id"]
    begun = {"answers": _answers(desk, appeal), "step": ""}
    await desk.put("intake", f"/drafts/{draft}", begun)
    return desk.to(f"/report/{draft}")


def _answers(desk: Desk, appeal: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """What the register knows, as answers of a report."""
    known: dict[str, Sequence[str]] = {
        sending.APPEAL: [appeal["appeal_id"]],
        "received_by": [RECEIVED_BY[appeal["way"]]],
        "appeal_says": [_said(appeal)],
    }
    village = appeal["village"]
    if village is None:
        return known
    above = desk.deps.jurisdiction.territories.ancestors(village)
    line = [village, *(each.code for each in reversed(above))]
    return known | {
        "place": [place(desk, village)],
        "place_sought": [place(desk, village)],
        "place_code": [village],
        "place_name": [", ".join(place(desk, each) for each in line)],
        "territory": [village],
    }


def _said(appeal: Mapping[str, Any]) -> str:
    sex, band = appeal["sex"], appeal["age_band"]
    known = [label(words.SEXES, sex) if sex not in (None, "unknown") else "", band or ""]
    return ", ".join(each for each in known if each not in ("", "unknown"))
