"""Sending a report: once, however often it is sent. The draft's id is its key; that of the appeal
to a committee where it is the report of one, which is told of it afterwards."""

from contextlib import suppress
from typing import Any

from services.console.frame.desk import Desk
from services.console.pages.report.body import Answers, one
from services.console.peers.client import PeerDown, PeerRefused
from shared.clock import pause

IN_FLIGHT = 409
WAITS = (0.3, 0.6, 1.2, 2.0)
"""Seconds to wait for the same report that is being taken at this moment: of two taps a browser
shows the answer to the second."""

APPEAL = "appeal"
"""An answer that nobody is asked: of which appeal this is the report."""


def key_of(draft_id: str, answers: Answers) -> str:
    """Under which key a report is sent."""
    return one(answers, APPEAL) or draft_id


async def send(desk: Desk, key: str, report: Any) -> Any:
    """What intake answers to the report, or answered before. Raises `PeerRefused`, `PeerDown`."""
    for wait in (*WAITS, None):
        try:
            headers = {"Idempotency-Key": key}
            return await desk.post("intake", "/incidents", report, headers)
        except PeerRefused as refused:
            before = await taken(desk, key)
            if before is not None:
                return before
            if refused.status != IN_FLIGHT or wait is None:
                raise
            await pause(wait)
    raise AssertionError("the last try answers or raises")


async def taken(desk: Desk, key: str) -> Any | None:
    """What was taken under a key, if it was sent before. Raises `PeerDown`."""
    try:
        return await desk.get("intake", "/taken", key=key)
    except PeerRefused:
        return None


async def link(desk: Desk, appeal_id: str, incident_id: str) -> None:
    """Tells the register of appeals what became of one. Raises `PeerRefused`, `PeerDown`."""
    body = {"incident_id": incident_id}
    await desk.put("committee", f"/appeals/{appeal_id}/incident", body)


async def linked(desk: Desk, appeal_id: str, incident_id: str) -> bool:
    """The same, and whether it heard: the report is taken whatever the register says."""
    with suppress(PeerRefused, PeerDown):
        await link(desk, appeal_id, incident_id)
        return True
    return False
