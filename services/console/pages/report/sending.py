"""Sending a report: once, however often it is sent. The draft's id is its key."""

from typing import Any

from services.console.frame.desk import Desk
from services.console.peers.client import PeerRefused
from shared.clock import pause

IN_FLIGHT = 409
WAITS = (0.3, 0.6, 1.2, 2.0)
"""Seconds to wait for the same report that is being taken at this moment: of two taps a browser
shows the answer to the second."""


async def send(desk: Desk, draft_id: str, report: Any) -> Any:
    """What intake answers to the report, or answered before. Raises `PeerRefused`, `PeerDown`."""
    for wait in (*WAITS, None):
        try:
            headers = {"Idempotency-Key": draft_id}
            return await desk.post("intake", "/incidents", report, headers)
        except PeerRefused as refused:
            before = await taken(desk, draft_id)
            if before is not None:
                return before
            if refused.status != IN_FLIGHT or wait is None:
                raise
            await pause(wait)
    raise AssertionError("the last try answers or raises")


async def taken(desk: Desk, draft_id: str) -> Any | None:
    """What a draft became, if it was sent before. Raises `PeerDown`."""
    try:
        return await desk.get("intake", "/taken", key=draft_id)
    except PeerRefused:
        return None
